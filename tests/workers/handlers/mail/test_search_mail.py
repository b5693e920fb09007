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
from processes.register.catalogue import catalogue
from processes.register.catalogue.catalogue import CatalogueQuery
from processes.register.offers import offers
from processes.register.portfolio import saved_searches
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


def test_more_than_fits_is_told_with_a_link_to_the_rest(
    session: Session, teacher: Teacher, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_searches, "MOST_NEW", 2)
    monkeypatch.setattr(catalogue, "NEW_AT_ONCE", 2)
    publish(session, provider, "Rekenles 0")
    save_search(session, teacher, REKENEN, mail=True)
    for number in range(1, 6):
        publish(session, provider, f"Rekenles {number}")
    letter = search_digest(session, teacher.id)
    assert letter is not None
    told = [number for number in range(6) if f"Rekenles {number} (" in letter.text]
    assert told == [4, 5]
    assert "en nog 3 nieuwe (" in letter.text
    assert "/catalogus?zoek=rekenles&sector=po&volgorde=nieuw" in letter.text
    assert search_digest(session, teacher.id) is None


def test_what_several_searches_find_is_told_once(
    session: Session, teacher: Teacher, provider: Provider
) -> None:
    for query in (REKENEN, CatalogueQuery(), CatalogueQuery(sectors=frozenset({"po"}))):
        save_search(session, teacher, query, mail=True)
    publish(session, provider, "Nieuwe rekenles")
    publish(session, provider, "Iets over taal", content="<p>Lezen.</p>")
    letter = search_digest(session, teacher.id)
    assert letter is not None
    assert letter.text.count("Nieuwe rekenles") == 1
    assert letter.text.count("Iets over taal") == 1


def test_what_is_published_while_a_digest_is_written_comes_in_the_next(
    session: Session, teacher: Teacher, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the end of the period taken after looking, the second activity is never told."""
    save_search(session, teacher, REKENEN, mail=True)
    publish(session, provider, "Eerste rekenles")
    looked = catalogue.published_between

    def and_then_another(*given: Any, **more: Any) -> Any:
        found = looked(*given, **more)
        monkeypatch.setattr(saved_searches, "published_between", looked)
        publish(session, provider, "Tweede rekenles")
        return found

    monkeypatch.setattr(saved_searches, "published_between", and_then_another)
    first, second = (search_digest(session, teacher.id) for _ in range(2))
    assert first is not None
    assert "Tweede rekenles" not in first.text
    assert second is not None
    assert "Tweede rekenles" in second.text
    assert "Eerste rekenles" not in second.text
