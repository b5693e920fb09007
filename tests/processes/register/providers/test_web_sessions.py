"""A web session is the same read past the ORM as through it."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from processes.base import new_id, now
from processes.platform.settings import Settings
from processes.register.providers.people import Right
from processes.register.providers.web_sessions import (
    KnownSession,
    WebSession,
    ends_at,
    has_ended,
    known_session,
)


def stored(session: Session, **given: Any) -> WebSession:
    """A session of somebody of a company, stored and forgotten by the ORM."""
    facts: dict[str, Any] = {
        "id": new_id().hex,
        "user_id": new_id(),
        "label": "Noor de Wit",
        "roles": frozenset({"provider", "teacher"}),
        "issuer": "https://eherkenning.test",
        "subject": "a" * 64,
        "kvk": "68750110",
        "company": "Scholing",
        "branch": None,
        "loa": "loa3",
        "intermediary": None,
        "right": Right.READER,
        "kept": {"forms": [{"path": "/taken", "fields": {"naam": ["é"]}}]},
        "authenticated_at": now(),
        **given,
    }
    row = WebSession(**facts)
    session.add(row)
    session.flush()
    session.expire(row)
    return row


def test_each_value_is_the_same_as_through_the_orm(session: Session) -> None:
    other = {"kept": None, "authenticated_at": None, "account_ends_at": now()}
    for given in ({}, other):
        row = stored(session, **given)
        known = known_session(session, row.id)
        assert known is not None
        for each in fields(KnownSession):
            assert getattr(known, each.name) == getattr(row, each.name), each.name
        assert known.seen_at.tzinfo is not None


def test_a_token_that_nobody_has_is_no_session(session: Session) -> None:
    stored(session)
    assert known_session(session, "0" * 64) is None


def test_it_ends_after_its_own_term_and_never_after_the_account(session: Session) -> None:
    settings = Settings()
    idle = timedelta(minutes=settings.session_idle_minutes)
    for row in (stored(session), stored(session, account_ends_at=now())):
        known = known_session(session, row.id)
        assert known is not None
        assert ends_at(known, settings) == ends_at(row, settings)
        assert has_ended(known, settings) is (row.account_ends_at is not None)
    idle_for_long = known_session(session, stored(session, seen_at=now() - idle).id)
    assert idle_for_long is not None
    assert has_ended(idle_for_long, settings)
