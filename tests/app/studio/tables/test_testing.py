"""A table is tried alone in the browser; what came of it is kept as a test that gates it."""

from html import unescape
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.web.access import Role
from processes.engine.deployment.definitions import deploy, latest_definition
from processes.tryout.scenarios import table_tests
from tests.app.signing_in import sign_in_as, user_with
from tests.processes.engine.tables import column, dmn, wide_rule, wide_table
from workers.vocabulary import vocabulary

TABLES = "/processen/tabellen"
ADDRESS = f"{TABLES}/colour/tests"
COLUMNS = [column("uren", "number"), column("soort", "string")]
RULES = wide_rule("> 5", '"1"', to='"groen"'), wide_rule("-", "-", to='"rood"')
XML = dmn(wide_table(COLUMNS, *RULES, policy="FIRST"))
BLUE = XML.replace(b"groen", b"blauw")
GIVEN = {"v-uren": "7,5", "v-soort": "1"}
TRY = f"{TABLES}/colour/1/proberen"


def somebody(app: Flask, client: FlaskClient, *roles: Role) -> None:
    known = user_with(app, Role.PROCESS_OWNER)
    own = type(known)(known.id, "Test", frozenset(roles), known.issuer, str(known.id))
    sign_in_as(app, client, own)


def keep(client: FlaskClient, name: str, **other: str) -> TestResponse:
    """Try the table, and send the form that keeps what came of it."""
    form = html.fromstring(client.post(TRY, data=GIVEN).text).xpath("//form[.//@name='seen']")[0]
    return client.post(form.action, data={**dict(form.form_values()), "name": name, **other})


@pytest.fixture(autouse=True)
def owner(app: Flask, client: FlaskClient, session: Session) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    somebody(app, client, Role.PROCESS_OWNER, Role.PROCESS_DEPLOYER)
    deploy(session, XML, vocabulary=vocabulary(), deployed_by="petra")
    session.commit()


def test_the_page_of_tests_is_found_and_leads_to_where_they_are_made(client: FlaskClient) -> None:
    page = client.get(ADDRESS).text

    assert "Er zijn nog geen tests" in page
    assert TRY in page
    assert ADDRESS in client.get(f"{TABLES}/colour").text


def test_what_was_tried_can_be_kept_with_its_values(client: FlaskClient) -> None:
    page = unescape(client.post(TRY, data=GIVEN, follow_redirects=True).text)

    assert "Bewaar als test" in page
    assert '<input type="hidden" name="v-uren" value="7,5">' in page
    assert "Bewaar als test" not in client.post(TRY, data=GIVEN | {"v-uren": "veel"}).text


def test_what_has_no_outcome_is_not_kept_and_nothing_typed_is_lost(
    client: FlaskClient, session: Session
) -> None:
    sent = keep(client, "Veel", **{"v-uren": "veel"})
    shown = client.post(sent.location, data=GIVEN | {"v-uren": "veel"})

    assert (sent.status_code, sent.location) == (307, TRY)  # the browser sends all of it there
    assert shown.status_code == 422
    assert 'value="veel"' in shown.text
    assert not table_tests.tests_of(session, "colour")


@pytest.mark.parametrize("seen", ["", "groen", '{"outcome": NaN}', '"' + "x" * 20_000 + '"'])
def test_an_outcome_that_only_the_browser_says_is_not_kept(
    client: FlaskClient, session: Session, seen: str
) -> None:
    refused = keep(client, "Veel", seen=seen)

    assert refused.status_code == 422
    assert "beslist nu anders" in refused.text
    assert '<input type="hidden" name="v-uren" value="7,5">' in refused.text
    assert not table_tests.tests_of(session, "colour")


