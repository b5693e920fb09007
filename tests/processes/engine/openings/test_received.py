"""A message takes effect once, also where two connections send it at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from processes.engine.openings.clients import Rights, make
from processes.engine.openings.received import MessageIdReusedError, answered, received_before
from processes.engine.store import beginnings
from processes.engine.store.opening_models import Opening, ReceivedMessage
from processes.statements import Statement
from tests.processes.engine.diagrams import define, process, straight, user

ONE = process(straight(user("a"), ids=("a",)))


def opening(session: Session) -> Opening:
    made, _token = make(session, "crm", Rights(messages=["m"]), by="test")
    return made


def test_a_message_is_new_once(session: Session) -> None:
    id_ = opening(session).id
    assert received_before(session, id_, "one", "a") is None
    answered(session, id_, "one", {"outcome": "kept"})
    assert received_before(session, id_, "one", "a") == {"outcome": "kept"}
    with pytest.raises(MessageIdReusedError):
        received_before(session, id_, "one", "b")


def test_the_version_that_a_message_starts_is_read_with_it(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    define(session, ONE)
    newest = define(session, ONE)
    id_ = opening(session).id
    session.flush()

    def no_other(*_given: object) -> None:
        pytest.fail("one exchange with the database tells both")

    received_before(session, id_, "one", "a", starts="p")
    with monkeypatch.context() as patched:
        patched.setattr(Statement, "first", no_other)
        assert beginnings.latest_definition(session, "p") == newest.id
    assert beginnings.latest_definition(session, "q") is None  # of another it was not read
    session.commit()
    later = define(session, ONE)
    assert beginnings.latest_definition(session, "p") == later.id


def test_a_process_that_is_not_there_is_not_there_ahead_either(session: Session) -> None:
    received_before(session, opening(session).id, "one", "a", starts="nergens")
    assert beginnings.latest_definition(session, "nergens") is None


def test_what_had_no_effect_is_new_again(session: Session) -> None:
    id_ = opening(session).id
    received_before(session, id_, "one", "a")
    answered(session, id_, "one", None)
    assert received_before(session, id_, "one", "b") is None


def test_who_sends_the_same_at_once_gets_the_answer_of_the_first(own_engine: Engine) -> None:
    with Session(own_engine) as session:
        id_ = opening(session).id
        session.commit()
    together = Barrier(3)

    def send(number: int) -> int:
        with Session(own_engine) as session:
            together.wait()
            before = received_before(session, id_, "one", "a")
            if before is not None:
                return int(before["number"])
            answered(session, id_, "one", {"number": number})
            session.commit()
            return number

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(send, range(3)))
    assert len(set(answers)) == 1
    with Session(own_engine) as session:
        assert session.scalars(select(ReceivedMessage)).one().answer == {"number": answers[0]}
