"""A chunk of publications leaves the rows that publishing one by one leaves, in every table."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.setup.tables import all_tables
from processes.base import own_clock
from processes.casework.offers.bulk_publication import publish_all
from processes.casework.offers.publication import Worker, publish_if_possible
from processes.engine.deployment.definitions import deploy
from processes.engine.execution.bulk import CHUNK
from processes.engine.interpreter import codec
from processes.engine.store.models import ProcessInstance
from processes.platform.settings import Settings
from processes.register.offers.offers import Offer, OfferIncompleteError, OfferStatus
from processes.register.offers.search import indexing
from processes.register.providers.providers import Provider
from processes.webhooks.addresses import subscribe
from processes.webhooks.events import EVENTS
from processes.webhooks.models import WebhookAddress
from tests.app.offers.offer_world import BPMN, a_provider, an_offer
from workers.vocabulary import vocabulary

BY = Worker("68750110", None, "medewerker 1")
MOMENT = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
OWN_NUMBER = {"number", "digest"}
"""What the database counts, and what is made of the id of the offer."""


@pytest.fixture
def session(own_engine: Engine, worker_settings: Settings) -> Iterator[Session]:
    assert worker_settings
    with Session(own_engine, expire_on_commit=False) as session, own_clock(lambda: MOMENT):
        xml = (BPMN / "offer_publication.bpmn").read_bytes()
        deploy(session, xml, vocabulary=vocabulary(), deployed_by="test")
        address = WebhookAddress(
            name="luisteraar", url="https://luisteraar.test/", secret="x", created_by="test"
        )
        session.add(address)
        session.flush()
        subscribe(session, address, EVENTS)
        session.commit()
        yield session


def concepts(session: Session, provider: Provider, number: int) -> list[UUID]:
    """So many concepts, of which some have an end date, runs that come, or other hours."""
    return [
        an_offer(
            session,
            provider,
            title=f"Rekenen {place:02}",
            contact_hours=str(4 + place % 3),
            sectors=["po", "vo"][: 1 + place % 2],
            end_date="2026-12-31" if place % 4 == 0 else None,
            location="Utrecht" if place % 5 == 0 else "",
        ).id
        for place in range(number)
    ]


class Renaming:
    """The rows of one offer, with each id by its place among those that are met."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, value: Any) -> Any:
        """This value; a moment inside a state is the clock of the machine, so only that it is."""
        if isinstance(value, UUID):
            return self._name(value.hex)
        if isinstance(value, bytes):
            return self._name(value.hex()) if len(value) == 16 else value
        if isinstance(value, str):
            return ID.sub(lambda found: self._name(found[0].replace("-", "")), value)
        if isinstance(value, Mapping):
            return {self.of(key): self.of(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.of(each) for each in value]
        return "moment" if isinstance(value, float) else value

    def _name(self, hexadecimal: str) -> str:
        return self._known.setdefault(hexadecimal, f"id {len(self._known)}")


Tables = dict[str, list[tuple[str, Mapping[str, Any]]]]


def everything(session: Session) -> Tables:
    """All rows of all tables, each with its text, in the order in which they were numbered."""
    session.expire_all()
    found: Tables = {}
    for table in all_tables().tables.values():
        rows: list[tuple[str, Mapping[str, Any]]] = [
            (told(dict(row)), dict(row)) for row in session.execute(select(table)).mappings()
        ]
        rows.sort(key=lambda each: (each[1].get("number", 0), ID.sub("", each[0])))
        found[table.name] = rows
    return found


def rows_of(tables: Tables, offer_id: UUID) -> dict[str, list[Any]]:
    """All rows that are about this offer or its case, of every table that has any."""
    (case,) = [
        row["id"]
        for _, row in tables[ProcessInstance.__tablename__]
        if row["business_key"] == str(offer_id)
    ]
    renaming, ids = Renaming(), (str(offer_id), str(case))
    renaming.of(ids)
    found = {
        name: [
            {each: renaming.of(read(each, row[each])) for each in row if each not in OWN_NUMBER}
            for text, row in rows
            if any(id_ in text for id_ in ids)
        ]
        for name, rows in tables.items()
    }
    return {name: rows for name, rows in found.items() if rows}


def told(row: Mapping[str, Any]) -> str:
    return repr({name: str(each) for name, each in row.items() if name != "state"})


def read(name: str, value: Any) -> Any:
    """A state as what it holds."""
    return codec.read(value) if name == "state" and isinstance(value, bytes) else value


def test_a_chunk_leaves_the_rows_that_one_by_one_leaves(session: Session) -> None:
    provider = a_provider(session)
    together, alone = (concepts(session, provider, CHUNK + 1) for _ in range(2))
    done = publish_all(session, together[:CHUNK], by=BY)
    done.outcomes.extend(publish_all(session, together[CHUNK:], by=BY).outcomes)
    session.commit()
    for offer_id in alone:
        assert publish_if_possible(session, offer_id, by=BY).done
        session.commit()
    assert [each.done for each in done.outcomes] == [True] * len(together)
    tables = everything(session)
    for one, other in zip(together, alone, strict=True):
        mine, theirs = rows_of(tables, one), rows_of(tables, other)
        assert mine.keys() >= {"activity_instance", "audit_event", "offer", "process_instance"}
        assert mine.keys() >= {"search_entry", "user_task", "webhook_delivery"}
        assert mine == theirs


def test_of_a_chunk_in_which_one_fails_the_others_leave_the_same_rows(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = a_provider(session)
    together, alone = (concepts(session, provider, 3) for _ in range(2))
    fails, publish = together[1], Offer.publish

    def refused(offer: Offer) -> None:
        if offer.id == fails:
            raise OfferIncompleteError([])
        publish(offer)

    monkeypatch.setattr(Offer, "publish", refused)
    done = publish_all(session, together, by=BY)
    session.commit()
    for offer_id in alone:
        assert publish_if_possible(session, offer_id, by=BY).done
        session.commit()
    assert [each.done for each in done.outcomes] == [True, False, True]
    tables = everything(session)
    for place in (0, 2):
        assert rows_of(tables, together[place]) == rows_of(tables, alone[place])
    assert "search_entry" not in rows_of(tables, fails)
    assert session.get_one(Offer, fails).status is OfferStatus.CONCEPT
    assert indexing.verify(session) == []
