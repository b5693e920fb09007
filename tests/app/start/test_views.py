"""The pages that everybody may read."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from pydantic import ValidationError

from app.web.serving.static_files import static_url
from processes.base import set_clock
from processes.platform.settings import Settings, use_settings


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
