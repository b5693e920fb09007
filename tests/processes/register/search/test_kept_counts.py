"""The kept counts of the catalogue are what counting all of it gives, at any moment."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from processes.base import AMSTERDAM, own_clock
from processes.register.catalogue.catalogue import (
    CatalogueQuery,
    Results,
    providers_page,
    search,
    visible_page,
)
from processes.register.offers.fields import put
from processes.register.offers.offers import Offer, OfferStatus
from processes.register.offers.rules import visible_on
from processes.register.offers.runs import Run, in_order
from processes.register.offers.search.indexing import bring_up_to_date, rebuild
from processes.register.offers.terms import Area, OfferKind, Sector
from processes.register.providers.providers import ProviderStatus
from processes.register.search import hits, kept_counts, kept_summary
from processes.register.search.tables import SearchChange, month_of
from tests.processes.register.conftest import TODAY, NewOffer, make_provider

DAY = date(2026, 11, 28)
SUBJECTS = ("", "rekenen", "taal", "gym", "Rekenen")
DAYS, CHANGES = 5, 7  # that pass, and of each day
AT_ONCE = 6  # questions
ASKED: tuple[dict[str, Any], ...] = (
    {},
    {"text": "po"},
    {"text": "cursus"},
    {"text": "online"},
    {"sectors": frozenset({"po"})},
    {"sectors": frozenset({"po", "vo"})},
    {"kinds": frozenset({"cursus"})},
    {"prices": frozenset({"gratis"})},
    {"prices": frozenset({"gratis"}), "sectors": frozenset({"po"})},
    {"kinds": frozenset({"cursus", "studiedag"}), "sectors": frozenset({"po"})},
    {"places": frozenset({"online"}), "areas": frozenset({"vakinhoudelijk"})},
    {"subjects": frozenset({"rekenen"})},
    {"providers": frozenset({"00000001", "00000002"})},
    {"months": frozenset({month_of(DAY)})},
)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), AMSTERDAM).astimezone(UTC)


class World:
    """Providers and offers to which something happens at random, and the day that it is."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session, self.random, self.day = session, Random(seed), DAY  # noqa: S311 - the same
        self.providers = [make_provider(f"{n:08}", display_name=f"Huis {n}") for n in range(1, 13)]
        session.add_all(self.providers)
        session.flush()
        self.offers: list[Offer] = []

    def anything(self) -> None:
        """One change, as the register makes them: each is one flush."""
        happens: list[Callable[[], None]] = [
            *(self._publish, self._publish, self._publish, self._edit, self._edit),
            *(self._end, self._hide, self._delete, self._move, self._suspend),
        ]
        happened = self.random.choice(happens) if len(self.offers) > 4 else self._publish
        happened()
        self.session.flush()

    def _one(self) -> Offer:
        return self.random.choice(self.offers)

    def _publish(self) -> None:
        offer = Offer(
            provider_id=self.random.choice(self.providers).id,
            status=OfferStatus.PUBLISHED,
            published_at=noon(self.day),
        )
        put(offer, self._values())
        self.session.add(offer)
        self.offers.append(offer)

    def _values(self) -> dict[str, Any]:
        random = self.random
        return {
            "title": random.choice(("Breuken", "Lezen", "Zang")),
            "subject": random.choice(SUBJECTS),
            "kind": random.choice(list(OfferKind)),
            "sectors": frozenset({random.choice(list(Sector)).value}),
            "areas": frozenset({random.choice(list(Area)).value}),
            "contact_hours": Decimal(random.randrange(1, 50)),
            "runs": in_order(
                Run(
                    start=self.day + timedelta(days=random.randrange(-3, 9)),
                    online=random.random() < 0.4,
                    price=random.choice((None, Decimal(0), Decimal(120))),
                )
                for _ in range(random.randrange(4))
            ),
            "end_date": random.choice((None, self._soon(), self._soon())),
        }

    def _soon(self) -> date:
        return self.day + timedelta(days=self.random.randrange(-1, 9))

    def _edit(self) -> None:
        some = self._values()
        kept = self.random.sample(sorted(some), 3)
        put(self._one(), {name: some[name] for name in kept})

    def _end(self) -> None:
        put(self._one(), {"end_date": self._soon()})

    def _hide(self) -> None:
        offer = self._one()
        offer.hidden_at = None if offer.hidden_at else noon(self.day)

    def _delete(self) -> None:
        self._one().status = OfferStatus.DELETED

    def _move(self) -> None:
        self._one().provider_id = self.random.choice(self.providers).id

    def _suspend(self) -> None:
        one = self.random.choice(self.providers)
        is_open = one.status is ProviderStatus.ACTIVE
        one.status = ProviderStatus.SUSPENDED if is_open else ProviderStatus.ACTIVE


