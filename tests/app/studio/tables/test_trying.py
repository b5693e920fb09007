"""Decisions tried with values, and how often each rule was hit."""

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.deployment.definitions import deploy
from processes.engine.execution import instances
from tests.app.signing_in import sign_in
from tests.processes.engine.diagrams import node, process, straight
from tests.processes.engine.tables import dmn, rule, table
from workers.vocabulary import vocabulary

TABLES = "/processen/tabellen"
ROOT = Path(__file__).parents[4]
CONTROL = (ROOT / "docs" / "process-owners" / "controle.dmn").read_bytes()
COLOUR = dmn(table(rule('"ja"', '"groen"'), rule("-", '"rood"'), hit_policy="FIRST"))
DAYS = dmn(
    '<decisionTable id="t" hitPolicy="FIRST"><input id="in"><inputExpression id="ie"'
    ' typeRef="date"><text>begin</text></inputExpression></input><output id="out" name="jaar"/>'
    f"{rule('< date(&quot;2027-09-01&quot;)', '1')}</decisionTable>",
    "jaar",
)


@pytest.fixture(autouse=True)
def owner(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(app, client, Role.PROCESS_OWNER)


def drafted(client: FlaskClient, xml: bytes) -> str:
    """The address of the page where a new draft of this file is tried."""
    file = {"diagram": (BytesIO(xml), "tabel.dmn"), "upload": "1"}
    return f"{client.post(f'{TABLES}/nieuw', data=file).location}/proberen"


def outcome(client: FlaskClient, address: str, **typed: str) -> str:
    """What the page says about the outcome, without its table."""
    page = html.fromstring(client.post(address, data=typed, follow_redirects=True).text)
    parts = page.xpath("//section[@id='uitkomst']//*[contains(@class, 'loket-alert')]")
    return " ".join(" ".join(part.text_content() for part in parts).split())


def test_every_variable_that_is_read_is_asked(client: FlaskClient) -> None:
    page = html.fromstring(client.get(drafted(client, CONTROL)).text)
    names = page.xpath("//input[starts-with(@name, 'v-')]/@name")
    assert names == ["v-klachten", "v-sector", "v-uren"]
    assert page.xpath("//select[@id='decision']/option/text()") == ["Soort controle", "Risico"]


def test_the_outcome_is_told_with_the_rules_and_what_was_required(client: FlaskClient) -> None:
    typed = {"decision": "soort_controle", "v-klachten": "3", "v-sector": "po", "v-uren": "60"}
    told = outcome(client, drafted(client, CONTROL), **typed)
    assert 'controle: "bezoek"' in told
    assert "Deze regel paste: 1." in told


def test_a_decision_that_another_requires_is_tried_alone(client: FlaskClient) -> None:
    typed = {"decision": "risico", "v-klachten": "0", "v-sector": "mbo"}
    assert '"hoog"' in outcome(client, drafted(client, CONTROL), **typed)


@pytest.mark.parametrize(("typed", "told"), [("31-8-2027", "jaar: 1"), ("1-9-2027", "jaar: null")])
def test_a_date_is_typed_as_dutch_people_write_it(
    client: FlaskClient, typed: str, told: str
) -> None:
    assert told in outcome(client, drafted(client, DAYS), **{"v-begin": typed})


def test_a_day_that_no_calendar_has_is_told_as_such(client: FlaskClient) -> None:
    answer = client.post(drafted(client, DAYS), data={"v-begin": "31-2-2027"})
    told = html.fromstring(answer.text).xpath("//*[@id='v-0-error']")[0].text_content()
    assert "Deze datum bestaat niet." in told
    assert answer.status_code == 422


def test_what_is_no_such_value_is_told_at_its_field_and_stays(client: FlaskClient) -> None:
    answer = client.post(drafted(client, CONTROL), data={"v-uren": "veel", "v-klachten": "2"})
    page = html.fromstring(answer.text)
    assert answer.status_code == 422
    assert "Vul een getal in." in page.xpath("//*[@id='v-2-error']")[0].text_content()
    assert page.xpath("//input[@name='v-uren']/@value") == ["veel"]
    assert page.xpath("//div[@data-error-summary]//a/@href") == ["#v-2"]


def test_a_decision_without_outcome_says_why(client: FlaskClient) -> None:
    xml = dmn("<literalExpression id='l'><text>uren + \"a\"</text></literalExpression>", "som")
    answer = client.post(drafted(client, xml), data={"v-uren": "3"})
    assert answer.status_code == 422
    assert "+ gaat niet met een getal en een tekst" in answer.text


def test_rules_show_how_often_they_were_hit(client: FlaskClient, session: Session) -> None:
    deploy(session, COLOUR, vocabulary=vocabulary(), deployed_by="test")
    decide = node("businessRuleTask", "decide", camunda_decisionRef="colour")
    xml = process(straight(decide, ids=("decide",)))
    deploy(session, xml, vocabulary=vocabulary(), deployed_by="test")
    for answer in ("ja", "nee", "ja"):
        instances.start_process(session, "p", started_by="test", variables={"answer": answer})
    session.commit()
    page = html.fromstring(client.get(f"{TABLES}/colour/1").text)
    rows = page.xpath("//table/tbody/tr/td[last()]/text()")
    assert rows[:2] == ["2", "1"]
    assert "Deze versie nam 3 beslissingen." in page.text_content()
    address = f"{TABLES}/colour/1/proberen"
    tried = client.post(address, data={"v-answer": "ja"}, follow_redirects=True)
    assert "groen" in tried.text


def test_an_outcome_has_an_address_of_its_own_that_tells_nothing(client: FlaskClient) -> None:
    """So that going back to it sends nothing again; what was typed may be of a person."""
    address = drafted(client, COLOUR)
    data = {"v-answer": "ja"}

    sent = FlaskClient.open(client, address, method="POST", data=data)
    again = html.fromstring(client.get(sent.location).text)

    assert sent.status_code == 303
    assert "answer" not in sent.location
    assert again.xpath("//input[@type='text'][@name='v-answer']/@value") == ["ja"]
    assert "groen" in again.xpath("//section[@id='uitkomst']")[0].text_content()
    assert again.xpath("//form[.//@name='v-answer']/@action")[0] == f"{address}#uitkomst"


def test_what_stands_in_an_address_is_not_tried(client: FlaskClient) -> None:
    page = client.get(drafted(client, COLOUR), query_string={"v-answer": "ja"}).text

    assert 'value="ja"' not in page
    assert 'id="uitkomst"' not in page


def test_a_value_that_is_too_long_is_told_and_stays(client: FlaskClient) -> None:
    address = drafted(client, COLOUR)

    long = client.post(address, data={"v-answer": "é" * 1000})
    longer = client.post(address, data={"v-answer": "é" * 1001})

    assert "rood" in html.fromstring(long.text).xpath("//section[@id='uitkomst']")[0].text_content()
    assert longer.status_code == 422
    assert "hoogstens 1000 tekens" in longer.text
    assert "é" * 1001 in longer.text


def test_that_no_rule_fits_is_a_notice(client: FlaskClient) -> None:
    only = drafted(client, dmn(table(rule('"ja"', '"groen"'))))

    def tones(given: str) -> list[str]:
        page = html.fromstring(
            client.post(only, data={"v-answer": given}, follow_redirects=True).text
        )
        found = page.xpath("//section[@id='uitkomst']//*[contains(@class, 'loket-alert--')]/@class")
        return list(map(str, found))

    (told,), (right,) = tones("nee"), tones("ja")

    assert "loket-alert--ok" in right
    assert "loket-alert--ok" not in told
    assert "loket-alert--info" in told
