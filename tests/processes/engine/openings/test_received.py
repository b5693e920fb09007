"""A message takes effect once, also where two connections send it at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from processes.engine.openings import access
from processes.engine.openings.clients import Rights, make
from processes.engine.openings.received import (
    MessageIdReusedError,
    keep_answer,
    received_before,
)
from processes.engine.store import beginnings
from processes.engine.store.opening_models import Opening, ReceivedMessage
from processes.statements import Statement, UnwrittenError
from tests.processes.engine.diagrams import define, process, straight, user

ONE = process(straight(user("a"), ids=("a",)))


def opening(session: Session) -> Opening:
    made, _token = make(session, "crm", Rights(messages=["m"]), by="test")
    return made


def test_a_message_is_new_once(session: Session) -> None:
    id_ = opening(session).id
    assert received_before(session, id_, "one", "a") is None
    keep_answer(session, id_, "one", "a", {"outcome": "kept"})
    assert received_before(session, id_, "one", "a") == {"outcome": "kept"}
    with pytest.raises(MessageIdReusedError):
        received_before(session, id_, "one", "b")
    with pytest.raises(UnwrittenError):
        keep_answer(session, id_, "one", "a", {"outcome": "kept"})


def test_the_version_and_the_message_are_read_with_the_token(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    define(session, ONE)
    newest = define(session, ONE)
    known = opening(session)
    keep_answer(session, known.id, "old", "a", {"outcome": "kept"})
    token = access.issue(session, known)

    def no_other(*_given: object) -> None:
        pytest.fail("one exchange with the database tells all")

    for message_id, answer in (("old", {"outcome": "kept"}), ("new", None)):
        of_token = access.of_access_token(session, token, access.Sent(message_id, "p"))
        assert of_token is not None
        assert of_token.id == known.id
        with monkeypatch.context() as patched:
            patched.setattr(Statement, "first", no_other)
            assert received_before(session, known.id, message_id, "a") == answer
            assert beginnings.latest_definition(session, "p") == newest.id
    assert beginnings.latest_definition(session, "q") is None  # of another it was not read
    session.commit()
    later = define(session, ONE)
    assert beginnings.latest_definition(session, "p") == later.id


def test_what_was_read_with_the_token_is_taken_once(session: Session) -> None:
    known = opening(session)
    token = access.issue(session, known)
    access.of_access_token(session, token, access.Sent("one", ""))
    assert received_before(session, known.id, "one", "a") is None
    keep_answer(session, known.id, "one", "a", {"outcome": "kept"})
    assert received_before(session, known.id, "one", "a") == {"outcome": "kept"}


def test_of_a_token_that_does_not_hold_nothing_is_read(session: Session) -> None:
    assert access.of_access_token(session, "no token", access.Sent("one", "p")) is None
    assert access.of_access_token(session, "no token") is None


def test_a_process_that_is_not_there_is_not_there_ahead_either(session: Session) -> None:
    token = access.issue(session, opening(session))
    access.of_access_token(session, token, access.Sent("one", "nergens"))
    assert beginnings.latest_definition(session, "nergens") is None


def test_who_sends_the_same_at_once_is_told_so_when_it_writes(own_engine: Engine) -> None:
    with Session(own_engine) as session:
        id_ = opening(session).id
        session.commit()
    together = Barrier(3)

    def send(number: int) -> int:
        with Session(own_engine) as session:
            together.wait()
            try:
                keep_answer(session, id_, "one", "a", {"number": number})
            except UnwrittenError:
                return _number(session, id_)
            session.commit()
            return number

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(send, range(3)))
    assert len(set(answers)) == 1
    with Session(own_engine) as session:
        assert session.scalars(select(ReceivedMessage)).one().answer == {"number": answers[0]}


def _number(session: Session, id_: UUID) -> int:
    """The answer of the first, which is there for who waited for it."""
    before = received_before(session, id_, "one", "a")
    assert before is not None
    return int(before["number"])
