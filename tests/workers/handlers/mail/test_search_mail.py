"""The weekly mail about saved searches: once a week, what is new, and only to who asked."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import now, set_clock
from processes.casework.mail import search_digests
from processes.engine.store.models import Job
from processes.engine.tasks.directory import remember
from processes.engine.tasks.rights import Person
from processes.platform.settings import Settings, use_settings
from processes.register.catalogue.catalogue import CatalogueQuery
from processes.register.offers import offers
from processes.register.portfolio.saved_searches import save_search, stop_mail
from processes.register.portfolio.teachers import Teacher, known_teacher
from processes.register.providers.providers import Provider
from tests.processes.register.conftest import COMPLETE, make_provider
from workers.handlers.mail.search_mail import search_digest

NOW = datetime(2027, 3, 3, 9, tzinfo=UTC)
WEDNESDAY = date(2027, 3, 3)
MONDAY = date(2027, 3, 1)
REKENEN = CatalogueQuery(text="rekenles", sectors=frozenset({"po"}))


@pytest.fixture(autouse=True)
def _standing_clock(settings: Settings) -> None:
    use_settings(settings)
    set_clock(lambda: NOW)


@pytest.fixture
def provider(session: Session) -> Provider:
    made = make_provider()
    session.add(made)
    session.flush()
    return made


@pytest.fixture
def teacher(session: Session) -> Teacher:
    teacher = known_teacher(session, issuer="school", subject="leraar-1", name="Noor")
    person = Person(f"teacher:{teacher.id}", "Noor", frozenset({"teacher"}))
    remember(session, person, "noor@school.example")
    return teacher


def an_hour_later() -> None:
    moment = now() + timedelta(hours=1)
    set_clock(lambda: moment)


def publish(session: Session, provider: Provider, title: str, **more: Any) -> None:
    """An activity that appears an hour after what was there."""
    an_hour_later()
    offer = offers.create(session, provider, by="test")
    fields = COMPLETE | {"title": title} | more
    offers.edit(session, offer.id, fields, based_on=offer.version, by="test")
    offers.publish(session, offer.id, by="test")


def jobs(session: Session) -> list[str]:
    query = select(Job).where(Job.topic == "send-search-digest")
    return [job.arguments["teacher"] for job in session.scalars(query)]


def test_jobs_are_made_once_a_week_for_who_asked(session: Session, teacher: Teacher) -> None:
    other = known_teacher(session, issuer="school", subject="leraar-2", name="Kim")
    save_search(session, teacher, REKENEN, mail=True)
    save_search(session, teacher, CatalogueQuery(), mail=True)
    save_search(session, other, REKENEN, mail=False)
    assert search_digests.make(session, WEDNESDAY) == 1
    assert search_digests.are_made(session, MONDAY)
    assert search_digests.make(session, MONDAY + timedelta(days=6)) == 0
    assert search_digests.make(session, MONDAY + timedelta(days=7)) == 1
    assert jobs(session) == [str(teacher.id)] * 2


def test_a_digest_tells_what_is_new_once_with_a_link_that_stops_it(
    session: Session, teacher: Teacher, provider: Provider
) -> None:
    publish(session, provider, "Oude rekenles")
    an_hour_later()
    save_search(session, teacher, REKENEN, mail=True)
    assert search_digest(session, teacher.id) is None
    publish(session, provider, "Nieuwe rekenles")
    publish(session, provider, "Rekenles op het mbo", sectors=frozenset({"mbo"}))
    letter = search_digest(session, teacher.id)
    assert letter is not None
    assert letter.recipient == "noor@school.example"
    assert "rekenles, Primair onderwijs: Nieuwe rekenles (" in letter.text
    assert not [title for title in ("Oude rekenles", "mbo") if title in letter.text]
    assert "/portfolio/afmelden/" in letter.text
    assert search_digest(session, teacher.id) is None


def test_nothing_goes_without_an_address_or_after_stopping(
    session: Session, teacher: Teacher, provider: Provider
) -> None:
    other = known_teacher(session, issuer="school", subject="leraar-2", name="Kim")
    for each in (teacher, other):
        save_search(session, each, REKENEN, mail=True)
    publish(session, provider, "Nieuwe rekenles")
    assert search_digest(session, other.id) is None
    stop_mail(session, teacher.id)
    assert search_digest(session, teacher.id) is None
