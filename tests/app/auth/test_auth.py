"""Logging in at the real login simulator, which runs as a server of its own."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from app.auth.claims import INTERMEDIARY, LEGAL_SUBJECT_TYPE
from app.auth.sessions import cookie_name
from app.demo.login_forms import AccountForm, EHerkenningForm
from app.demo.login_simulator import create_login_simulator
from processes.base import now, set_clock
from processes.platform.settings import Settings, use_settings
from processes.register.changes import AuditEvent
from processes.register.providers.people import ProviderUser
from processes.register.providers.web_sessions import WebSession
from tests import patience
from tests.app.onboarding import field, heading

PORTAL = "http://localhost"
DAGOBERT = {"kvk": "69599084", "loa": "loa2plus", "subject": "medewerker-1", "outcome": "success"}


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    server.app = create_login_simulator(
        Settings(var=tmp_path_factory.mktemp("simulator"), public_url=PORTAL).model_copy(
            update=issuers(url)
        )
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield url
    server.shutdown()
    thread.join()
    server.server_close()


def issuers(url: str) -> dict[str, str]:
    return {
        "oidc_eherkenning_issuer": f"{url}/eherkenning",
        "oidc_accounts_issuer": f"{url}/accounts",
    }


@pytest.fixture
def settings(settings: Settings, simulator: str) -> Settings:
    ours = settings.model_copy(update=issuers(simulator))
    use_settings(ours)
    return ours


def begin(client: FlaskClient, via: str = "eherkenning", after: str = "") -> TestResponse:
    page = client.get("/inloggen")
    token = field(page, "csrf_token")
    return client.post("/inloggen", data={"csrf_token": token, "via": via, "next": after})


def at_the_simulator(begun: TestResponse, choices: dict[str, str]) -> str:
    """Where the simulator sends the browser back to, without the host."""
    answer = requests.post(
        begun.location, data=choices, allow_redirects=False, timeout=patience.SECONDS
    )
    assert answer.status_code == 303, answer.text
    parts = urlsplit(answer.headers["Location"])
    assert f"{parts.scheme}://{parts.netloc}" == PORTAL
    return f"{parts.path}?{parts.query}"


def log_in(client: FlaskClient, via: str = "eherkenning", **choices: str) -> TestResponse:
    chosen = DAGOBERT | choices if via == "eherkenning" else {"outcome": "success"} | choices
    return client.get(at_the_simulator(begin(client, via), chosen))


def at(moment: datetime) -> None:
    set_clock(lambda: moment)


def log_out(client: FlaskClient) -> TestResponse:
    token = field(client.get("/contact"), "csrf_token")
    return client.post("/uitloggen", data={"csrf_token": token})


def cookie(client: FlaskClient, settings: Settings) -> str | None:
    found = client.get_cookie(cookie_name(settings))
    return found.value if found else None


@pytest.mark.rule("R9")
def test_a_sole_proprietor_logs_in_at_the_minimum_level(
    client: FlaskClient, session: Session
) -> None:
    response = log_in(client)
    assert (response.status_code, response.location) == (303, "/aanmelding")
    row = session.scalars(select(WebSession)).one()
    assert (row.kvk, row.loa, row.branch) == ("69599084", "loa2plus", None)
    assert row.label == "medewerker 1"
    event = session.scalars(select(AuditEvent).filter_by(action="login")).one()
    assert event.details["levelOfAssurance"] == "loa2plus"
    assert event.details["authorizee"]["legalSubject"]["identifier"] == "69599084"


def test_the_request_asks_for_pkce_a_nonce_and_the_levels_that_are_enough(
    client: FlaskClient,
) -> None:
    asked = parse_qs(urlsplit(begin(client).location).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["nonce"]
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["900"])
    assert asked["redirect_uri"] == [f"{PORTAL}/inloggen/terug"]
    assert [value.rpartition(":")[2] for value in asked["acr_values"][0].split()] == [
        "loa2plus",
        "loa3",
        "loa4",
    ]


@pytest.mark.rule("R8")
def test_a_level_below_the_minimum_gives_no_session_and_an_explanation(
    client: FlaskClient, session: Session
) -> None:
    response = log_in(client, loa="loa2")
    assert "Lerarenregister: aanbod beheren" in response.text
    assert "https://www.eherkenning.nl" in response.text
    assert response.status_code == 403
    assert "EH2" in response.text
    assert "EH2+ of hoger" in response.text
    assert session.scalars(select(WebSession)).all() == []
    assert session.scalars(select(ProviderUser)).all() == []
    refused = session.scalars(select(AuditEvent).filter_by(action="login-refused")).one()
    assert refused.details == {
        "reason": "niveau-te-laag",
        "level": "loa2",
        "minimum": "loa2plus",
    }


@pytest.mark.rule("R9")
@pytest.mark.parametrize("loa", ["loa3", "loa4"])
def test_a_higher_level_is_fine(client: FlaskClient, loa: str) -> None:
    assert log_in(client, loa=loa).status_code == 303


@pytest.mark.rule("R18")
def test_cancelling_and_a_fault_have_pages_of_their_own(
    client: FlaskClient, session: Session
) -> None:
    cancelled = log_in(client, outcome="cancel")
    assert (cancelled.status_code, heading(cancelled)) == (200, "U bent niet ingelogd")
    fault = log_in(client, outcome="fault")
    assert (fault.status_code, heading(fault)) == (502, "Inloggen lukt nu niet")
    assert session.scalars(select(WebSession)).all() == []
    reasons = [
        event.details["reason"]
        for event in session.scalars(select(AuditEvent).order_by(AuditEvent.at))
    ]
    assert reasons == ["afgebroken", "storing"]


def test_a_login_provider_that_is_away_is_a_fault(
    app: Flask, client: FlaskClient, settings: Settings
) -> None:
    app.config["LOKET_SETTINGS"] = settings.model_copy(update=issuers("http://127.0.0.1:1"))
    response = begin(client)
    assert (response.status_code, heading(response)) == (502, "Inloggen lukt nu niet")


def test_the_way_back_works_once(client: FlaskClient, session: Session) -> None:
    address = at_the_simulator(begin(client), DAGOBERT)
    with client.session_transaction() as kept:
        former = dict(kept)
    assert client.get(address).status_code == 303
    with client.session_transaction() as kept:
        kept.clear()
        kept.update(former)  # a copy of the cookie from before
    replayed = client.get(address)
    assert (replayed.status_code, heading(replayed)) == (400, "Deze inlogpoging is verlopen")
    refused = session.scalars(select(AuditEvent).filter_by(action="login-refused")).one()
    assert refused.details["reason"] == "onbekende-poging"


def test_the_way_back_works_in_the_browser_that_began_alone(
    app: Flask, client: FlaskClient
) -> None:
    address = at_the_simulator(begin(client), DAGOBERT)
    assert app.test_client().get(address).status_code == 400
    assert client.get("/inloggen/terug?code=x&state=y").status_code == 400


def test_an_answer_of_another_issuer_is_refused(client: FlaskClient) -> None:
    address = at_the_simulator(begin(client), DAGOBERT).partition("&iss=")[0]
    assert client.get(address + "&iss=https://evil.example").status_code == 502


def test_an_answer_that_does_not_say_of_whom_it_is_is_refused_where_that_was_promised(
    client: FlaskClient, session: Session
) -> None:
    address = at_the_simulator(begin(client), DAGOBERT).partition("&iss=")[0]
    assert client.get(address).status_code == 502
    assert session.scalars(select(WebSession)).all() == []


def test_two_logins_in_two_tabs_each_lead_to_their_own_page(client: FlaskClient) -> None:
    first, second = begin(client, after="/bedrijf"), begin(client, after="/aanbod/nieuw")
    assert client.get(at_the_simulator(first, DAGOBERT)).location == "/bedrijf"
    assert client.get(at_the_simulator(second, DAGOBERT)).location == "/aanbod/nieuw"


def test_of_many_logins_in_many_tabs_the_newest_know_their_page(client: FlaskClient) -> None:
    begun = [begin(client, after=f"/aanbod?p={number}") for number in range(9)]
    for number in (8, 5, 6, 7):
        assert (
            client.get(at_the_simulator(begun[number], DAGOBERT)).location == f"/aanbod?p={number}"
        )


@pytest.mark.parametrize("twice", ["code", "state", "iss"])
def test_an_answer_with_a_parameter_twice_is_refused(
    client: FlaskClient, session: Session, twice: str
) -> None:
    address = at_the_simulator(begin(client), DAGOBERT)
    assert client.get(f"{address}&{twice}=x").status_code == 400
    assert session.scalars(select(WebSession)).all() == []


def test_a_branch_is_kept_in_the_session(client: FlaskClient, session: Session) -> None:
    log_in(client, kvk="68750110", branch="000037178598")
    assert session.scalars(select(WebSession)).one().branch == "000037178598"


@pytest.mark.rule("R3")
def test_two_employees_have_labels_of_their_own(app: Flask, session: Session) -> None:
    for _ in range(2):
        log_in(app.test_client(), subject="medewerker-1")
    log_in(app.test_client(), subject="medewerker-2")
    labels = session.scalars(select(ProviderUser.label).order_by(ProviderUser.label)).all()
    assert labels == ["medewerker 1", "medewerker 2"]


@pytest.mark.parametrize(
    ("subject", "home"),
    [
        ("leraar-1", "/portfolio"),
        ("registrar", "/register"),
        ("process_owner", "/processen"),
        ("operator", "/beheer"),
    ],
)
def test_teachers_and_staff_log_in_with_their_account(
    client: FlaskClient, subject: str, home: str
) -> None:
    response = log_in(client, "accounts", subject=subject)
    assert (response.status_code, response.location) == (303, home)


def asking_staff(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch, given: str | None
) -> None:
    """The portal asks staff a level, and the accounts give this one."""
    app.config["LOKET_SETTINGS"] = settings.model_copy(update={"staff_acr": "mfa hardware"})
    claims = AccountForm.claims

    def with_level(form: AccountForm) -> dict[str, Any]:
        return claims(form) | ({"acr": given} if given else {})

    monkeypatch.setattr(AccountForm, "claims", with_level)


@pytest.mark.parametrize("given", [None, "password", "MFA", "mfa hardware"])
def test_staff_without_the_level_that_is_asked_are_refused(
    app: Flask,
    client: FlaskClient,
    session: Session,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    given: str | None,
) -> None:
    asking_staff(app, settings, monkeypatch, given)
    asked = parse_qs(urlsplit(begin(client, "accounts").location).query)
    assert asked["acr_values"] == ["mfa hardware"]
    refused = log_in(client, "accounts", subject="operator")
    assert (refused.status_code, heading(refused)) == (
        403,
        "Uw manier van inloggen is niet sterk genoeg",
    )
    assert session.scalars(select(WebSession)).all() == []
    event = session.scalars(select(AuditEvent).filter_by(action="login-refused")).one()
    assert event.details["reason"] == "niveau-medewerker-te-laag"


@pytest.mark.parametrize(("subject", "given"), [("operator", "hardware"), ("leraar-1", None)])
def test_staff_with_that_level_and_teachers_without_it_come_in(
    app: Flask,
    client: FlaskClient,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    subject: str,
    given: str | None,
) -> None:
    asking_staff(app, settings, monkeypatch, given)
    assert log_in(client, "accounts", subject=subject).status_code == 303


def test_no_level_is_asked_of_staff_where_none_is_set(client: FlaskClient) -> None:
    asked = parse_qs(urlsplit(begin(client, "accounts").location).query)
    assert "acr_values" not in asked


def test_a_protected_page_comes_back_after_the_login(client: FlaskClient) -> None:
    asked = client.get("/bedrijf")
    assert asked.location == "/inloggen?next=/bedrijf"
    choosing = client.get(asked.location)
    after = field(choosing, "next")
    response = client.get(at_the_simulator(begin(client, after=after), DAGOBERT))
    assert response.location == "/bedrijf"


def test_a_next_address_elsewhere_is_forgotten(client: FlaskClient) -> None:
    begun = begin(client, after="//evil.example/")
    assert client.get(at_the_simulator(begun, DAGOBERT)).location == "/aanmelding"


def test_the_session_is_another_after_login_and_dead_after_logout(
    app: Flask, client: FlaskClient, settings: Settings
) -> None:
    client.set_cookie(cookie_name(settings), "chosen-by-somebody-else")
    log_in(client)
    first = cookie(client, settings)
    assert first
    assert first != "chosen-by-somebody-else"
    log_in(client)
    second = cookie(client, settings)
    assert second != first
    assert log_out(client).location == "/"
    assert cookie(client, settings) is None
    for old in (first, second):
        copied = app.test_client()
        copied.set_cookie(cookie_name(settings), str(old))
        assert copied.get("/bedrijf").location.startswith("/inloggen")


def test_the_cookie_is_for_the_server_alone(client: FlaskClient, settings: Settings) -> None:
    header = next(
        value
        for value in log_in(client).headers.getlist("Set-Cookie")
        if value.startswith(cookie_name(settings))
    )
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Path=/" in header


def test_the_database_holds_no_token_that_opens_a_session(
    client: FlaskClient, session: Session, settings: Settings
) -> None:
    log_in(client)
    assert session.scalars(select(WebSession)).one().id != cookie(client, settings)


@pytest.mark.rule("R18b")
def test_a_session_ends_after_a_pause(client: FlaskClient) -> None:
    begun = now()
    at(begun)
    log_in(client)
    for minutes in (20, 45, 70):
        at(begun + timedelta(minutes=minutes))
        assert client.get("/aanmelding").status_code != 303
    at(begun + timedelta(minutes=101))
    assert "afgelopen" in client.get("/aanmelding").location


@pytest.mark.rule("R18b")
def test_a_session_never_lasts_longer_than_a_working_day(client: FlaskClient) -> None:
    begun = now()
    at(begun)
    log_in(client)
    for minutes in range(20, 480, 20):
        at(begun + timedelta(minutes=minutes))
        assert client.get("/aanmelding").status_code != 303
    at(begun + timedelta(hours=8, seconds=1))
    assert client.get("/aanmelding").status_code == 303


def test_logging_in_again_leaves_the_forms_of_other_tabs_usable(client: FlaskClient) -> None:
    log_in(client)
    other_tab = field(client.get("/contact"), "csrf_token")
    log_in(client)
    assert client.post("/uitloggen", data={"csrf_token": other_tab}).status_code == 303


def test_the_forms_of_somebody_else_are_not_usable_after_a_login(client: FlaskClient) -> None:
    log_in(client)
    somebody_elses = field(client.get("/contact"), "csrf_token")
    log_in(client, subject="medewerker-2")
    assert client.post("/uitloggen", data={"csrf_token": somebody_elses}).status_code == 400


def test_the_page_names_the_company_and_the_employee(client: FlaskClient) -> None:
    log_in(client)
    page = client.get("/aanmelding").text
    assert "<strong>Test EMZ Dagobert</strong>" in page
    assert "medewerker 1 · KvK 69599084" in page


@pytest.mark.rule("R10")
def test_a_minimum_that_was_raised_counts_from_the_next_login(
    app: Flask, client: FlaskClient, settings: Settings
) -> None:
    log_in(client)
    app.config["LOKET_SETTINGS"] = settings.model_copy(update={"minimum_loa": "loa3"})
    use_settings(app.config["LOKET_SETTINGS"])
    assert client.get("/aanmelding").status_code == 200
    log_out(client)
    assert log_in(client).status_code == 403


@pytest.mark.rule("R56")
def test_who_acts_through_an_intermediary_is_named_with_it(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    say_besides(monkeypatch, {INTERMEDIARY: "90001966"})
    log_in(client)
    assert session.scalars(select(WebSession)).one().kvk == "69599084"
    event = session.scalars(select(AuditEvent).filter_by(action="login")).one()
    assert event.actor == "medewerker 1 (KvK 90001966 namens 69599084)"


@pytest.mark.rule("R72")
def test_a_login_without_a_kvk_number_begins_nothing_and_says_where_to_go(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    say_besides(monkeypatch, {LEGAL_SUBJECT_TYPE: "urn:etoegang:1.9:EntityConcernedID:RSIN"})
    response = log_in(client)
    assert (response.status_code, heading(response)) == (403, "Wij hebben een KvK-nummer nodig")
    assert "/contact" in response.text
    assert session.scalars(select(WebSession)).all() == []
    refused = session.scalars(select(AuditEvent).filter_by(action="login-refused")).one()
    assert refused.details["reason"] == "geen-kvk-nummer"


def say_besides(monkeypatch: pytest.MonkeyPatch, more: dict[str, str]) -> None:
    """Let the simulator add these claims: its form does not offer them."""
    usual = EHerkenningForm.claims
    monkeypatch.setattr(EHerkenningForm, "claims", lambda form: usual(form) | more)
