"""Rows of the older register as concepts: once, refreshed, and reported (R46-R53)."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from processes.register.legacy.migration import (
    Progress,
    migrate_rows,
    pending,
    progress_of,
    record_failure,
    report_of,
)
from processes.register.legacy.staging import LegacyOffer, stage
from processes.register.migration_report import MigrationOutcome
from processes.register.offers import offers
from processes.register.offers.offers import Offer, OfferStatus
from processes.register.providers.providers import Provider

KVK, BY = "68750110", "worker"
COLUMNS = "activiteit_id kvknummer account titel type bijdrage inhoud contacturen zelfstudie"
COLUMNS += " registeruren gebieden sectoren geldig-tot"
ROW = {
    "activiteit_id": "17",
    "kvknummer": KVK,
    "account": "donald",
    "titel": "Poëzie",
    "type": "cursus",
    "bijdrage": "U leert kiezen.",
    "inhoud": "Drie middagen.",
    "contacturen": "12",
    "zelfstudie": "4",
    "registeruren": "16",
    "gebieden": "pedagogisch",
    "sectoren": "po",
    "geldig-tot": "01-08-2018",
}


class Register:
    """The older register, staged from files that a test writes, and its migration."""

    def __init__(self, session: Session, provider: Provider, folder: Path) -> None:
        self.session, self.provider, self.folder = session, provider, folder

    def stage(self, *rows: dict[str, str]) -> None:
        lines = [";".join(COLUMNS.split())]
        lines += [";".join((ROW | row)[column] for column in COLUMNS.split()) for row in rows]
        path = self.folder / "export.csv"
        path.write_text("\n".join(lines), "utf-8")
        stage(self.session, path, source="registerleraar")

    def migrate(self) -> list[MigrationOutcome]:
        rows = self.session.scalars(select(LegacyOffer).order_by(LegacyOffer.row_number)).all()
        return [each.outcome for each in migrate_rows(self.session, self.provider, rows, by=BY)]

    def migrate_one(self, row: LegacyOffer) -> MigrationOutcome:
        return migrate_rows(self.session, self.provider, [row], by=BY)[0].outcome

    def offer(self, legacy_id: str = "17") -> Offer:
        return self.session.scalars(select(Offer).filter_by(legacy_id=legacy_id)).one()


@pytest.fixture
def register(session: Session, provider: Provider, tmp_path: Path) -> Register:
    return Register(session, provider, tmp_path)


def test_a_row_becomes_a_concept_that_can_be_published(register: Register) -> None:
    register.stage({})

    assert register.migrate() == [MigrationOutcome.CREATED]

    offer = register.offer()
    assert offer.status is OfferStatus.CONCEPT
    assert offer.missing_fields() == []
    assert offer.content == "<p>Drie middagen.</p>"
    assert (offer.source, offer.legacy_account) == ("registerleraar", "donald")
    assert (offer.legacy_hours, offer.legacy_valid_until) == (Decimal(16), date(2018, 8, 1))
    assert offer.end_date is None


@pytest.mark.rule("R49")
def test_migrating_again_changes_nothing(register: Register, session: Session) -> None:
    register.stage({}, {"activiteit_id": "18", "titel": "Proza"})
    register.migrate()

    assert register.migrate() == [MigrationOutcome.UNCHANGED] * 2
    assert len(session.scalars(select(Offer)).all()) == 2
    assert [result.outcome for result in report_of(session, KVK)] == [
        MigrationOutcome.UNCHANGED
    ] * 2


@pytest.mark.rule("R51")
def test_dirt_comes_over_with_a_note_and_blocks_publishing(
    register: Register, session: Session
) -> None:
    register.stage({"type": "Workshop", "registeruren": "20"})
    register.migrate()

    offer = register.offer()
    assert [each.field for each in offer.missing_fields()] == ["kind", "contact_hours"]
    (result,) = report_of(session, KVK)
    assert result.notes == offer.migration_notes
    assert len(result.notes) == 2


def test_a_row_twice_in_the_file_is_one_offer(register: Register, session: Session) -> None:
    register.stage({}, {}, {"activiteit_id": "99"}, {"titel": "Zelfde nummer, andere titel"})

    outcomes = register.migrate()

    assert outcomes == [MigrationOutcome.CREATED] + [MigrationOutcome.DOUBLE] * 3
    offer = register.offer()
    assert [result.offer_id for result in report_of(session, KVK)] == [offer.id] * 4
    assert "De inhoud verschilt" in report_of(session, KVK)[3].notes[0]


@pytest.mark.rule("R33")
def test_a_deleted_offer_does_not_come_back(register: Register, session: Session) -> None:
    register.stage({})
    register.migrate()
    offer = register.offer()
    offers.delete(session, offer.id, by="medewerker 1")

    assert register.migrate() == [MigrationOutcome.DELETED]
    register.stage({"titel": "Nieuwe titel"})
    assert register.migrate() == [MigrationOutcome.DELETED]

    assert offer.status is OfferStatus.DELETED
    assert offer.title == ""
    assert report_of(session, KVK)[0].title == ""
    assert pending(session, KVK, limit=10) == []


@pytest.mark.rule("R50")
def test_newer_rows_refresh_only_what_the_provider_left_alone(
    register: Register, session: Session
) -> None:
    register.stage({})
    register.migrate()
    offer = register.offer()
    offers.edit(session, offer.id, {"title": "Mijn titel"}, based_on=1, by="medewerker 1")

    register.stage({"bijdrage": "U leert schrijven."})
    assert len(pending(session, KVK, limit=10)) == 1
    assert register.migrate() == [MigrationOutcome.REFRESHED]

    assert offer.title == "Mijn titel"
    assert offer.contribution == "<p>U leert schrijven.</p>"
    assert not offer.legacy_newer
    assert pending(session, KVK, limit=10) == []


def test_newer_rows_do_not_overwrite_what_the_provider_changed(
    register: Register, session: Session
) -> None:
    register.stage({})
    register.migrate()
    offer = register.offer()
    offers.edit(session, offer.id, {"title": "Mijn titel"}, based_on=1, by="medewerker 1")

    register.stage({"titel": "Titel van de bron"})

    assert register.migrate() == [MigrationOutcome.NEWER]
    assert offer.title == "Mijn titel"
    assert offer.legacy_newer
    assert offer.legacy_fields["title"] == "Titel van de bron"


def test_a_published_offer_is_never_changed_by_the_source(
    register: Register, session: Session
) -> None:
    register.stage({})
    register.migrate()
    offer = register.offer()
    offers.publish(session, offer.id, by="medewerker 1")

    register.stage({"titel": "Titel van de bron"})

    assert register.migrate() == [MigrationOutcome.NEWER]
    assert offer.title == "Poëzie"
    assert offer.legacy_newer


def test_a_stopped_migration_goes_on_where_it_was(register: Register, session: Session) -> None:
    register.stage(*({"activiteit_id": str(n), "titel": f"Titel {n}"} for n in range(14)))
    for row in pending(session, KVK, limit=5):
        register.migrate_one(row)

    assert progress_of(session, KVK) == Progress(done=5, total=14, failed=0)
    left = pending(session, KVK, limit=100)
    assert [row.legacy_id for row in left] == [str(n) for n in range(5, 14)]
    for row in left:
        register.migrate_one(row)
    assert progress_of(session, KVK) == Progress(done=14, total=14, failed=0)
    assert progress_of(session, KVK).is_finished


def test_a_row_that_fails_is_reported_and_tried_again(register: Register, session: Session) -> None:
    register.stage({}, {"activiteit_id": "18", "titel": "Proza"})
    first, second = pending(session, KVK, limit=10)

    record_failure(session, first, "De database was even weg.")
    register.migrate_one(second)

    assert progress_of(session, KVK) == Progress(done=1, total=2, failed=1)
    assert pending(session, KVK, limit=10) == [first]
    assert pending(session, KVK, after=first.id, limit=10) == []
    assert report_of(session, KVK)[0].notes == ["De database was even weg."]
    assert register.migrate_one(first) is MigrationOutcome.CREATED
    assert progress_of(session, KVK) == Progress(done=2, total=2, failed=0)


def test_more_rows_at_once_take_no_more_statements(register: Register) -> None:
    def statements(numbers: range) -> int:
        register.stage(*({"activiteit_id": str(n), "titel": f"Cursus {n}"} for n in numbers))
        wanted = LegacyOffer.legacy_id.in_([str(n) for n in numbers])
        rows = register.session.scalars(select(LegacyOffer).where(wanted)).all()
        sent: list[str] = []
        bind = register.session.connection()

        def note(*given: object) -> None:
            sent.append(str(given[2]))

        event.listen(bind, "before_cursor_execute", note)
        migrate_rows(register.session, register.provider, rows, by=BY)
        event.remove(bind, "before_cursor_execute", note)
        assert len(rows) == len(numbers)
        return len(sent)

    assert statements(range(100, 103)) == statements(range(200, 220))
