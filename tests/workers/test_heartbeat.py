"""A worker that is at work says so; one that says nothing is not waited for."""

import threading
from datetime import timedelta

from sqlalchemy.exc import OperationalError

from tests import patience
from workers.heartbeat import Heartbeat

SOON = 0.01
LATE = 600.0


class Lease:
    """Counts how often it was extended, until it was enough."""

    def __init__(self, enough: int, *, ours: bool = True, fails_first: bool = False) -> None:
        self.times, self.enough, self.ours, self.fails_first = 0, enough, ours, fails_first
        self.is_enough = threading.Event()

    def extend(self) -> bool:
        self.times += 1
        if self.times == self.enough:
            self.is_enough.set()
        if self.fails_first and self.times == 1:
            raise OperationalError(None, {}, ConnectionError())
        return self.ours


def heartbeats() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "heartbeat"]


def gone() -> bool:
    for thread in heartbeats():
        thread.join(patience.SECONDS)
    return not heartbeats()


def test_the_lease_is_extended_while_the_work_goes_on() -> None:
    lease = Lease(enough=3)
    with Heartbeat(lease.extend, timedelta(minutes=1), every=SOON).beating():
        assert lease.is_enough.wait(patience.SECONDS)
    assert gone()


def test_a_database_that_is_away_for_a_moment_does_not_end_it() -> None:
    lease = Lease(enough=2, fails_first=True)
    with Heartbeat(lease.extend, timedelta(minutes=1), every=SOON).beating():
        assert lease.is_enough.wait(patience.SECONDS)
    assert gone()


def test_work_that_hangs_is_not_held_for_ever() -> None:
    lease = Lease(enough=1)
    Heartbeat(lease.extend, timedelta(0), every=SOON).begin()
    assert gone()
    assert lease.times == 0


def test_a_lease_that_somebody_else_has_is_left_to_them() -> None:
    lease = Lease(enough=1, ours=False)
    with Heartbeat(lease.extend, timedelta(minutes=1), every=SOON).beating():
        assert lease.is_enough.wait(patience.SECONDS)
        assert gone()
    assert lease.times == 1


def test_short_work_begins_no_thread() -> None:
    lease = Lease(enough=1)
    for _ in range(3):
        with Heartbeat(lease.extend, timedelta(minutes=1), every=LATE).beating():
            assert not heartbeats()
    assert [thread.name for thread in threading.enumerate()].count("first beat") == 1
    assert lease.times == 0


def test_long_work_beside_short_work_still_beats() -> None:
    lease = Lease(enough=2)
    with (
        Heartbeat(Lease(enough=1).extend, timedelta(minutes=1), every=LATE).beating(),
        Heartbeat(lease.extend, timedelta(minutes=1), every=SOON).beating(),
    ):
        assert lease.is_enough.wait(patience.SECONDS)
    assert gone()
