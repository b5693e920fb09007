"""The sample export is reproducible, and as large and dirty as documented."""

from collections import Counter

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import today
from processes.register.legacy.cleaning import clean
from processes.register.legacy.migration import migrate_rows, pending, report_of
from processes.register.legacy.staging import LegacyProvider, is_known, stage
from processes.register.offers.offers import counters
from processes.register.offers.terms import Area, OfferKind, Sector
from processes.register.providers.providers import new_reference, register
from processes.register.sample.generator import FILE, content, rows


def test_the_generator_makes_the_file_that_is_shipped() -> None:
    assert content() == FILE.read_bytes()


def test_the_sample_is_as_large_and_as_varied_as_promised() -> None:
    made = list(rows())
    offers = [row for row in made if row["activiteit_id"]]
    cleaned = [clean(row) for row in offers]

    assert len({row["kvknummer"] for row in made}) == 60
    assert len({row["activiteit_id"] for row in offers}) >= 1200
    assert {row.values["kind"] for row in cleaned} == {*OfferKind, None}
    assert {area for row in cleaned for area in row.values["areas"]} == set(Area)
    assert {sector for row in cleaned for sector in row.values["sectors"]} == set(Sector)
    assert all(row["kvknummer"].isdigit() and len(row["kvknummer"]) == 8 for row in made)


def test_some_providers_have_the_offers_that_the_demonstration_needs() -> None:
    numbers = Counter(row["kvknummer"] for row in rows() if row["activiteit_id"])

    assert numbers["68750110"] == 14
    assert numbers["90000102"] == 300
    assert numbers["69599068"] == 0
    assert numbers["69599084"] == 5
    assert numbers["90004973"] > 0


@pytest.fixture
def _staged(session: Session) -> None:
    assert stage(session, FILE, source="registerleraar").problems == []


@pytest.mark.usefixtures("_staged")
def test_eleven_of_fourteen_offers_can_be_published_after_migration(session: Session) -> None:
    provider = register(
        session,
        kvk="68750110",
        reference=new_reference(),
        company={},
        corrections={},
        display_name="Test BV Donald",
        company_known=True,
        contact={"name": "A", "email": "a@voorbeeld.nl"},
        registered_by="medewerker 1",
    )

    for row in pending(session, "68750110", limit=100):
        migrate_rows(session, provider, [row], by="worker")

    numbers = counters(session, "68750110", on=today())
    assert (numbers.total, numbers.concept, numbers.complete, numbers.incomplete) == (14, 14, 11, 3)
    assert len(report_of(session, "68750110")) == 14


@pytest.mark.usefixtures("_staged")
def test_a_provider_can_be_known_without_offers(session: Session) -> None:
    assert is_known(session, "69599068")
    assert not is_known(session, "90000749")
    assert len(set(session.scalars(select(LegacyProvider.kvk)))) == 60
