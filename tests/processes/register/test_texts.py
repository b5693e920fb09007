"""Texts that an owner changes: each version is kept, and nobody overwrites unseen."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from processes.register import texts
from processes.register.changes import AuditEvent
from processes.register.texts import StaleTextError, TextVersion
from tests import patience

KEY = "mail:registration-confirmed"


def write(session: Session, text: str | None, based_on: int = 0, by: str = "Vera") -> TextVersion:
    return texts.change(session, KEY, text=text, based_on=based_on, by=by, note="Korter")


def test_the_newest_version_counts_and_all_are_kept(session: Session) -> None:
    assert texts.newest(session, KEY) is None
    write(session, "Een")
    write(session, "Twee", 1)

    newest = texts.newest(session, KEY)
    assert newest is not None
    assert (newest.version, newest.text) == (2, "Twee")
    assert [each.text for each in texts.history(session, KEY)] == ["Twee", "Een"]
    assert {key: each.version for key, each in texts.all_newest(session).items()} == {KEY: 2}


def test_no_text_puts_the_default_back(session: Session) -> None:
    write(session, "Een")
    assert write(session, None, 1).is_default
    assert not texts.history(session, KEY)[1].is_default


@pytest.mark.parametrize("based_on", [0, 2])
def test_who_read_another_version_changes_nothing(session: Session, based_on: int) -> None:
    write(session, "Een")

    with pytest.raises(StaleTextError) as caught:
        write(session, "Van een ander", based_on, by="Karel")

    assert caught.value.theirs.text == "Een"
    assert [each.text for each in texts.history(session, KEY)] == ["Een"]


def test_of_two_changes_at_the_same_moment_one_is_stale(own_engine: Engine) -> None:
    start = Barrier(2)

    def act(text: str) -> str:
        with Session(own_engine) as session:
            start.wait(timeout=patience.SECONDS)
            try:
                written = write(session, text).text
                session.commit()
            except StaleTextError:
                return "stale"
            return str(written)

    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(act, ("een", "twee")))

    assert outcomes.count("stale") == 1
    with Session(own_engine) as session:
        assert [each.version for each in texts.history(session, KEY)] == [1]


def test_each_change_is_in_the_audit_trail(session: Session) -> None:
    write(session, "Een")

    (event,) = session.query(AuditEvent).all()
    assert (event.action, event.actor, event.subject) == ("text-changed", "Vera", f"text:{KEY}")
    assert event.details == {"version": 1, "is_default": False, "note": "Korter"}


def test_a_value_that_looks_like_a_placeholder_is_not_filled_in() -> None:
    values = {"naam": "{kvk}", "kvk": "68750110"}
    assert texts.filled("Beste {naam} ({kvk}), {onbekend}", values) == (
        "Beste {kvk} (68750110), {onbekend}"
    )


def test_unknown_placeholders_are_told_once_each() -> None:
    text = "{naam} {Naam} {x y} {Naam} {}"
    assert texts.unknown_placeholders(text, {"naam": ""}) == ["Naam", "x y", ""]
