"""The pages that everybody may read."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from pydantic import ValidationError
from sqlalchemy.orm import Session

from app.web.serving.static_files import static_url
from processes.base import set_clock
from processes.engine.deployment.definitions import deploy
from processes.platform.settings import Settings, use_settings
from workers.vocabulary import vocabulary

RETENTION = Path(__file__).parents[3] / "bpmn" / "retention.bpmn"


@pytest.mark.parametrize("path", ["/", "/over", "/toegankelijkheid", "/privacy", "/contact"])
def test_everybody_may_read_it(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert "geen website van de overheid" in response.text


@pytest.mark.rule("R71")
def test_the_start_page_says_what_you_need_and_where_to_log_in(client: FlaskClient) -> None:
    page = client.get("/").text
    for fact in (
        "EH2+",
        "KvK-nummer",
        "contactpersoon",
        "15 minuten",
        "Gratis",
        "later verdergaan",
    ):
        assert fact in page
    assert 'href="/inloggen"' in page


def test_every_link_on_the_statements_leads_somewhere(client: FlaskClient) -> None:
    for path in ("/", "/over", "/toegankelijkheid", "/privacy", "/contact"):
        links: Any = html.fromstring(client.get(path).text).xpath("//a/@href")
        addresses = {link for link in links if re.match(r"/(?!static/)", link)}
        assert {a for a in addresses if client.get(a).status_code >= 400} == set()


def test_a_leak_can_be_reported_at_an_address_that_has_not_expired(client: FlaskClient) -> None:
    set_clock(lambda: datetime(2026, 3, 1, 12, tzinfo=UTC))
    response = client.get("/.well-known/security.txt")
    assert response.content_type == "text/plain; charset=utf-8"
    lines = dict(line.split(": ", 1) for line in response.text.splitlines())
    assert lines["Contact"].startswith("mailto:")
    assert lines["Expires"] == "2026-08-28T00:00:00Z"


def test_a_browser_that_asks_for_an_icon_gets_that_of_the_pages(client: FlaskClient) -> None:
    assert client.get("/favicon.ico").location == static_url("icon.svg")


def test_where_to_get_eherkenning_and_our_name_there_come_from_the_settings(
    client: FlaskClient, settings: Settings
) -> None:
    ours = {
        "eherkenning_service": "Register van voorbeelden",
        "eherkenning_site": "https://herken.example",
        "eherkenning_steps": "https://herken.example/stappen",
        "eherkenning_suppliers": {"Sleutelhuis": "https://sleutels.example"},
    }
    use_settings(settings.model_copy(update=ours))
    for path in ("/", "/inloggen"):
        page = client.get(path).text
        links: Any = html.fromstring(page).xpath("//main//a/@href")
        assert {"https://herken.example", "https://herken.example/stappen"} <= set(links)
        assert "https://sleutels.example" in links
        assert "Register van voorbeelden" in page


def test_an_address_of_eherkenning_that_is_none_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="eherkenning_site"):
        Settings(eherkenning_site="javascript:alert(1)")


def test_the_page_on_privacy_tells_the_terms_that_are_in_force(
    client: FlaskClient, session: Session
) -> None:
    page = client.get("/privacy").text
    assert "90 dagen; dat een mail verstuurd is: 2 jaar" in page
    assert "verwijdert nog niets vanzelf" in page
    xml = RETENTION.read_bytes()
    for name, usual, other in (
        ("mail_text_days", 90, 30),
        ("trail_days", 2555, 3650),
        ("portfolio_days", 2555, 400),
    ):
        drawn, changed = (f'"{name}">{days}<'.encode() for days in (usual, other))
        assert drawn in xml
        xml = xml.replace(drawn, changed)
    deploy(session, xml, vocabulary=vocabulary(), deployed_by="test")
    session.commit()

    page = client.get("/privacy").text

    assert "30 dagen; dat een mail verstuurd is: 2 jaar" in page
    assert "De tekst is na 30 dagen weg." in page
    assert "verwijderde: 10 jaar lang" in page
    assert "uiterlijk 400 dagen na de laatste keer inloggen" in page
    assert "Elke nacht verwijdert een proces" in page


def test_a_term_that_is_no_number_of_days_leaves_the_page_on_privacy_readable(
    client: FlaskClient, session: Session
) -> None:
    xml = RETENTION.read_bytes().replace(b'"mail_days">730<', b'"mail_days">${1 + 1}<')
    deploy(session, xml, vocabulary=vocabulary(), deployed_by="test")
    session.commit()

    page = client.get("/privacy").text

    assert "dat een mail verstuurd is: 2 jaar" in page
    assert "verwijdert nog niets vanzelf" in page


def test_a_process_that_removes_nothing_applies_no_terms(
    client: FlaskClient, session: Session
) -> None:
    """An owner may draw another one with this key, of a worker outside."""
    xml = RETENTION.read_bytes().replace(b'"apply-retention"', b'"our-own-worker"')
    deploy(session, xml, vocabulary=vocabulary(), deployed_by="test")
    session.commit()

    assert "verwijdert nog niets vanzelf" in client.get("/privacy").text