def told(results: Results) -> dict[str, Any]:
    """All that a search says beside its page."""
    names = ("total", "counts", "months", "providers", "subjects")
    return {name: getattr(results, name) for name in names}


def compare(world: World, day: date, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kept counts, and those of a search that may not read them."""
    for query in world.random.sample(ASKED, AT_ONCE):
        kept = search(world.session, on=day, query=CatalogueQuery(**query))
        with monkeypatch.context() as without:
            without.setattr(kept_summary, "read", lambda *_args: None)
            counted = search(world.session, on=day, query=CatalogueQuery(**query))
        assert told(kept) == told(counted), (day, query)
        assert [offer.id for offer in kept] == [offer.id for offer in counted]
    compare_totals(world.session, day)


def test_kept_counts_are_full_counts_whatever_happens(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_counts, "BATCH", 25)
    monkeypatch.setattr(kept_counts, "FEW", 5)
    monkeypatch.setattr(kept_summary, "CANDIDATES", 9)
    world = World(session, seed=4)
    for number in range(DAYS):
        world.day = DAY + timedelta(days=number)
        moment = noon(world.day)
        with own_clock(lambda: noon(world.day)):
            compare(world, world.day, monkeypatch)  # before any worker came by
            for _ in range(CHANGES):
                world.anything()
            compare(world, world.day, monkeypatch)
            if number % 3:
                bring_up_to_date(session, moment)
                while kept_counts.ANY_WAITING.ask(session, moment):
                    kept_counts.fold(session, kept_counts.waiting(session, moment))
                compare(world, world.day, monkeypatch)
            assert list(kept_counts.differences(session)) == []
    compare(world, DAY, monkeypatch)  # a day that was folded already is counted
    compare(world, world.day + timedelta(days=30), monkeypatch)
    with own_clock(lambda: noon(world.day)):
        rebuild(session)
        assert list(kept_counts.differences(session)) == []
        compare(world, world.day, monkeypatch)


def test_a_search_without_words_reads_no_entries_but_those_of_its_page(
    session: Session, new_offer: NewOffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_offer(title="Breuken", status=OfferStatus.PUBLISHED)

    def never(*_args: object) -> None:
        raise AssertionError

    monkeypatch.setattr(hits, "summary_of", never)
    for query in ({}, {"text": "po"}, {"sectors": frozenset({"po"})}):
        found = search(session, on=TODAY, query=CatalogueQuery(**query))
        assert (found.total, found.counts["po"]) == (1, 1)


def compare_totals(session: Session, day: date) -> None:
    """The totals of the lists of the API, and what is visible offer by offer."""
    visible = select(Offer.provider_id).where(visible_on(day))
    offers = session.scalar(select(func.count()).select_from(visible.subquery()))
    providers = session.scalar(select(func.count()).select_from(visible.distinct().subquery()))
    listed = providers_page(session, on=day, page=1)
    assert (visible_page(session, on=day, page=1).total, listed.total) == (offers, providers)
    assert {each.id for each in listed} == set(session.scalars(visible))


def test_a_change_of_texts_alone_writes_no_count(session: Session, new_offer: NewOffer) -> None:
    offer = new_offer(title="Breuken", status=OfferStatus.PUBLISHED)
    number = select(func.count()).select_from(SearchChange)
    before = session.scalar(number)
    put(offer, {"title": "Kansrekening"})
    session.flush()
    assert (session.scalar(number), before) == (1, 1)


def test_figures_that_are_wrong_are_told_and_made_right(
    session: Session, new_offer: NewOffer
) -> None:
    new_offer(title="Breuken", subject="rekenen", status=OfferStatus.PUBLISHED)
    new_offer(title="Zang", end_date=TODAY + timedelta(days=9), status=OfferStatus.PUBLISHED)
    kept_counts.rebuild(session)
    session.execute(text("UPDATE search_count SET number = 7 WHERE kind = 'total' AND chosen = 0"))
    session.execute(text("DELETE FROM search_change"))
    wrong = list(kept_counts.differences(session))
    assert wrong[0] == "search count of ('total', '') with 0: off by 5"
    assert len(wrong) == 2
    kept_counts.rebuild(session)
    assert list(kept_counts.differences(session)) == []
