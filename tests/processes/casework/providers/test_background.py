"""A job of a company and a transfer of its number at once: one of them sees the other (R59)."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from processes.casework.providers.background import NumberEndedError, begin_job, hold_number
from processes.casework.providers.kvk_numbers import why_no_transfer
from processes.casework.providers.merging import move_next
from processes.casework.providers.transfers import transfer_provider
from processes.register.providers.providers import Provider, provider_of
from tests.processes.register.conftest import make_provider

NEW = "69599084"

pytestmark = [
    pytest.mark.rule("R59"),
    # On SQLite one of the two is over before the other begins to write.
    pytest.mark.parametrize("backend", ["postgresql"], indirect=True),
]


@pytest.fixture
def one(own_engine: Engine) -> Iterator[Session]:
    with Session(own_engine) as session:
        session.add(make_provider())
        session.commit()
        yield session


@pytest.fixture
def other(own_engine: Engine) -> Iterator[Session]:
    with Session(own_engine) as session:
        yield session


def the_provider(session: Session) -> Provider:
    return session.query(Provider).one()


def must_wait(session: Session) -> None:
    """From here on a lock that somebody else has is an error at once."""
    session.rollback()
    session.execute(text("SET LOCAL lock_timeout = '1ms'"))


def test_a_transfer_waits_for_a_job_that_is_being_begun_and_finds_it(
    one: Session, other: Session
) -> None:
    kvk = the_provider(one).kvk
    begin_job(one, kvk, "bulk-offers", {}, key="one")
    must_wait(other)
    begin_job(other, kvk, "bulk-offers", {}, key="two")  # jobs do not wait for each other
    must_wait(other)
    with pytest.raises(OperationalError):
        transfer_provider(other, kvk, NEW, "register")
    must_wait(other)
    with pytest.raises(OperationalError):
        move_next(other, kvk, NEW, by="register")
    one.commit()
    other.rollback()
    hold_number(other, kvk)
    assert "Wacht tot klaar is" in (why_no_transfer(other, kvk, NEW) or "")


def test_a_job_waits_for_a_transfer_and_does_not_keep_the_number_that_ended(
    one: Session, other: Session
) -> None:
    provider = the_provider(one)
    kvk = provider.kvk
    hold_number(one, kvk)
    must_wait(other)
    with pytest.raises(OperationalError):
        begin_job(other, kvk, "bulk-offers", {}, key="one")
    provider.kvk = NEW
    one.commit()
    other.rollback()
    with pytest.raises(NumberEndedError):
        begin_job(other, kvk, "bulk-offers", {}, key="one")
    assert provider_of(other, NEW) is not None
