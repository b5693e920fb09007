"""Of one shape a few steps are recorded, each trace once; one that was wrong ends that for good."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest

from processes.engine.diagram.elements import Element
from processes.engine.interpreter.replay import traces
from processes.engine.interpreter.replay.trace import Trace, Waiting
from processes.engine.interpreter.replay.traces import MOST_TRIES, Known

WAITING = Waiting("user", Element("ask", "userTask", "Ask"), 1, is_old=True)
TRACE = Trace((), (), WAITING, (), (), 0, None)
OTHER = replace(TRACE, changes=1)


@pytest.fixture
def known() -> Iterator[Known]:
    yield traces.known(uuid4(), (0, ((-1, 1, "Root"),)))
    traces.forget_all()


def test_no_more_is_recorded_than_so_many_steps(known: Known) -> None:
    for _ in range(MOST_TRIES + 2):  # as threads do that began at the same time
        traces.add(known, None)
    assert known.tries == 0
    traces.add(known, TRACE)
    assert (known.traces, known.tries) == ((), 0)


def test_the_same_trace_of_two_threads_is_kept_once(known: Known) -> None:
    for each in (TRACE, replace(TRACE), OTHER):
        traces.add(known, each)
    assert known.traces == (TRACE, OTHER)
    assert known.tries == MOST_TRIES - 3


def test_after_a_wrong_trace_none_is_left_and_none_comes_back(known: Known) -> None:
    for each in (TRACE, OTHER):
        traces.add(known, each)
    traces.drop(known)
    traces.add(known, TRACE)
    assert (known.traces, known.tries) == ((), 0)
