"""The page of a case tells why it went the way it did, and hides what may be personal."""

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.base import now
from processes.engine.insight.choices import Considered
from tests.app.signing_in import sign_in
from tests.processes.engine.diagrams import chain, flow, node, process, user
from tests.processes.engine.playing import at, do, start

REST: Any = {"is_by_default": False, "values": {}}


def gateway(left: str, right: str = "", kind: str = "exclusiveGateway") -> bytes:
    """Ask, then go left, right, or ahead by the default flow."""
    nodes = node("startEvent", "start") + node(kind, "choice", default="ahead_flow")
    nodes += "".join(map(user, ("ask", "left", "right", "ahead"))) + node("endEvent", "end")
    ahead = '<bpmn:sequenceFlow id="ahead_flow" sourceRef="choice" targetRef="ahead"/>'
    ways = flow("choice", "left", left) + flow("choice", "right", right or "false") + ahead
    ends = "".join(flow(each, "end") for each in ("left", "right", "ahead"))
    return process(nodes + chain("start", "ask", "choice") + ways + ends)


def rows(page: str) -> list[list[str]]:
    """The cells of the table of choices, as text."""
    found = re.search(r'"keuzes-caption" tabindex.*?</table>', page, re.DOTALL)
    assert found, page
    lines = re.findall(r"<tr>(.*?)</tr>", found[0].partition("</thead>")[2], re.DOTALL)
    return [
        [
            " ".join(unescape(re.sub("<[^>]+>", "", cell)).split())
            for cell in re.findall(r"<td.*?</td>", line, re.DOTALL)
        ]
        for line in lines
    ]


@pytest.fixture
def operator(app: Flask, client: FlaskClient) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(app, client, Role.OPERATOR)
    return client


def played(session: Session, diagram: bytes, **values: Any) -> str:
    """The address of a case that has come past its gateway."""
    case = start(session, diagram)
    do(session, "ask", **values)
    session.commit()
    return f"/beheer/processen/{case.id}"


def test_which_condition_held_and_with_which_values(
    session: Session, operator: FlaskClient
) -> None:
    address = played(session, gateway("amount > 10", 'name == "Noor"'), amount=3, name="Noor")

    (_, _, first, told, values), (_, _, second, held, named) = rows(operator.get(address).text)

    assert at(session) == ["right"]
    assert (first, told, values) == ("amount > 10", "geldt niet", 'amount = "•••"')
    assert (second, held, named) == ('name == "Noor"', "geldt", 'name = "•••"')


def test_values_are_shown_to_who_says_why(session: Session, operator: FlaskClient) -> None:
    address = played(session, gateway("company['size'] > 10"), company={"size": 12, "bsn": "123"})

    page = operator.post(f"{address}/gegevens", data={"reason": "vraag van de aanbieder"}).text

    ((_, _, _, told, values),) = rows(page)
    assert told == "geldt"
    assert "12" in values
    assert "bsn" not in values  # the condition does not read it


def test_what_feel_cannot_tell_has_its_reason_and_does_not_hold(
    session: Session, operator: FlaskClient
) -> None:
    address = played(session, gateway("= amount &gt; 10"), amount="Noor de Wit")

    (first, last) = rows(operator.get(address).text)

    assert at(session) == ["ahead"]
    assert "niet te zeggen: heeft geen uitkomst: > gaat niet met een tekst en een getal" in first[3]
    assert "de standaardpijl" in last[3]


def test_a_reason_quotes_no_value(session: Session, operator: FlaskClient) -> None:
    address = played(session, gateway("= date(born) &lt; today()"), born="Noor de Wit")

    page = operator.get(address).text

    assert "niet te zeggen" in page
    assert "Noor de Wit" not in page
    assert "de tekst is geen datum" in unescape(page)


def test_a_reason_that_an_older_release_kept_is_shown_without_the_value_it_quotes() -> None:
    kept = Considered("a", now(), 'x == "b"', holds=False, reason='"Noor" is geen "b"', **REST)
    assert kept.without_values("•••").reason == '"•••" is geen "b"'


def test_who_looks_back_sees_the_reason_and_no_values(
    app: Flask, session: Session, operator: FlaskClient
) -> None:
    address = played(session, gateway("= date(born) &lt; today()"), born="Noor de Wit")
    sign_in(app, operator, Role.PROCESS_OWNER)

    page = operator.get(address.replace("/beheer/processen", "/processen/zaken")).text

    ((step, choice, condition, told), _) = rows(page)
    assert (step, choice, condition) == ("Stap 2", "choice", "= date(born) < today()")
    assert told.startswith("niet te zeggen: heeft geen uitkomst: de tekst is geen datum")
    assert "Noor de Wit" not in page


def test_every_condition_of_an_inclusive_gateway_is_told(
    session: Session, operator: FlaskClient
) -> None:
    diagram = gateway("amount > 1", "amount > 2", kind="inclusiveGateway")
    address = played(session, diagram, amount=2)

    assert [row[2:4] for row in rows(operator.get(address).text)] == [
        ["amount > 1", "geldt"],
        ["amount > 2", "geldt niet"],
    ]
