"""The operator's list of cases: every filter, over all cases, a page at a time."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.operations.cases import filter as filter_module
from app.operations.cases import listing
from app.web.access import Role
from processes.engine.execution.instances import start_process
from processes.engine.store.models import Incident, InstanceStatus, ProcessInstance
from tests.app.offers.offer_world import a_provider
from tests.app.signing_in import KVK, sign_in
from tests.processes.engine.diagrams import boundary, chain, define, job, node, process, timer, user
from tests.processes.engine.playing import do

BEGUN = datetime(2026, 1, 9, 23, 30, tzinfo=UTC)
XML = process(
    node("startEvent", "start") + node("endEvent", "end") + user("a") + user("late") + job("work")
    + boundary("t", "a", timer("timeDuration", "P1D"), interrupting=False)
    + chain("start", "a", "work", "end") + chain("t", "late", "end")
)  # fmt: skip


@pytest.fixture(autouse=True)
def operator(app: Flask, client: FlaskClient, session: Session) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(app, client, Role.OPERATOR)
    define(session, XML)


def a_case(
    session: Session, key: str, *, tenant: str | None = None, **given: Any
) -> ProcessInstance:
    one = start_process(
        session, "p", business_key=key, tenant=tenant, variables=given, started_by="test"
    )
    one.started_at = BEGUN
    session.commit()
    return one


def found(client: FlaskClient, words: str) -> list[str]:
    """The business keys on this page of the list."""
    page = client.get(f"/beheer/processen?{words}")
    assert page.status_code == 200
    return re.findall(r'<td data-label="Zaaknummer">([^<]*)</td>', page.text)


@pytest.mark.parametrize(
    "words",
    [
        "wacht=a",
        "wacht=t",
        "incident=nee",
        "bedrijf=leerkring",
        "bedrijf=68750110",
        "bedrijf=68+75+01+10",
        "zoek=6875.0110",
        "zoek=68%C2%A0750%C2%A0110",  # as copied from a page
        "gegeven=soort",
        "gegeven=soort&hoe=bestaat",
        "gegeven=soort%3Dcursus",
        "gegeven=soort&waarde=cursus",
        "gegeven=soort&hoe=niet&waarde=ander",
        "gegeven=soort&hoe=bevat&waarde=URS",
        "gegeven=soort&hoe=begint&waarde=Cur",
        "gegeven=uren&waarde=3",
        "gegeven=uren&waarde=3,0",
        "gegeven=uren&hoe=meer&waarde=2,5",
        "gegeven=uren&hoe=minder&waarde=10",
        "gegeven=dag&hoe=meer&waarde=2026-02-27",
        "gegeven=ja&waarde=true",
        "gegeven=niets&waarde=null",
        "gegeven=lijst&hoe=bevat&waarde=twee",
        "gegeven=diep.er&waarde=x",
        "gegeven=ontbreekt&hoe=ontbreekt",
        "gegeven=so&hoe=ontbreekt",
        "einde_vanaf=&einde_tot=onzin&na=onzin&voor=2026-01-01~x",
        "na=0001-01-01T00:00:00%2B23:59~00000000-0000-0000-0000-000000000000",
        "na=2026-01-01T00:00:00~00000000-0000-0000-0000-000000000000",
    ],
)
def test_a_filter_lets_through(client: FlaskClient, session: Session, words: str) -> None:
    a_provider(session)
    given = {
        "soort": "cursus", "uren": 3, "dag": "2026-02-28", "ja": True, "niets": None,
        "lijst": ["een", "twee"], "diep": {"er": "x"},
    }  # fmt: skip
    a_case(session, "zaak-1", tenant=KVK, **given)
    assert found(client, words) == ["zaak-1"]


@pytest.mark.parametrize(
    "words",
    [
        "wacht=work",
        "wacht=late",
        "incident=ja",
        "oorzaak=geen",
        "bedrijf=%25",
        "bedrijf=ander",
        "einde_vanaf=2026-01-01",
        "einde_tot=2030-01-01",
        "gegeven=soort&waarde=ander",
        "gegeven=soort&hoe=niet&waarde=cursus",
        "gegeven=soort&hoe=ontbreekt",
        "gegeven=anders&hoe=niet&waarde=x",
        "gegeven=uren&hoe=meer&waarde=3",
        "gegeven=uren&hoe=minder&waarde=onzin",
        "gegeven=ja&waarde=1",
        "gegeven=ja&hoe=meer&waarde=0",
        "gegeven=soort.deel",
    ],
)
def test_a_filter_keeps_out(client: FlaskClient, session: Session, words: str) -> None:
    a_provider(session)
    a_case(session, "zaak-1", tenant=KVK, soort="cursus", uren=3, ja=True)
    assert found(client, words) == []


def test_where_it_waits_follows_the_case(client: FlaskClient, session: Session) -> None:
    one = a_case(session, "zaak-1")
    do(session, "a")
    session.commit()
    assert found(client, "wacht=work") == ["zaak-1"]
    assert found(client, "wacht=a") == found(client, "wacht=t") == []
    one.status = InstanceStatus.CANCELLED
    one.ended_at = BEGUN + timedelta(days=2)
    session.commit()
    assert found(client, "wacht=work") == []
    assert found(client, "einde_vanaf=12-1-2026&einde_tot=2026-01-12") == ["zaak-1"]


def test_cases_are_found_by_the_cause_of_their_incident(
    client: FlaskClient, session: Session
) -> None:
    one = a_case(session, "zaak-1")
    a_case(session, "zaak-2")
    incident = Incident(
        instance_id=one.id, job_id=None, element_id="a", kind="step-failed", message="Kapot."
    )
    session.add(incident)
    session.commit()
    page = client.get(f"/beheer/processen?oorzaak={incident.cause}").text
    assert "zaak-1" in page
    assert "zaak-2" not in page
    assert "Stap mislukt: Kapot." in page
    assert found(client, "incident=nee") == ["zaak-2"]
    assert (
        f"/beheer/processen?oorzaak={incident.cause}"
        in client.get(f"/beheer/incidenten/oorzaak/{incident.cause}").text
    )


def test_a_process_offers_its_elements_by_name_and_keeps_what_was_chosen(
    client: FlaskClient, session: Session
) -> None:
    a_case(session, "zaak-1")
    page = client.get("/beheer/processen?proces=p&wacht=work&onderdeel=van_een_ander").text
    assert '<option value="work" selected>work</option>' in page
    assert '<option value="van_een_ander" selected>' in page
    assert '<details class="loket-details loket-filter__more" open>' in page


@pytest.mark.parametrize("words", ["", "&gegeven=soort&waarde=x"])
def test_pages_go_on_from_a_case_and_back(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    """Cases that begin meanwhile move nothing to another page; what began at once keeps order."""
    monkeypatch.setattr(listing, "PER_PAGE", 2)
    for number in range(5):
        one = a_case(session, f"zaak-{number}", soort="x")
        one.started_at = BEGUN + timedelta(minutes=number // 2)
    session.commit()
    first = client.get(f"/beheer/processen?proces=p{words}").text
    seen = [found(client, f"proces=p{words}")]
    a_case(session, "later", soort="x").started_at = BEGUN + timedelta(days=1)
    session.commit()
    page, address = first, ""
    while link := re.search(r'rel="next" href="/beheer/processen\?([^"]*)"', page):
        address = unescape(link[1])
        page = client.get(f"/beheer/processen?{address}").text
        seen.append(found(client, address))
    assert sorted(key for keys in seen for key in keys) == [f"zaak-{number}" for number in range(5)]
    assert [len(each) for each in seen] == [2, 2, 1]
    assert "6 zaken" in page
    back = re.search(r'rel="prev" href="/beheer/processen\?([^"]*)"', page)
    assert back
    assert found(client, unescape(back[1])) == seen[1]
    newest = session.query(ProcessInstance).filter_by(business_key="later").one()
    place = f"{newest.started_at.isoformat().replace('+', '%2B')}~{newest.id}"
    assert found(client, f"voor={place}") == found(client, "")  # nothing is newer


@pytest.mark.parametrize(
    ("words", "number", "all_of_them"),
    [
        ("proces=p", "3 zaken", "Alle 3 zaken die"),  # from counts that are kept
        ("vanaf=2026-01-01", "2+ zaken", "Alle zaken die"),
        ("zoek=zaak-1", "1 zaak", "De ene zaak die"),
    ],
)
def test_no_more_than_some_are_counted_where_that_takes_looking_at_them(
    client: FlaskClient,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    words: str,
    number: str,
    all_of_them: str,
) -> None:
    monkeypatch.setattr(listing, "MOST_COUNTED", 2)
    for name in range(3):
        a_case(session, f"zaak-{name}")
    page = client.get(f"/beheer/processen?{words}").text
    assert f"{number}<" in page or f"{number}," in page
    assert all_of_them in page


@pytest.mark.parametrize(
    "words", ["", "proces=p", "proces=p&versie=1&wacht=a&incident=nee&gegeven=soort"]
)
def test_a_page_takes_as_many_statements_however_many_cases(
    client: FlaskClient, session: Session, words: str
) -> None:
    a_case(session, "zaak-0", soort="x")
    with counted(session) as few:
        assert len(found(client, words)) == 1
    for number in range(1, 5):
        a_case(session, f"zaak-{number}", soort="x")
    with counted(session) as many:
        assert len(found(client, words)) == 5
    # Up to four of them count the cases: what is kept, and what ended or changed since.
    assert len(few) == len(many) <= 12


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        # Announced outages are kept for a while by each process: the first page asks for them.
        if statement.startswith("SELECT") and "outage_notice" not in statement:
            statements.append(statement)

    listen = (session.get_bind(), "before_cursor_execute", note)
    event.listen(*listen)
    try:
        yield statements
    finally:
        event.remove(*listen)


def test_what_cannot_be_read_is_told_at_its_field_and_kept(
    client: FlaskClient, session: Session
) -> None:
    a_case(session, "zaak-1")
    words = "vanaf=x&tot=2026-02-30&einde_tot=2026-01-31&versie=9x"
    page = client.get(f"/beheer/processen?{words}").text
    assert "Er zijn nog 3 dingen die niet kloppen" in page
    for name, typed in (("vanaf", "x"), ("tot", "2026-02-30"), ("versie", "9x")):
        assert f'href="#filter-{name}"' in page
        field = re.search(rf'<input[^>]* id="filter-{name}"[^>]*>', page)
        assert field is not None
        assert f'value="{typed}"' in field[0]
        assert f'aria-describedby="filter-{name}-error"' in field[0]
    assert "filter-einde_tot-error" not in page
    assert "data-error-summary" not in client.get("/beheer/processen?versie=1&vanaf=9-1-2026").text
    for first, last in (("vanaf", "tot"), ("einde_vanaf", "einde_tot")):
        page = client.get(f"/beheer/processen?{first}=12-1-2026&{last}=11-1-2026").text
        assert "Deze dag is eerder dan de dag waarop de periode begint." in page
        page = client.get(f"/beheer/processen?{first}=12-1-2026&{last}=12-1-2026").text
        assert "data-error-summary" not in page


def test_a_variable_is_looked_for_in_so_many_cases_and_then_further_back(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filter_module, "LOOKED_AT", 3)
    for number in range(7):
        one = a_case(session, f"zaak-{number}", soort="cursus" if number in {0, 6} else "ander")
        one.started_at = BEGUN + timedelta(minutes=number)
    session.commit()
    words = "gegeven=soort&waarde=cursus"
    addresses, keys = [f"/beheer/processen?{words}"], []
    while addresses:
        page = client.get(addresses.pop())
        keys.append(re.findall(r'<td data-label="Zaaknummer">([^<]*)</td>', page.text))
        addresses = [
            unescape(each) for each in re.findall(r'href="([^"]*verder=[^"]*)"', page.text)
        ]
    assert keys == [["zaak-6"], [], ["zaak-0"]]
    assert "Niet alle zaken zijn bekeken" in client.get(f"/beheer/processen?{words}").text
    assert "Niet alle zaken" not in client.get(f"/beheer/processen?{words}&tot=2026-01-01").text
