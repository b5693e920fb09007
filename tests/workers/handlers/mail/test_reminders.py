"""Reminders to providers, by the clock: at which terms, once a week, and not when all is done."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import set_clock, today
from processes.casework.mail.notices import choose, company_reference
from processes.casework.mail.reminders import make_reminders
from processes.engine.deployment.definitions import deploy
from processes.engine.execution.events.timers import fire_due_timers
from processes.engine.execution.instances import cancel, start_process
from processes.engine.execution.jobs import claim, finish
from processes.engine.registry import BadDataError
from processes.engine.store.models import InstanceStatus, Job, ProcessInstance
from processes.engine.store.work_models import NoticeChoice
from processes.engine.tasks.rights import Person
from processes.platform.outages import OutageNotice, tell
from processes.platform.settings import Settings, use_settings
from processes.register.offers.offers import create, edit, publish, set_end_date
from processes.register.offers.reminders import ReminderDays
from tests.app.offers.offer_world import BY, COMPLETE, a_provider
from tests.app.signing_in import KVK
from workers.handlers.mail.reminders import days_from, reminder
from workers.vocabulary import vocabulary

BPMN = Path(__file__).parents[4] / "bpmn"
BEGIN = datetime(2027, 3, 1, 7, 0, tzinfo=UTC)
DAYS = ReminderDays()
UNKNOWN = "90000013"


@pytest.fixture(autouse=True)
def _clock(settings: Settings) -> None:
    use_settings(settings)
    set_clock(lambda: BEGIN)


def move_to(day: int) -> None:
    """So many days after the beginning."""
    set_clock(lambda: BEGIN + timedelta(day))


def an_offer_that_ends(session: Session, day: int | None, title: str = "Rekenen") -> Any:
    offer = create(session, a_provider(session), by=BY)
    edit(session, offer.id, COMPLETE | {"title": title}, based_on=1, by=BY)
    publish(session, offer.id, by=BY)
    if day is not None:
        set_end_date(session, offer.id, today() + timedelta(day), by=BY)
    session.flush()
    return offer


def told(session: Session) -> list[str]:
    """The KvK numbers for which a reminder is made today."""
    make_reminders(session, today(), DAYS)
    query = select(Job).where(Job.topic == "send-provider-reminder")
    days = [(job.arguments["day"], job.arguments["kvk"]) for job in session.scalars(query)]
    return [kvk for day, kvk in days if day == today().isoformat()]


def text_of(session: Session, kvk: str = KVK) -> str | None:
    letter = reminder(session, kvk, today(), DAYS)
    return letter.text if letter else None


@pytest.mark.rule("R67")
def test_an_end_date_is_told_thirty_and_seven_days_before_and_no_other_day(
    session: Session,
) -> None:
    an_offer_that_ends(session, 40)
    days = []
    for day in range(45):
        move_to(day)
        days += [day] if told(session) else []
    assert days == [10, 33]


@pytest.mark.rule("R67")
def test_nobody_is_reminded_during_an_outage_and_they_are_after_it(session: Session) -> None:
    an_offer_that_ends(session, 30)
    start, end = BEGIN - timedelta(hours=1), BEGIN + timedelta(days=1, hours=1)
    notice = OutageNotice(text="Storing.", starts_at=start, ends_at=end, made_by="x")
    tell(session, notice)
    assert told(session) == []
    move_to(1)
    assert told(session) == []
    move_to(2)
    assert told(session) == [KVK]


@pytest.mark.rule("R67")
def test_a_concept_is_told_once_when_nobody_touched_it_for_sixty_days(session: Session) -> None:
    create(session, a_provider(session), by=BY)
    days = []
    for day in range(55, 80):
        move_to(day)
        days += [day] if told(session) else []
    assert days == [60]
    assert "Activiteit zonder titel" in (text_of(session) or "")


@pytest.mark.rule("R67")
def test_all_is_in_one_mail_a_week(session: Session) -> None:
    offer = an_offer_that_ends(session, 30)
    assert told(session) == [KVK]
    move_to(1)
    set_end_date(session, offer.id, today() + timedelta(7), by=BY)
    assert told(session) == []
    move_to(6)
    assert told(session) == []
    move_to(7)
    assert told(session) == [KVK]


@pytest.mark.rule("R67")
def test_what_is_done_by_then_is_not_sent(session: Session) -> None:
    offer = an_offer_that_ends(session, 30, "Bijna klaar")
    assert told(session) == [KVK]
    assert "Bijna klaar, tot en met 31-03-2027" in (text_of(session) or "")
    set_end_date(session, offer.id, today() + timedelta(400), by=BY)
    session.flush()
    assert text_of(session) is None


@pytest.mark.rule("R67")
def test_who_wants_no_mail_gets_none(session: Session) -> None:
    an_offer_that_ends(session, 30)
    company = Person(company_reference(KVK), "De Leerkring", frozenset({"provider"}), KVK)
    choose(session, company, NoticeChoice.NONE)
    assert told(session) == []


@pytest.mark.rule("R67")
def test_an_unfinished_registration_is_told_after_fourteen_days(session: Session) -> None:
    xml = (BPMN / "provider_onboarding.bpmn").read_bytes()
    deploy(session, xml, vocabulary=vocabulary(), deployed_by="test")
    contact = {"name": "Noor", "email": "noor@scholing.example"}
    given = {"kvk": UNKNOWN, "reference": "AB-2027-AAAAAA", "contact": contact}
    case = start_process(
        session,
        "provider_onboarding",
        business_key=UNKNOWN,
        tenant=UNKNOWN,
        variables=given,
        started_by=BY,
    )
    move_to(13)
    assert told(session) == []
    move_to(14)
    assert told(session) == [UNKNOWN]
    letter = reminder(session, UNKNOWN, today(), DAYS)
    assert letter is not None
    assert letter.recipient == "noor@scholing.example"
    assert "nog niet bevestigd, begonnen op 01-03-2027" in letter.text
    cancel(session, case.id, by=BY)
    assert text_of(session, UNKNOWN) is None


@pytest.mark.rule("R67")
def test_the_diagram_begins_every_morning_with_the_days_that_are_drawn(session: Session) -> None:
    xml = (BPMN / "provider_reminders.bpmn").read_bytes()
    xml = xml.replace(b">60<", b">90<")
    deploy(session, xml, vocabulary=vocabulary(), deployed_by="test")
    set_clock(lambda: datetime(2027, 3, 2, 6, 14, tzinfo=UTC))
    assert fire_due_timers(session, 10) == 0
    set_clock(lambda: datetime(2027, 3, 2, 6, 16, tzinfo=UTC))
    assert fire_due_timers(session, 10) == 1
    job = session.scalars(select(Job).where(Job.topic == "find-provider-reminders")).one()
    assert days_from(**{name[:-5]: value for name, value in job.arguments.items()}) == ReminderDays(
        (30, 7), 90, 14
    )
    claimed = claim(session, job.id, owner="w", lease=timedelta(minutes=1))
    assert claimed is not None
    assert finish(session, job.id, "w", 1, {"reminders": 0})
    assert session.scalars(select(ProcessInstance.status)).one() is InstanceStatus.COMPLETED


@pytest.mark.parametrize("days", ["dertig", "-1", "1.5", "", "99999999", None])
def test_what_is_no_number_of_days_is_refused(days: Any) -> None:
    with pytest.raises(BadDataError):
        days_from("30, 7", days, 14)
