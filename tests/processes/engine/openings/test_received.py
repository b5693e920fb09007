"""Two connections that send the same message at once: it takes effect once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from processes.engine.openings.clients import Rights, make
from processes.engine.openings.received import MessageIdReusedError, answered, received_before
from processes.engine.store.opening_models import Opening, ReceivedMessage


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
