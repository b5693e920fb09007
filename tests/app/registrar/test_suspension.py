"""A suspension with its term, the objection, the decision and the end of it (R60)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role, User
from processes.base import now, set_clock
from processes.casework.delegates import apply_assessment
from processes.casework.providers.suspension import begin, object_until
from processes.engine.deployment.definitions import deploy
from processes.engine.execution import instances, jobs
from processes.engine.execution.events import timers
from processes.engine.execution.events.messages import deliver_buffered, matching_buffered_messages
from processes.engine.store.models import InstanceStatus, Job, JobStatus, ProcessInstance, UserTask
from processes.engine.tasks.directory import remember
from processes.register.changes import AuditEvent
from processes.register.providers.people import ProviderUser, Right
from processes.register.providers.providers import Provider, ProviderStatus
from processes.register.providers.suspension import Suspension, suspension_of
from tests.app.offers.offer_world import BPMN, a_catalogue_offer, a_provider
from tests.app.onboarding import heading
from tests.app.signing_in import ISSUER, sign_in_as, user_with
from tests.app.tasks.test_worklist import Browser, browser
from workers.vocabulary import vocabulary

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)  # a Monday
REASON = "De pagina met uw klachten <bestaat> niet."


@pytest.fixture
def provider(session: Session) -> Provider:
    set_clock(lambda: NOW)
    xml = (BPMN / "provider_suspension.bpmn").read_bytes()
    deploy(session, xml, vocabulary=vocabulary(), deployed_by="test", from_file=True)
    return a_provider(session)


def registrar(app: Flask, session: Session, name: str) -> Browser:
    """A member of the staff with this name."""
    user = User(uuid4(), name, frozenset({Role.REGISTRAR}), ISSUER, name)
    client = app.test_client()
    found = sign_in_as(app, client, user)
    remember(session, found.person)
    session.commit()
    return Browser(client, found)


@pytest.fixture
def anna(app: Flask, session: Session, provider: Provider) -> Browser:
    """Who suspends."""
    assert provider
    return registrar(app, session, "Anna")


@pytest.fixture
def employee(app: Flask, session: Session, provider: Provider) -> Browser:
    assert provider
    return browser(app, session, Role.PROVIDER)


def press_suspend(session: Session, anna: Browser, provider: Provider) -> None:
    page = anna.open(f"/register/{provider.id}")
    anna.press(page, f"/register/{provider.id}/schorsen", {"reason": REASON})
    session.expire_all()


def suspend(session: Session, anna: Browser, provider: Provider) -> None:
    press_suspend(session, anna, provider)
    assert begin(session, provider)
    session.commit()
    send(session, "send-suspended")


def send(session: Session, topic: str) -> None:
    """As a worker that sent this mail of the process."""
    query = select(Job).filter_by(topic=topic, status=JobStatus.NEW)
    job = session.scalars(query.where(Job.instance_id.is_not(None))).one()
    claimed = jobs.claim(session, job.id, owner="test", lease=timedelta(minutes=1))
    assert claimed is not None
    assert jobs.finish(session, job.id, "test", claimed.attempts, None)
    session.commit()


def task(session: Session) -> UserTask:
    session.expire_all()
    (found,) = instances.open_user_tasks(session, process_key="provider_suspension")
    return found


def is_suspended(session: Session, provider: Provider) -> bool:
    session.refresh(provider)
    return provider.is_suspended


def is_over(session: Session) -> bool:
    session.expire_all()
    query = select(ProcessInstance.status).filter_by(process_key="provider_suspension")
    return session.scalars(query).one() is InstanceStatus.COMPLETED


def object_to_it(session: Session, employee: Browser) -> None:
    page = employee.open("/bedrijf")
    assert "tot en met 12 april 2027" in page.text
    confirmed = employee.open("/aanmelding/bevestigd").text
    assert "Uw registratie is daarna geschorst" in confirmed
    assert "Controleer uw aanbod en publiceer het" not in confirmed
    assert f'href="/taken/{task(session).id}"' in page.text
    page = employee.at(task(session))
    assert "De pagina met uw klachten &lt;bestaat&gt; niet." in page.text
    assert employee.answer(page, {"grounds": ""}).status_code == 422
    employee.answer(page, {"grounds": "Zij bestaat <wel>."})
    send(session, "send-objection-received")


@pytest.mark.rule("R54", "R55", "R60")
@pytest.mark.parametrize(
    ("branch", "right"),
    [(None, Right.EDITOR), (None, Right.READER), ("000012345678", Right.ADMINISTRATOR)],
)
def test_only_an_administrator_of_the_whole_company_objects(
    app: Flask,
    session: Session,
    provider: Provider,
    anna: Browser,
    branch: str | None,
    right: Right,
) -> None:
    suspend(session, anna, provider)
    asked = task(session)
    user = user_with(app, Role.PROVIDER, employee="c" * 64, branch=branch)
    session.get_one(ProviderUser, user.id).right = right
    session.commit()
    client = app.test_client()
    sign_in_as(app, client, replace(user, right=right))
    app.config["WTF_CSRF_ENABLED"] = False
    pages = [
        client.get(f"/taken/{asked.id}"),
        client.post(f"/taken/{asked.id}", data={"grounds": "Nee."}),
    ]
    assert {page.status_code for page in pages} == {403}
    assert task(session).id == asked.id


@pytest.mark.rule("R60")
def test_an_objection_is_judged_by_a_colleague_and_may_end_the_suspension(
    app: Flask, session: Session, provider: Provider, anna: Browser, employee: Browser
) -> None:
    offer = a_catalogue_offer(session, provider)
    suspend(session, anna, provider)
    assert employee.open(f"/catalogus/{offer.id}").status_code == 404
    object_to_it(session, employee)

    page = anna.at(task(session))
    assert "U schorste deze aanbieder zelf" in page.text
    assert "Zij bestaat &lt;wel&gt;." in page.text
    answer = anna.answer(page, {"verdict": "gegrond", "reason": "Ja."})
    assert "is verstuurd, en staat opnieuw open" in answer.text
    assert "is afgerond" not in answer.text
    assert "Ja.</textarea>" in answer.text
    assert is_suspended(session, provider)

    bert = registrar(app, session, "Bert")
    page = bert.at(task(session))
    assert "U schorste deze aanbieder zelf" not in page.text
    bert.answer(page, {"verdict": "gegrond", "reason": "De pagina bestaat."})
    send(session, "send-reinstated")
    assert is_over(session)
    assert not is_suspended(session, provider)
    assert employee.open(f"/catalogus/{offer.id}").status_code == 200


@pytest.mark.rule("R60")
def test_an_objection_that_is_not_right_leaves_the_suspension_with_reasons(
    app: Flask, session: Session, provider: Provider, anna: Browser, employee: Browser
) -> None:
    suspend(session, anna, provider)
    object_to_it(session, employee)
    bert = registrar(app, session, "Bert")
    page = bert.at(task(session))
    assert bert.answer(page, {"verdict": "ongegrond"}).status_code == 422
    bert.answer(page, {"verdict": "ongegrond", "reason": "De pagina is leeg."})
    query = select(Job).filter_by(topic="send-objection-rejected")
    assert session.scalars(query).one().arguments["objection_reason"] == "De pagina is leeg."
    send(session, "send-objection-rejected")
    assert is_over(session)
    assert is_suspended(session, provider)


@pytest.mark.rule("R14", "R60")
def test_who_decides_after_a_colleague_reads_what_was_typed_as_it_stood_on_the_page(
    app: Flask, session: Session, provider: Provider, anna: Browser, employee: Browser
) -> None:
    suspend(session, anna, provider)
    object_to_it(session, employee)
    bert, carla = registrar(app, session, "Bert"), registrar(app, session, "Carla")
    asked = task(session)
    page = carla.at(asked)
    bert.answer(bert.at(asked), {"verdict": "gegrond", "reason": "De pagina bestaat."})
    answer = carla.answer(page, {"verdict": "ongegrond", "reason": "De pagina is leeg."})
    assert answer.status_code == 409
    assert "Het bezwaar is niet gegrond: de schorsing blijft" in answer.text
    assert ">ongegrond<" not in answer.text
    assert "De pagina is leeg." in answer.text


@pytest.mark.rule("R60")
def test_after_the_term_the_task_is_gone_and_the_suspension_stays(
    session: Session, provider: Provider, anna: Browser
) -> None:
    suspend(session, anna, provider)
    set_clock(lambda: datetime(2027, 4, 12, 12, 0, tzinfo=UTC))  # the last day counts
    timers.fire_due_timers(session, limit=10)
    session.commit()
    assert not is_over(session)
    set_clock(lambda: datetime(2027, 4, 13, 12, 0, tzinfo=UTC))
    timers.fire_due_timers(session, limit=10)
    session.commit()
    assert is_over(session)
    assert is_suspended(session, provider)


@pytest.mark.rule("R60")
@pytest.mark.parametrize("objected", [False, True])
def test_lifting_the_suspension_ends_its_process(
    session: Session, provider: Provider, anna: Browser, employee: Browser, objected: bool
) -> None:
    suspend(session, anna, provider)
    if objected:
        object_to_it(session, employee)
    page = anna.open(f"/register/{provider.id}")
    anna.press(page, f"/register/{provider.id}/herstellen", {})
    assert is_over(session)
    assert not is_suspended(session, provider)
    assert len(session.scalars(select(Job).filter_by(topic="send-reinstated")).all()) == 1


def test_nothing_begins_for_who_is_not_suspended_any_more(
    session: Session, provider: Provider, anna: Browser
) -> None:
    page = anna.open(f"/register/{provider.id}")
    anna.press(page, f"/register/{provider.id}/schorsen", {"reason": REASON})
    page = anna.open(f"/register/{provider.id}")
    anna.press(page, f"/register/{provider.id}/herstellen", {})
    session.expire_all()
    assert begin(session, provider)
    assert session.scalars(select(ProcessInstance)).all() == []
    assert heading(anna.open(f"/register/{provider.id}")).startswith("De Leerkring")


@pytest.mark.rule("R60")
@pytest.mark.parametrize(
    ("suspended", "last_day"),
    [
        (datetime(2027, 3, 1, 9, tzinfo=UTC), date(2027, 4, 12)),
        (datetime(2026, 11, 13, 9, tzinfo=UTC), date(2026, 12, 28)),  # 25 December, a Friday
        (datetime(2027, 2, 20, 9, tzinfo=UTC), date(2027, 4, 5)),  # a Saturday
        (datetime(2027, 2, 28, 23, 30, tzinfo=UTC), date(2027, 4, 12)),  # Monday in Amsterdam
    ],
)
def test_the_term_never_ends_on_a_day_without_work(suspended: datetime, last_day: date) -> None:
    assert object_until(Suspension("", suspended, "Anna")) == last_day


@pytest.mark.rule("R60")
def test_a_second_suspension_has_its_own_objection_though_the_first_one_still_ends(
    session: Session, provider: Provider, anna: Browser
) -> None:
    press_suspend(session, anna, provider)
    assert begin(session, provider)
    session.commit()  # the mail waits for its worker
    page = anna.open(f"/register/{provider.id}")
    anna.press(page, f"/register/{provider.id}/herstellen", {})
    moment = now() + timedelta(minutes=5)
    set_clock(lambda: moment)
    press_suspend(session, anna, provider)
    with pytest.raises(instances.AlreadyRunningError), session.begin_nested():
        begin(session, provider)  # the job tries again later
    send(session, "send-suspended")
    for message_id in matching_buffered_messages(session, 10):
        deliver_buffered(session, message_id)
    session.commit()
    assert begin(session, provider)
    session.commit()
    send(session, "send-suspended")
    assert matching_buffered_messages(session, 10) == []
    assert task(session).element_id == "object"


def suspended_mails(session: Session) -> int:
    return len(session.scalars(select(Job).filter_by(topic="begin-suspension")).all())


@pytest.mark.rule("R60")
def test_a_colleague_who_was_later_changes_no_suspension_and_keeps_what_was_typed(
    app: Flask, session: Session, provider: Provider, anna: Browser
) -> None:
    bert = registrar(app, session, "Bert")
    page = bert.open(f"/register/{provider.id}")
    press_suspend(session, anna, provider)
    late = bert.press(page, f"/register/{provider.id}/schorsen", {"reason": "Een <andere> reden."})
    assert late.status_code == 409
    assert "Een &lt;andere&gt; reden." in late.text
    assert "door Anna" in late.text
    session.expire_all()
    assert provider.status_reason == REASON
    last = suspension_of(session, provider)
    assert last is not None
    assert last.by == "Anna"
    assert suspended_mails(session) == 1


@pytest.mark.rule("R15", "R60")
def test_pressing_suspend_twice_is_one_suspension(
    session: Session, provider: Provider, anna: Browser
) -> None:
    page = anna.open(f"/register/{provider.id}")
    for _ in range(2):
        answer = anna.press(page, f"/register/{provider.id}/schorsen", {"reason": REASON})
        assert "is geschorst" in answer.text
    assert suspended_mails(session) == 1
    assert events_of(session, "provider-suspended") == 1


@pytest.mark.rule("R46", "R60")
@pytest.mark.parametrize("status", [ProviderStatus.ACTIVE, ProviderStatus.LEFT])
def test_a_suspension_that_ended_already_ends_no_more_and_brings_nobody_back(
    session: Session, provider: Provider, anna: Browser, status: ProviderStatus
) -> None:
    press_suspend(session, anna, provider)
    page = anna.open(f"/register/{provider.id}")
    provider.status, provider.status_reason = status, None
    session.commit()
    answer = anna.press(page, f"/register/{provider.id}/herstellen", {})
    assert "was al niet meer geschorst" in answer.text
    session.refresh(provider)
    assert provider.status is status
    assert events_of(session, "provider-reinstated") == 0
    assert session.scalars(select(Job).filter_by(topic="send-reinstated")).all() == []


@pytest.mark.rule("R42", "R60")
def test_a_verdict_on_a_suspended_company_is_kept_and_leaves_its_reason(
    session: Session, provider: Provider, anna: Browser
) -> None:
    press_suspend(session, anna, provider)
    verdict = {"verdict": "schorsen", "reason": "Onbekend bedrijf."}
    apply_assessment(session, str(provider.id), verdict, "Bert")
    session.commit()
    assert provider.status_reason == REASON
    assert suspended_mails(session) == 1
    assert events_of(session, "company-assessed") == 1


def events_of(session: Session, action: str) -> int:
    session.expire_all()
    return len(session.scalars(select(AuditEvent).filter_by(action=action)).all())
