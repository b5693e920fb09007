"""Break-glass accounts: what opens one, what locks it, and who is told."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth.break_glass.accounts import BreakGlassAccount, Made, accounts, end, make
from processes.base import now, set_clock
from processes.engine.store.models import Job
from processes.engine.tasks.directory import remember
from processes.engine.tasks.rights import Person
from processes.platform.roles import Role
from processes.register.changes import AuditEvent
from processes.register.providers.web_sessions import WebSession

PAGE = "/inloggen/noodtoegang"
START = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


@pytest.fixture(autouse=True)
def _without_tokens(app: Flask) -> Iterator[None]:
    app.config["WTF_CSRF_ENABLED"] = False
    set_clock(at(START))
    yield
    set_clock(None)


@pytest.fixture
def made(app: Flask, session: Session) -> Made:
    assert app
    given = make(
        session, "beheer", [Role.OPERATOR], lasts=timedelta(hours=24), by="root", reason="Storing."
    )
    session.commit()
    return given


def code(made: Made, moment: datetime | None = None) -> str:
    from base64 import b32decode

    totp = TOTP(b32decode(made.key), 6, SHA1(), 30)  # noqa: S303 - RFC 6238
    return totp.generate(int((moment or now()).timestamp())).decode()


def entered(
    client: FlaskClient, made: Made, *, name: str = "beheer", **changed: str
) -> TestResponse:
    typed = {"name": name, "password": made.password, "code": code(made)} | changed
    return client.post(PAGE, data=typed)


def notices(session: Session) -> list[str]:
    jobs = session.scalars(
        select(Job).where(Job.topic == "send-security-notice").order_by(Job.created_at)
    )
    return [each.arguments["what"] for each in jobs]


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.at)))


def test_password_and_code_open_it_and_all_staff_are_told(
    client: FlaskClient, session: Session, made: Made
) -> None:
    groups = {"staff": "registrar", "teacher": "teacher"}
    for kind, group in groups.items():
        person = Person(f"{kind}:{uuid4()}", kind, frozenset({group}))
        remember(session, person, f"{kind}@x.test")
    session.commit()
    answer = entered(client, made)
    assert (answer.status_code, answer.location) == (303, "/beheer")
    page = client.get("/beheer")
    assert page.status_code == 200
    assert "Noodtoegang beheer" in page.text
    assert client.get("/register").status_code == 403
    assert notices(session) == ["Iemand is ingelogd met de noodtoegang “beheer”."]
    assert {"break-glass-made", "break-glass-used", "login"} <= set(actions(session))


def test_staff_are_told_once_of_a_session_that_goes_on_after_the_login_was_asked_anew(
    app: Flask, client: FlaskClient, session: Session, made: Made
) -> None:
    remember(session, Person(f"staff:{uuid4()}", "x", frozenset({"registrar"})), "staff@x.test")
    session.commit()
    entered(client, made)
    for minutes, browser, told in ((16, client, 1), (17, app.test_client(), 2)):
        moment = START + timedelta(minutes=minutes)
        set_clock(at(moment))
        assert entered(browser, made).status_code == 303
        assert len(notices(session)) == told
    assert actions(session).count("break-glass-used") == 3
    assert client.get("/beheer").text.count("Alle medewerkers krijgen hierover een e-mail") == 1


def test_spaces_in_the_code_and_a_clock_that_is_a_little_off_do_no_harm(
    client: FlaskClient, made: Made
) -> None:
    late = code(made, START - timedelta(seconds=30))
    assert entered(client, made, code=f"{late[:3]} {late[3:]}").status_code == 303


@pytest.mark.parametrize(
    "changed",
    [
        {"password": "fout"},
        {"code": "000000"},
        {"code": "123"},
        {"code": "\uff11\uff12\uff13\uff14\uff15\uff16"},
        {"name": "iemand"},
        {"name": "Beheer"},
    ],
)
def test_one_thing_wrong_opens_nothing_and_does_not_say_which(
    client: FlaskClient, session: Session, made: Made, changed: dict[str, str]
) -> None:
    answer = entered(client, made, **changed)
    assert answer.status_code == 422
    assert "De naam, het wachtwoord of de code klopt niet." in answer.text
    assert made.password not in answer.text
    assert client.get("/beheer").status_code == 303
    refused = session.scalars(select(AuditEvent).filter_by(action="login-refused")).one()
    assert refused.details == {"reason": "noodtoegang"}


def test_a_code_counts_once(app: Flask, client: FlaskClient, made: Made) -> None:
    assert entered(client, made).status_code == 303
    other = app.test_client()
    assert entered(other, made).status_code == 422
    before = code(made, START - timedelta(seconds=30))
    assert entered(other, made, code=before).status_code == 422
    set_clock(at(START + timedelta(seconds=30)))
    assert entered(other, made).status_code == 303


def test_five_wrong_attempts_lock_it_for_a_quarter_of_an_hour(
    client: FlaskClient, session: Session, made: Made
) -> None:
    remember(session, Person(f"staff:{uuid4()}", "A", frozenset({"operator"})), "a@x.test")
    session.commit()
    for _ in range(5):
        assert entered(client, made, password="fout").status_code == 422
    assert notices(session) == ["Vijf keer een fout wachtwoord of een foute code bij “beheer”."]
    assert entered(client, made).status_code == 422
    set_clock(at(START + timedelta(minutes=14)))
    assert entered(client, made).status_code == 422
    set_clock(at(START + timedelta(minutes=16)))
    assert entered(client, made).status_code == 303


def test_four_wrong_attempts_now_and_then_lock_nothing(client: FlaskClient, made: Made) -> None:
    for hours in range(3):
        set_clock(at(START + timedelta(hours=hours)))
        for _ in range(4):
            assert entered(client, made, code="000000").status_code == 422
    assert entered(client, made).status_code == 303


def test_without_an_account_that_is_open_there_is_no_page(
    client: FlaskClient, session: Session, made: Made
) -> None:
    assert client.get(PAGE).status_code == 200
    set_clock(at(START + timedelta(hours=25)))
    assert client.get(PAGE).status_code == 404
    assert entered(client, made).status_code == 404
    set_clock(at(START))
    assert end(session, "beheer", by="root", reason="Voorbij.")
    assert not end(session, "beheer", by="root", reason="Voorbij.")
    session.commit()
    assert client.get(PAGE).status_code == 404
    assert session.scalars(select(WebSession)).all() == []


def test_the_database_holds_neither_password_nor_key(session: Session, made: Made) -> None:
    row = session.scalars(select(BreakGlassAccount)).one()
    kept = f"{row.password_hash} {row.totp_key}"
    assert made.password not in kept
    assert made.key not in kept
    assert made.address.startswith("otpauth://totp/")
    assert "password" not in repr(row)


def test_made_anew_the_old_password_opens_nothing(
    client: FlaskClient, session: Session, made: Made
) -> None:
    again = make(
        session, "beheer", [Role.REGISTRAR], lasts=timedelta(hours=1), by="root", reason="Weer."
    )
    session.commit()
    assert len(accounts(session)) == 1
    assert entered(client, made).status_code == 422
    answer = entered(client, again)
    assert (answer.status_code, answer.location) == (303, "/register")


@pytest.mark.parametrize("roles", [[], [Role.TEACHER], [Role.OPERATOR, Role.PROVIDER]])
def test_it_is_for_staff_alone(session: Session, roles: list[Role]) -> None:
    with pytest.raises(ValueError, match="roles of staff"):
        make(session, "x", roles, lasts=timedelta(hours=1), by="root", reason="x")


def test_who_is_logged_in_is_out_when_the_account_ends_or_is_made_anew(
    app: Flask, client: FlaskClient, session: Session, made: Made
) -> None:
    assert entered(client, made).status_code == 303
    assert end(session, "beheer", by="root", reason="Voorbij.")
    session.commit()
    assert client.get("/beheer").status_code == 303
    hours = timedelta(hours=2)
    again = make(session, "beheer", [Role.OPERATOR], lasts=hours, by="root", reason="Weer.")
    session.commit()
    other = app.test_client()
    assert entered(other, again).status_code == 303
    make(session, "beheer", [Role.OPERATOR], lasts=hours, by="root", reason="Weer.")
    session.commit()
    assert other.get("/beheer").status_code == 303


def test_a_session_ends_with_its_account(client: FlaskClient, session: Session, made: Made) -> None:
    row = session.scalars(select(BreakGlassAccount)).one()
    row.expires_at = START + timedelta(minutes=40)
    session.commit()
    assert entered(client, made).status_code == 303
    for minutes, status in ((20, 200), (39, 200), (41, 303)):
        set_clock(at(START + timedelta(minutes=minutes)))
        assert client.get("/beheer").status_code == status
