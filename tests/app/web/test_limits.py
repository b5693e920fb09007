"""How often somebody may ask for what costs work: counted in the broker, and generous."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from html import unescape
from itertools import count
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.factory import create_app
from app.web.access import Role
from app.web.db import db
from app.web.limits import CROWD, PER_MINUTE, Rate
from processes.platform.settings import Settings
from processes.register.changes import AuditEvent
from tests import patience
from tests.app.onboarding import field, heading
from tests.app.signing_in import sign_in, sign_in_as, user_with
from tests.servers import free_port, valkey_on

ID = "00000000-0000-4000-8000-000000000000"
addresses = count(1)
LIMITED = [
    ("POST", "/inloggen", None, Rate.LOGIN),
    ("GET", "/inloggen/terug", None, Rate.LOGIN),
    ("GET", "/catalogus", None, Rate.SEARCH),
    ("GET", "/portfolio/zoeken", Role.TEACHER, Rate.SEARCH),
    ("GET", "/register", Role.REGISTRAR, Rate.SEARCH),
    ("POST", "/processen/nieuwe-versie", Role.PROCESS_OWNER, Rate.UPLOAD),
    ("POST", "/processen/concepten", Role.PROCESS_OWNER, Rate.UPLOAD),
    ("POST", f"/processen/concepten/{ID}/vervangen", Role.PROCESS_OWNER, Rate.UPLOAD),
    ("POST", f"/processen/concepten/{ID}/toetsen", Role.PROCESS_OWNER, Rate.UPLOAD),
    ("POST", f"/processen/concepten/{ID}/proberen", Role.PROCESS_OWNER, Rate.TRY_OUT),
    ("POST", "/processen/een/1/proberen", Role.PROCESS_OWNER, Rate.TRY_OUT),
    ("POST", f"/processen/concepten/{ID}/bewaren", Role.PROCESS_OWNER, Rate.AUTOSAVE),
    ("POST", f"/taken/{ID}/concept", Role.PROVIDER, Rate.AUTOSAVE),
    ("POST", f"/taken/{ID}", Role.PROVIDER, Rate.FORM),
    ("POST", "/starten/een", Role.TEACHER, Rate.FORM),
    ("POST", "/aanbod/nieuw", Role.PROVIDER, Rate.FORM),
    ("POST", "/beheer/processen/wijzigen", Role.OPERATOR, Rate.FORM),
    ("GET", "/aanbod", Role.PROVIDER, Rate.SEARCH),
    ("GET", f"/register/{ID}/aanbod", Role.REGISTRAR, Rate.SEARCH),
    ("GET", "/beheer/processen", Role.OPERATOR, Rate.SEARCH),
    ("POST", "/aanbod/bestanden", Role.PROVIDER, Rate.UPLOAD),
    ("POST", "/aanbod/bestanden/aanbod.xlsx", Role.PROVIDER, Rate.UPLOAD),
    ("POST", f"/register/{ID}/gebeurtenissen.csv", Role.REGISTRAR, Rate.UPLOAD),
    ("POST", f"/register/{ID}/gebeurtenissen.json", Role.REGISTRAR, Rate.UPLOAD),
]


@pytest.fixture
def make_app(settings: Settings, connection: Connection) -> Callable[[str], Flask]:
    """A web process of its own, with the broker at this address."""

    def make(broker: str) -> Flask:
        app = create_app(settings.model_copy(update={"redis_url": broker}))
        app.testing = True
        app.config["WTF_CSRF_ENABLED"] = False
        with app.app_context():
            db.engine.dispose()
            cast("dict[str | None, Any]", db.engines)[None] = connection
        return app

    return make


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person may do everything twice a minute, an address as often as a person."""
    monkeypatch.setattr("app.web.limits.CROWD", 1)
    for rate in Rate:
        monkeypatch.setitem(PER_MINUTE, rate, 2)


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize(("method", "address", "role", "rate"), LIMITED)
def test_what_costs_work_is_limited(
    app: Flask, client: FlaskClient, method: str, address: str, role: Role | None, rate: Rate
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    if role:
        sign_in(app, client, role)
    first, second, third = (client.open(address, method=method) for _ in range(3))
    assert 429 not in {first.status_code, second.status_code}
    assert third.status_code == 429
    assert heading(third) == "U bent ons even te snel af"
    assert 0 < int(third.headers["Retry-After"]) <= 60
    assert PER_MINUTE[rate] == 2


@pytest.mark.usefixtures("once")
def test_a_page_of_a_form_is_read_as_often_as_somebody_likes(
    app: Flask, client: FlaskClient
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(app, client, Role.TEACHER)
    assert [client.post("/starten/een").status_code for _ in range(3)] == [404, 404, 429]
    assert [client.get("/starten").status_code for _ in range(4)] == [200] * 4


def test_when_to_come_back_of_a_limit_an_hour_is_told_in_full(
    make_app: Callable[[str], Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.limits._allowed", lambda _rate: lambda: "1 per hour")
    browser = make_app("redis://127.0.0.1:1/0").test_client()
    answers = [browser.get("/catalogus") for _ in range(3)]
    refused = [each for each in answers if each.status_code == 429]
    assert refused
    assert all(60 < int(each.headers["Retry-After"]) <= 3600 for each in refused)


@pytest.fixture
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker that is slow to answer on a busy machine is not taken for one that is away."""
    monkeypatch.setattr("app.web.limits.PATIENCE", patience.SECONDS)


@pytest.mark.usefixtures("once", "_patient")
def test_all_web_processes_count_together(
    make_app: Callable[[str], Flask], broker_url: str
) -> None:
    one, other = (make_app(broker_url).test_client() for _ in range(2))
    address = f"192.0.2.{next(addresses)}"  # of this test alone: many share the broker
    answers = [
        browser.get("/catalogus", environ_base={"REMOTE_ADDR": address}).status_code
        for browser in (one, other, one, other)
    ]
    assert answers == [200, 200, 429, 429]


@pytest.mark.usefixtures("once")
def test_without_a_broker_each_process_counts_by_itself(make_app: Callable[[str], Flask]) -> None:
    one, other = (make_app("redis://127.0.0.1:1/0").test_client() for _ in range(2))
    answers = [browser.get("/catalogus").status_code for browser in (one, one, one, other)]
    assert answers == [200, 200, 429, 200]


def test_a_request_that_is_let_in_asks_the_broker_once(
    make_app: Callable[[str], Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When to come back is asked only for who came too often."""
    app = make_app("redis://127.0.0.1:1/0")
    browser = app.test_client()
    assert browser.get("/catalogus").status_code == 200  # this process counts by itself from now
    limiter, asked = app.extensions["rate_limits"].limiter, []

    def counted(name: str, own: Callable[..., Any], *args: Any, **more: Any) -> Any:
        asked.append(name)
        return own(*args, **more)

    for name in ("hit", "test", "get_window_stats"):
        monkeypatch.setattr(limiter, name, partial(counted, name, getattr(limiter, name)))

    browser.get("/catalogus")

    assert asked == ["hit"]


@pytest.mark.usefixtures("once", "_patient")
def test_a_broker_that_falls_away_fails_no_request(make_app: Callable[[str], Flask]) -> None:
    port = free_port()
    with valkey_on(port):
        browser = make_app(f"redis://127.0.0.1:{port}/0").test_client()
        assert browser.get("/catalogus").status_code == 200
    assert [browser.get("/catalogus").status_code for _ in range(3)] == [200, 200, 429]


def test_a_broker_that_falls_away_fails_none_of_those_that_ask_at_once(
    make_app: Callable[[str], Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app("redis://127.0.0.1:1/0")
    storage, others = app.extensions["rate_limits"].storage, [app.test_client()]
    asks, answers = storage.acquire_entry, []

    def asked(*given: Any, **named: Any) -> Any:
        while others:  # another request meets the broker's silence before this one does
            other = others.pop()
            with ThreadPoolExecutor(1) as pool:
                answers.append(pool.submit(other.get, "/catalogus").result().status_code)
        return asks(*given, **named)

    monkeypatch.setattr(storage, "acquire_entry", asked)
    answers.append(app.test_client().get("/catalogus").status_code)
    assert answers == [200, 200]


def test_people_at_one_address_do_not_use_up_each_others_share(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PER_MINUTE, Rate.SEARCH, 2)
    for _ in range(CROWD):
        colleague = app.test_client()
        sign_in_as(app, colleague, user_with(app, Role.TEACHER))
        assert [colleague.get("/catalogus").status_code for _ in range(3)] == [200, 200, 429]
    visitor = app.test_client()
    assert {visitor.get("/catalogus").status_code for _ in range(2 * CROWD)} == {200}
    assert visitor.get("/catalogus").status_code == 429


@pytest.mark.usefixtures("once")
def test_whoever_has_a_network_of_addresses_is_one(client: FlaskClient) -> None:
    def ask(address: str) -> int:
        return client.get("/catalogus", environ_base={"REMOTE_ADDR": address}).status_code

    assert [ask(f"2001:db8::{number}") for number in range(1, 4)] == [200, 200, 429]
    assert ask("2001:db8:0:1::1") == 200
    assert [ask(f"::ffff:192.0.2.{number}") for number in (1, 2, 3)] == [200, 200, 200]


@pytest.mark.usefixtures("once")
def test_what_was_typed_is_kept_and_can_be_sent_again(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(app, client, Role.PROCESS_OWNER)
    token = field(client.get("/processen/nieuwe-versie"), "csrf_token")
    typed = {"name": 'Bezwaar "<b>"', "csrf_token": token, "more": ["een", "twee"]}
    for _ in range(2):
        assert client.post("/processen/concepten/nieuw?x=1", data=typed).status_code != 429
    refused = client.post("/processen/concepten/nieuw?x=1", data=typed)
    assert refused.status_code == 429
    assert "Opnieuw versturen" in refused.text
    assert 'action="/processen/concepten/nieuw?x=1"' in refused.text
    kept = [
        (name, unescape(value))
        for name, value in re.findall(
            r'<input type="hidden" name="([^"]*)" value="([^"]*)">', refused.text
        )
    ]
    assert [pair for pair in kept if pair[0] != "csrf_token"] == [
        ("name", 'Bezwaar "<b>"'),
        ("more", "een"),
        ("more", "twee"),
    ]
    for rate in Rate:
        monkeypatch.setitem(PER_MINUTE, rate, 100)
    again = client.post("/processen/concepten/nieuw?x=1", data=MultiDict(kept))
    assert again.status_code != 429
    assert again.status_code < 500


def test_nobody_fills_the_audit_trail_with_refused_logins(
    client: FlaskClient, session: Session
) -> None:
    statuses = {client.get("/inloggen/terug?state=verzonnen").status_code for _ in range(80)}
    assert statuses == {400}
    kept = select(func.count()).select_from(AuditEvent).filter_by(action="login-refused")
    assert session.scalar(kept) == 60