def test_what_the_table_decides_otherwise_by_now_is_looked_at_first(
    client: FlaskClient, session: Session
) -> None:
    form = html.fromstring(client.post(TRY, data=GIVEN).text).xpath("//form[.//@name='seen']")[0]
    deploy(session, BLUE, vocabulary=vocabulary(), deployed_by="petra")
    session.commit()

    told = client.post(form.action, data=dict(form.form_values()) | {"name": "Veel uren"})

    page = html.fromstring(told.text)
    assert told.status_code == 422
    assert not table_tests.tests_of(session, "colour")
    assert 'outcome = "blauw"' in unescape(page.xpath("//*[@id='uitkomst']")[0].text_content())
    again = page.xpath("//form[.//@name='seen']")[0]
    assert dict(again.form_values())["name"] == "Veel uren"
    client.post(again.action, data=dict(again.form_values()))
    (test,) = table_tests.tests_of(session, "colour")
    assert table_tests.read(test.yaml).expected == {"outcome": "blauw"}


def test_a_long_outcome_can_be_kept(client: FlaskClient, session: Session) -> None:
    long = "x" * 900
    rules = [wide_rule("-", "-", to=f'"{number}{long}"') for number in range(30)]
    xml = dmn(wide_table(COLUMNS, *rules, policy="COLLECT"))
    deploy(session, xml, vocabulary=vocabulary(), deployed_by="petra")
    session.commit()
    address = TRY.replace("/1/", "/2/")
    form = html.fromstring(client.post(address, data=GIVEN).text).xpath("//form[.//@name='seen']")

    client.post(form[0].action, data=dict(form[0].form_values()) | {"name": "Lang"})

    (test,) = table_tests.tests_of(session, "colour")
    assert len(table_tests.read(test.yaml).expected["outcome"]) == 30


def test_a_kept_test_gates_the_next_version(client: FlaskClient, session: Session) -> None:
    kept = keep(client, "Veel uren")
    assert kept.status_code == 303
    page = unescape(client.get(ADDRESS).text)
    assert "Veel uren" in page
    assert "slaagt niet" not in page

    file = {"diagram": (BytesIO(BLUE), "tabel.dmn"), "upload": "1"}
    draft = client.post(f"{TABLES}/nieuw", data=file).headers["Location"]
    told = client.post(f"{draft}/plaatsen", data={"version": 1, "note": "blauw"})

    assert told.status_code == 422
    assert "Test “Veel uren”: outcome is blauw, verwacht was groen." in " ".join(
        unescape(told.text).replace("<strong>", "").replace("</strong>", "").split()
    )
    assert latest_definition(session, "decision:colour").version == 1
    concept = f"{ADDRESS}?concept={draft.rpartition('/')[2]}"
    assert "slaagt niet" in client.get(concept).text

    (test,) = table_tests.tests_of(session, "colour")
    client.post(f"{ADDRESS}/{test.id}/weghalen")
    placed = client.post(f"{draft}/plaatsen", data={"version": 1, "note": "blauw"})
    assert placed.status_code == 303
    session.expire_all()
    assert latest_definition(session, "decision:colour").version == 2


def test_on_a_phone_what_stands_in_a_cell_stays_together(client: FlaskClient) -> None:
    """A row becomes a card, a grid of labels and values: each loose piece would take a place."""
    keep(client, "Veel uren")
    cells = html.fromstring(client.get(ADDRESS).text).xpath("//td[@data-label]")
    assert [len(cell.xpath("./* | ./text()[normalize-space()]")) for cell in cells] == [1] * 4


@pytest.mark.parametrize("name", ["", " ", "Veel uren"])
def test_a_test_without_a_name_of_its_own_is_not_kept_and_nothing_typed_is_lost(
    client: FlaskClient, session: Session, name: str
) -> None:
    keep(client, "Veel uren")

    refused = keep(client, name)

    assert refused.status_code == 422
    assert '<input type="hidden" name="v-uren" value="7,5">' in refused.text
    assert len(table_tests.tests_of(session, "colour")) == 1


def test_who_only_looks_may_try_and_not_keep(app: Flask, client: FlaskClient) -> None:
    somebody(app, client, Role.PROCESS_APPROVER)

    assert "Bewaar als test" not in client.post(TRY, data=GIVEN, follow_redirects=True).text
    assert client.post(f"{ADDRESS}/bewaren", data=GIVEN | {"name": "x"}).status_code == 403


def test_a_table_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    assert client.get(f"{TABLES}/gone/tests").status_code == 404
