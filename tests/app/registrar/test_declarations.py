"""Who declared which version of the requirements; a campaign to declare anew (R40)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.base import now, set_clock, today
from processes.casework.redeclarations import begin_next, campaign_of
from processes.engine.deployment.definitions import deploy
from processes.engine.execution import instances, jobs
from processes.engine.execution.events import timers
from processes.engine.store.models import Job, JobStatus, UserTask
from processes.register.campaigns import DeclarationCampaign
from processes.register.declarations import (
    Declaration,
    Requirement,
    freeze,
    keep_answers,
    publish_requirements,
    seed_requirements,
)
from processes.register.providers.providers import Provider, suspend
from tests.app.offers.offer_world import BPMN, a_provider
from tests.app.onboarding import heading
from tests.app.tasks.test_worklist import Browser, browser
from workers.vocabulary import vocabulary

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
UNTIL = "01-04-2027"
PAGE = "/register/verklaringen"


@pytest.fixture
def provider(session: Session) -> Provider:
    """Declared the first version; by now there is a second."""
    set_clock(lambda: NOW)
    seed_requirements(session)
    xml = (BPMN / "redeclaration.bpmn").read_bytes()
    deploy(session, xml, vocabulary=vocabulary(), deployed_by="test", from_file=True)
    one = a_provider(session)
    answers = dict.fromkeys("1234", "ja")
    keep_answers(session, kvk=one.kvk, set_version=1, answers=answers, complaints_url=None, by="m")
    freeze(session, one.kvk, on=now())
    asked = Requirement(number=1, title="Nieuw", explanation="x", advice="y")
    publish_requirements(session, [asked], by="owner")
    session.commit()
    return one


@pytest.fixture
def people(app: Flask, session: Session, provider: Provider) -> tuple[Browser, Browser]:
    """A registrar, and an employee of the provider."""
    assert provider
    return browser(app, session, Role.REGISTRAR), browser(app, session, Role.PROVIDER)


def ask(session: Session, anna: Browser, until: str = UNTIL) -> str:
    """Begin a campaign, and do the job that begins its cases and sends the mail."""
    page = anna.press(anna.open(PAGE), PAGE, {"until": until})
    for job in session.scalars(select(Job).filter_by(topic="begin-redeclarations")).all():
        campaign = campaign_of(session, UUID(job.arguments["campaign_id"]))
        asked = [""]
        while asked:
            asked = begin_next(session, campaign, after=asked[-1])
    session.commit()
    mail(session)
    return page.text


def mail(session: Session) -> None:
    """As a worker that sent the mails."""
    query = select(Job).filter_by(topic="send-declaration-request", status=JobStatus.NEW)
    for job in session.scalars(query).all():
        claimed = jobs.claim(session, job.id, owner="test", lease=timedelta(minutes=1))
        assert claimed is not None
        assert jobs.finish(session, job.id, "test", claimed.attempts, None)
    session.commit()


def task(session: Session) -> UserTask:
    session.expire_all()
    (found,) = instances.open_user_tasks(session, process_key="redeclaration")
    return found


@pytest.mark.rule("R40")
def test_a_provider_declares_anew_and_the_old_declaration_stays(
    people: tuple[Browser, Browser], session: Session, provider: Provider
) -> None:
    anna, employee = people
    page = ask(session, anna)
    assert "1 aanbieder krijgt een taak en een e-mail, met 01-04-2027" in page
    assert ">gevraagd<" in anna.open(f"{PAGE}?stand=niet-verklaard").text

    asked = employee.at(task(session))
    assert "U kunt antwoorden tot en met 1 april 2027" in asked.text
    assert "Nieuw" in asked.text
    assert "Stap 2" not in asked.text
    set_clock(lambda: NOW + timedelta(minutes=5))
    employee.answer(asked, {"requirement_1": "ja"})

    assert not instances.open_user_tasks(session, process_key="redeclaration")
    session.expire_all()
    kept = session.scalars(select(Declaration).order_by(Declaration.answered_at)).all()
    assert [each.frozen_at is not None for each in kept] == [True, True]
    listed = anna.open(f"{PAGE}?stand=verklaard").text
    assert f'href="/register/{provider.id}"' in listed
    assert "Alle actieve aanbieders hebben deze versie verklaard." in listed


@pytest.mark.rule("R40")
def test_who_was_asked_is_not_told_to_have_declared_nor_asked_again(
    app: Flask, people: tuple[Browser, Browser], session: Session
) -> None:
    anna, _employee = people
    bert = browser(app, session, Role.REGISTRAR)
    late = bert.open(PAGE)
    assert "1 actieve aanbieder heeft deze versie niet verklaard, en is nog niet" in late.text
    ask(session, anna)
    listed = anna.open(PAGE).text
    assert "hebben deze versie verklaard" not in listed
    assert "1 actieve aanbieder is gevraagd en heeft deze versie nog niet verklaard." in listed
    again = bert.press(late, PAGE, {"until": UNTIL})
    assert "Er is niemand te vragen" in again.text
    assert len(session.scalars(select(DeclarationCampaign)).all()) == 1


@pytest.mark.rule("R40")
def test_after_the_last_day_the_staff_chooses_and_nothing_happens_by_itself(
    app: Flask, people: tuple[Browser, Browser], session: Session, provider: Provider
) -> None:
    anna, _employee = people
    ask(session, anna)
    set_clock(lambda: datetime(2027, 4, 3, 9, 0, tzinfo=UTC))
    timers.fire_due_timers(session, limit=10)
    session.commit()
    anna = browser(app, session, Role.REGISTRAR)  # the session of last month has ended
    page = anna.at(task(session))
    assert "niet op tijd" in page.text
    assert not provider.is_suspended
    assert anna.answer(page, {"decision": "more-time", "until": "04-04-2027"}).status_code == 422
    anna.answer(page, {"decision": "more-time", "until": "01-05-2027"})
    mail(session)
    assert task(session).candidate_group == "provider"
    assert task(session).due_at is not None


@pytest.mark.rule("R40", "R60")
def test_a_no_goes_to_the_staff_who_may_suspend_with_a_reason(
    people: tuple[Browser, Browser], session: Session, provider: Provider
) -> None:
    anna, employee = people
    ask(session, anna)
    asked = employee.at(task(session))
    assert "kiest een medewerker van het register wat er gebeurt" in asked.text
    assert "Dan leggen wij uit" not in asked.text
    employee.answer(asked, {"requirement_1": "nee"})
    page = anna.at(task(session))
    assert "nog niet aan alle eisen" in page.text
    assert "<dt>1. Nieuw</dt><dd>Nee</dd>" in page.text
    assert anna.answer(page, {"decision": "schorsen"}).status_code == 422
    anna.answer(page, {"decision": "schorsen", "reason": "U voldoet niet."})
    session.expire_all()
    assert provider.is_suspended


@pytest.mark.rule("R40")
def test_who_is_suspended_or_asked_already_is_not_asked_again(
    people: tuple[Browser, Browser], session: Session, provider: Provider
) -> None:
    anna, _employee = people
    suspended = a_provider(session, "69599084", display_name="Stil")
    suspend(session, suspended, "x", by="Anna")
    session.commit()
    ask(session, anna)
    ask(session, anna)
    assert task(session).instance.tenant == provider.kvk


@pytest.mark.rule("R55")
def test_a_branch_does_not_declare_anew_for_the_whole_company(
    app: Flask, people: tuple[Browser, Browser], session: Session
) -> None:
    anna, _employee = people
    ask(session, anna)
    branch = browser(app, session, Role.PROVIDER, branch="000037178598")
    assert branch.at(task(session)).status_code == 403


@pytest.mark.parametrize("until", ["", "morgen", "02-03-2027", "01-04-2029"])
def test_a_term_that_is_too_short_too_long_or_no_day_is_refused(
    people: tuple[Browser, Browser], session: Session, until: str
) -> None:
    anna, _employee = people
    page = ask(session, anna, until)
    assert "Er is nog 1 ding dat niet klopt" in page
    assert f'value="{until}"' in page
    assert not session.scalars(select(Job)).all()


def test_the_page_says_so_where_the_process_is_not_there(app: Flask, session: Session) -> None:
    seed_requirements(session)
    a_provider(session)
    anna = browser(app, session, Role.REGISTRAR)
    day = (today() + timedelta(days=30)).strftime("%d-%m-%Y")
    assert "nog niet in gebruik" in ask(session, anna, day)
    assert heading(anna.open(PAGE)) == "Verklaringen"
