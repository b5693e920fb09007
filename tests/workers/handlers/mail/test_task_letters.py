"""Mail about tasks: who gets which, once a day; names and links, and nothing else."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.casework import task_work
from processes.casework.mail import notices
from processes.engine.store.models import InstanceStatus, Job, ProcessInstance, TaskStatus, UserTask
from processes.engine.store.work_models import NoticeChoice
from processes.engine.tasks.directory import remember
from processes.platform.settings import Settings, use_settings
from processes.register.declarations import seed_requirements
from processes.register.providers.providers import register
from tests.processes.engine.tasks.people import (
    ANNA,
    BAS,
    EMPLOYEE,
    KVK,
    TEACHER,
    add_case,
    add_task,
)
from workers.handlers.mail import task_letters

NOW = datetime(2027, 3, 1, 6, 31, tzinfo=UTC)
MONDAY = date(2027, 3, 1)


@pytest.fixture(autouse=True)
def _standing_clock(settings: Settings) -> None:
    use_settings(settings)
    set_clock(lambda: NOW)


@pytest.fixture
def case(session: Session) -> ProcessInstance:
    remember(session, ANNA, "anna@register.example")
    remember(session, BAS, "bas@register.example")
    remember(session, TEACHER)
    return add_case(session, tenant=KVK)


def digests(session: Session) -> list[str]:
    query = select(Job).where(Job.topic == "send-task-digest")
    return sorted(job.arguments["person"] for job in session.scalars(query))


def jobs_of_hand_over(session: Session) -> list[Job]:
    return list(session.scalars(select(Job).where(Job.topic == "send-handed-over")))


def registered(session: Session) -> None:
    seed_requirements(session)
    register(
        session,
        kvk=KVK,
        reference="AB-2027-TESTTT",
        company={},
        corrections={"name": "Scholing BV"},
        display_name="Scholing BV",
        company_known=False,
        contact={"name": "Noor de Wit", "email": "noor@scholing.example", "phone": None},
        registered_by="medewerker 1",
    )


def test_everybody_with_an_address_gets_one_digest_a_day(
    session: Session, case: ProcessInstance
) -> None:
    add_task(session, case, "registrar")
    assert notices.make_digests(session, MONDAY) == 2
    assert notices.make_digests(session, MONDAY) == 0
    assert digests(session) == [ANNA.reference, BAS.reference]
    assert notices.make_digests(session, MONDAY + timedelta(days=1)) == 2


def test_who_wants_none_or_is_long_gone_gets_none(session: Session, case: ProcessInstance) -> None:
    assert case.tenant == KVK
    notices.choose(session, ANNA, NoticeChoice.NONE)
    set_clock(lambda: NOW + timedelta(days=200))
    assert notices.make_digests(session, MONDAY + timedelta(days=200)) == 0
    assert notices.recipient_of(session, ANNA.reference) is None


def test_a_digest_has_names_dates_and_links_alone(session: Session, case: ProcessInstance) -> None:
    add_task(
        session,
        case,
        "registrar",
        name="Beoordelen",
        label="Cursus <b>rekenen</b>",
        due_at=NOW - timedelta(days=1),
        draft={"veld_x": ["geheim"]},
    )
    letter = task_letters.task_digest(session, ANNA.reference, MONDAY)
    assert letter is not None
    assert (letter.recipient, letter.subject) == ("anna@register.example", "Uw taken: 1 taak")
    assert "Te laat: Beoordelen: Cursus <b>rekenen</b>, uiterlijk 28-02-2027" in letter.text
    assert "Cursus &lt;b&gt;rekenen&lt;/b&gt;" in letter.html
    assert "/taken/berichten" in letter.text
    assert not [word for word in ("geheim", KVK) if word in letter.text]


def test_of_very_many_only_the_number_is_told(session: Session, case: ProcessInstance) -> None:
    for number in range(task_letters.MOST_NAMED + 1):
        add_task(session, case, "registrar", name=f"taak {number}")
    letter = task_letters.task_digest(session, ANNA.reference, MONDAY)
    assert letter is not None
    assert "Nieuw: 21 taken" in letter.text
    assert "taak 3" not in letter.text


def test_without_tasks_there_is_no_mail(session: Session, case: ProcessInstance) -> None:
    add_task(session, case, "operator")
    assert task_letters.task_digest(session, ANNA.reference, MONDAY) is None
    assert task_letters.task_digest(session, "staff:nobody", MONDAY) is None


def test_the_contact_person_hears_of_the_tasks_of_the_company(
    session: Session, case: ProcessInstance
) -> None:
    registered(session)
    add_task(session, case, "provider", form_key="offer")
    assert notices.make_digests(session, MONDAY) == 2
    add_task(session, case, "provider", name="Antwoord geven")
    tuesday = MONDAY + timedelta(days=1)
    assert notices.make_digests(session, tuesday) == 3
    letter = task_letters.task_digest(session, f"company:{KVK}", tuesday)
    assert letter is not None
    assert (letter.recipient, letter.kvk) == ("noor@scholing.example", KVK)
    assert "Antwoord geven" in letter.text
    assert "Noor de Wit" in letter.text


@pytest.fixture
def led(settings: Settings) -> None:
    """Somebody leads the work, and is told of what is long late."""
    use_settings(settings.model_copy(update={"late_tasks_to": "teamleider@register.example"}))


def told_of(session: Session) -> list[list[str]]:
    query = select(Job).where(Job.topic == "send-late-tasks").order_by(Job.idempotency_key)
    return [job.arguments["tasks"] for job in session.scalars(query)]


@pytest.mark.usefixtures("led")
def test_who_leads_the_work_is_told_once_of_what_is_five_working_days_late(
    session: Session, case: ProcessInstance
) -> None:
    # Monday 1 March: five working days after Monday 22 February, and four after the day after.
    long_late = add_task(session, case, "registrar", name="Beoordelen", due_at=at(2027, 2, 22))
    next_late = add_task(session, case, "registrar", name="Antwoorden", due_at=at(2027, 2, 23))
    notices.make_digests(session, MONDAY)
    assert told_of(session) == [[str(long_late.id)]]
    letter = task_letters.late_tasks(session, [long_late.id])
    assert letter is not None
    assert letter.recipient == "teamleider@register.example"
    assert letter.subject == "Lang te laat: 1 taak"
    assert "Proces p: Beoordelen, uiterlijk 22-02-2027" in letter.text
    assert KVK not in letter.text
    notices.make_digests(session, MONDAY + timedelta(days=1))
    assert told_of(session) == [[str(long_late.id)], [str(next_late.id)]]
    notices.make_digests(session, MONDAY + timedelta(days=2))
    assert len(told_of(session)) == 2


@pytest.mark.usefixtures("led")
def test_what_is_no_work_of_now_is_not_told_as_late(
    session: Session, case: ProcessInstance
) -> None:
    done = add_task(session, case, "registrar", due_at=at(2027, 2, 1), status=TaskStatus.COMPLETED)
    add_task(session, case, "provider", due_at=at(2027, 2, 1), form_key="offer")
    halted = add_case(session, "halted")
    halted.status = InstanceStatus.SUSPENDED
    add_task(session, halted, "registrar", due_at=at(2027, 2, 1))
    notices.make_digests(session, MONDAY)
    assert told_of(session) == []
    assert task_letters.late_tasks(session, [done.id]) is None


def test_where_nobody_leads_nobody_is_told_and_nothing_is_forgotten(
    session: Session, case: ProcessInstance, settings: Settings
) -> None:
    late = add_task(session, case, "registrar", due_at=at(2027, 2, 1))
    notices.make_digests(session, MONDAY)
    assert told_of(session) == []
    assert task_letters.late_tasks(session, [late.id]) is None
    use_settings(settings.model_copy(update={"late_tasks_to": "teamleider@register.example"}))
    notices.make_digests(session, MONDAY + timedelta(days=1))
    assert told_of(session) == [[str(late.id)]]


@pytest.mark.usefixtures("led")
def test_of_very_many_late_tasks_twenty_are_named(session: Session, case: ProcessInstance) -> None:
    number = task_letters.MOST_NAMED + 2
    tasks = [add_task(session, case, "registrar", due_at=at(2027, 2, 1)) for _ in range(number)]
    letter = task_letters.late_tasks(session, [each.id for each in tasks])
    assert letter is not None
    assert "En nog: 2 taken" in letter.text
    assert letter.text.count("uiterlijk 01-02-2027") == task_letters.MOST_NAMED


def at(year: int, month: int, day: int) -> datetime:
    """The end of a day, as due dates without a time are kept."""
    return datetime(year, month, day, 22, 59, 59, tzinfo=UTC)


def handed_over(session: Session, case: ProcessInstance) -> UserTask:
    task = add_task(session, case, "registrar", name="Beoordelen")
    task_work.hand_over(session, task.id, ANNA, BAS, "ziek")
    return task


def test_who_gets_a_task_hears_it_at_once(session: Session, case: ProcessInstance) -> None:
    task = handed_over(session, case)
    (job,) = jobs_of_hand_over(session)
    letter = task_letters.task_handed_over(session, job.arguments["person"], task.id)
    assert letter is not None
    assert letter.recipient == "bas@register.example"
    assert f"/taken/{task.id}" in letter.text
    assert "ziek" not in letter.text
    task_work.release(session, task.id, BAS)
    assert task_letters.task_handed_over(session, BAS.reference, task.id) is None


@pytest.mark.parametrize("choice", [NoticeChoice.DAILY, NoticeChoice.NONE])
def test_a_mail_at_once_is_a_choice(
    session: Session, case: ProcessInstance, choice: NoticeChoice
) -> None:
    notices.choose(session, BAS, choice)
    handed_over(session, case)
    assert not jobs_of_hand_over(session)


def test_colleagues_without_an_address_get_none(session: Session, case: ProcessInstance) -> None:
    remember(session, EMPLOYEE)
    notices.tell_of_hand_over(session, add_task(session, case, "provider"), EMPLOYEE)
    assert not jobs_of_hand_over(session)
