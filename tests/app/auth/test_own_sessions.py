"""Mijn sessies, ending those of a company, and what was typed when a session had ended."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.devices import device_in_words
from app.auth.sessions import cookie_name, user_of
from app.web.access import Role
from processes.base import now, set_clock
from processes.register.changes import AuditEvent
from processes.register.providers.web_sessions import WebSession
from tests.app.offers.offer_world import a_provider, a_teacher
from tests.app.signing_in import KVK, sign_in, sign_in_as, user_with

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
OTHER_KVK = "69599084"


@pytest.fixture(autouse=True)
def _without_tokens(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (WINDOWS, "Firefox op Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
         "Edge op Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/140 Mobile Safari/604.1",
         "Chrome op een iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15",
         "Safari op een Mac"),
        ("<script>", "Een onbekende browser"),
        ("", "Een onbekende browser"),
    ],
)  # fmt: skip
def test_a_browser_is_told_in_words(told: str, words: str) -> None:
    assert device_in_words(told) == words


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def rows(session: Session) -> list[WebSession]:
    session.expire_all()
    return list(session.scalars(select(WebSession).order_by(WebSession.started_at)))


def buttons(page: str) -> list[str]:
    return [each.get("value") for each in html.fromstring(page).xpath("//button[@name='sessie']")]


def test_somebody_sees_their_own_sessions_and_ends_another_of_them(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    user = user_with(app, Role.REGISTRAR)
    here, there, third = client, app.test_client(), app.test_client()
    for browser in (here, there, third):
        sign_in_as(app, browser, user)
    stranger = app.test_client()
    sign_in(app, stranger, Role.REGISTRAR)
    page = here.get("/mijn-sessies").text
    assert page.count("deze sessie") == 1
    offered = buttons(page)
    assert len(offered) == 2
    theirs = next(row for row in rows(session) if row.user_id != user.id)
    here.post("/mijn-sessies", data={"sessie": theirs.handle})
    assert stranger.get("/mijn-sessies").status_code == 200
    here.post("/mijn-sessies", data={"sessie": offered[0]})
    left = [browser.get("/mijn-sessies").status_code for browser in (here, there, third)]
    assert sorted(left) == [200, 200, 303]
    assert left[0] == 200
    told = here.post("/mijn-sessies", data={"alle": "ja"}, follow_redirects=True).text
    assert "De sessie is beëindigd." in told
    assert len(rows(session)) == 2
    events = session.scalars(select(AuditEvent).filter_by(action="own-sessions-ended")).all()
    assert [each.details for each in events] == [{"number": 1}, {"number": 1}]


def test_a_page_says_when_the_session_ends_and_a_visitor_is_told_nothing(
    app: Flask, client: FlaskClient
) -> None:
    assert "data-idle" not in client.get("/").text
    sign_in(app, client, Role.REGISTRAR)
    body = html.fromstring(client.get("/mijn-sessies").text).find("body")
    assert body is not None
    assert body.get("data-idle") == "30"
    assert body.get("data-until", "") > f"{now() + timedelta(hours=7):%Y-%m-%dT%H}"


def test_staying_counts_as_activity(app: Flask, client: FlaskClient) -> None:
    sign_in(app, client, Role.REGISTRAR)
    start = now()
    for minutes in (29, 58, 87):
        set_clock(at(start + timedelta(minutes=minutes)))
        assert client.post("/mijn-sessies/verlengen").status_code == 204
    set_clock(at(start + timedelta(minutes=118)))
    assert client.post("/mijn-sessies/verlengen").status_code == 303


@pytest.mark.rule("R18b")
@pytest.mark.parametrize(
    ("role", "address"),
    [(Role.REGISTRAR, "/register/sessies"), (Role.OPERATOR, "/beheer/sessies")],
)
def test_staff_end_all_sessions_of_a_company_and_those_of_nobody_else(
    app: Flask, client: FlaskClient, session: Session, role: Role, address: str
) -> None:
    theirs = [app.test_client(), app.test_client()]
    for number, browser in enumerate(theirs):
        sign_in(app, browser, Role.PROVIDER, employee=str(number) * 64)
    other = app.test_client()
    sign_in(app, other, Role.PROVIDER, kvk=OTHER_KVK)
    sign_in(app, client, role)
    page = client.get(f"{address}?kvk={KVK}").text
    assert ("medewerker 1" in page, "medewerker 2" in page) == (True, True)
    wrong = client.post(address, data={"kvk": KVK, "reason": ""})
    assert wrong.status_code == 422
    assert "Vul in waarom u de sessies beëindigt." in wrong.text
    assert len(rows(session)) == 4
    data = {"kvk": KVK, "reason": "machtiging ingetrokken"}
    told = client.post(address, data=data, follow_redirects=True).text
    assert "2 sessies zijn beëindigd." in told
    assert f"Namens KvK {KVK} is nu niemand ingelogd." in told
    assert [browser.get("/mijn-sessies").status_code for browser in (*theirs, other)] == [
        303,
        303,
        200,
    ]
    event = session.scalars(select(AuditEvent).filter_by(action="sessions-ended")).one()
    assert (event.kvk, event.details) == (KVK, {"reason": "machtiging ingetrokken", "count": 2})


def after_a_pause(client: FlaskClient, app: Flask, user: object, page: str, **sent: object) -> str:
    """The page after a form of it was sent too late, and after logging in again."""
    set_clock(at(now() + timedelta(minutes=31)))
    address = str(sent.pop("address", page))
    headers = {"Referer": f"http://localhost{page}"}
    assert client.post(address, data=sent, headers=headers).status_code == 303
    name = cookie_name(app.config["LOKET_SETTINGS"])
    token = client.get_cookie(name)
    assert token is not None
    sign_in_as(app, client, user, {name: token.value})  # type: ignore[arg-type]
    return client.get(page).text


def test_what_a_registrar_typed_too_late_comes_back(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    provider = a_provider(session)
    user = sign_in(app, client, Role.REGISTRAR)
    page, typed = f"/register/{provider.id}", 'Regel een\n<b>twee</b> & "drie"'
    text = after_a_pause(
        client, app, user, page, address=f"{page}/schorsen", reason=typed, csrf_token="oud"
    )
    assert "Wat u had ingevuld, staat er weer" in text
    shown = html.fromstring(text).xpath("//textarea[@name='reason']")[0]
    assert shown.text.removeprefix("\n") == typed
    assert "<b>twee" not in text
    assert [each["fields"] for row in rows(session) if row.kept for each in row.kept["forms"]] == [
        {"reason": [typed]}
    ]
    assert "staat er weer" not in client.get("/register").text


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.TEACHER, Role.PROVIDER])
@pytest.mark.parametrize("is_same", [True, False])
def test_what_was_typed_too_late_comes_back_for_who_typed_it_alone(
    app: Flask, client: FlaskClient, session: Session, role: Role, *, is_same: bool
) -> None:
    one = sign_in(app, client, role)
    next_one = one if is_same else replace(one, id=uuid4(), subject="b" * 64)
    page, typed = "/mijn-sessies", "Alleen voor mij"
    after_a_pause(client, app, next_one, page, reason=typed)
    kept = [each["fields"] for row in rows(session) if row.kept for each in row.kept["forms"]]
    assert kept == ([{"reason": [typed]}] if is_same else [])


def test_choices_and_rows_that_a_teacher_typed_too_late_come_back(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    teacher = a_teacher(session, app, client)
    user = user_of(rows(session)[-1])
    assert user.id == teacher.id
    text = after_a_pause(
        client,
        app,
        user,
        "/portfolio/eigen",
        title='Lezen "met" <plezier>',
        kind="zelfstudie",
        areas=["pedagogisch", "vakinhoudelijk"],
        self_study_hours="drie",
    )
    form = html.fromstring(text)
    value = {
        each.get("name"): each.get("value")
        for each in form.xpath("//input[@type='text' or not(@type)]")
    }
    assert (value["title"], value["self_study_hours"]) == ('Lezen "met" <plezier>', "drie")
    chosen = {each.get("value") for each in form.xpath("//input[@checked] | //option[@selected]")}
    assert chosen >= {"pedagogisch", "vakinhoudelijk", "zelfstudie"}


def test_nothing_comes_back_for_somebody_else(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    provider = a_provider(session)
    sign_in(app, client, Role.REGISTRAR)
    other = sign_in(app, app.test_client(), Role.PROVIDER)
    page = f"/register/{provider.id}"
    text = after_a_pause(client, app, other, page, address=f"{page}/schorsen", reason="Geheim")
    assert "Geheim" not in text
    assert "Geheim" not in client.get("/bedrijf").text


def test_a_form_can_be_sent_again_after_it_came_back(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    provider = a_provider(session)
    user = sign_in(app, client, Role.REGISTRAR)
    page = f"/register/{provider.id}"
    after_a_pause(client, app, user, page, address=f"{page}/schorsen", reason="Omdat.")
    headers = {"Referer": f"http://localhost{page}"}
    data = {"reason": "Omdat."}
    assert client.post(f"{page}/schorsen", data=data, headers=headers).status_code == 303
    session.refresh(provider)
    assert provider.status_reason == "Omdat."
    assert "staat er weer" not in client.get(page).text


def test_an_operator_ends_the_sessions_of_one_person_and_of_nobody_else(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    page = "/beheer/sessies/personen"
    gone, stays = (replace(user_with(app, Role.REGISTRAR), label=each) for each in ("Anna", "Bo"))
    browsers = [app.test_client() for _ in range(3)]
    for browser, user in zip(browsers, (gone, gone, stays), strict=True):
        sign_in_as(app, browser, user)
    sign_in(app, app.test_client(), Role.PROVIDER)
    sign_in(app, client, Role.OPERATOR)
    shown = client.get(page).text
    assert ("Anna (2 sessies)" in shown, "Bo (1 sessie)" in shown) == (True, True)
    assert "medewerker 1" not in shown
    assert "Anna" not in client.get(f"{page}?naam=bo").text
    assert "Niemand met deze naam" in client.get(f"{page}?naam=Cor").text
    sent = {"person": str(gone.id), "reason": ""}
    assert client.post(page, data=sent).status_code == 422
    assert client.post(page, data=sent | {"person": str(uuid4()), "reason": "x"}).status_code == 422
    assert len(rows(session)) == 5
    told = client.post(page, data=sent | {"reason": "uit dienst"}, follow_redirects=True)
    assert "2 sessies zijn beëindigd." in told.text
    assert [each.get("/mijn-sessies").status_code for each in browsers] == [303, 303, 200]
    event = session.scalars(select(AuditEvent).filter_by(action="sessions-ended")).one()
    assert event.details == {"person": "Anna", "reason": "uit dienst", "count": 2}


def test_logging_out_clears_what_the_browser_keeps(app: Flask, client: FlaskClient) -> None:
    sign_in(app, client, Role.REGISTRAR)
    answer = client.post("/uitloggen")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "U bent uitgelogd." in client.get(answer.location).text
