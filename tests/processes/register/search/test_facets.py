"""Facets, ranges and orders of a search: each count is what a click would give."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.register.catalogue import Order
from processes.register.offers.offers import OfferStatus
from processes.register.offers.runs import Run
from processes.register.search import facets
from processes.register.search.tables import month_of
from tests.processes.register.conftest import TODAY, NewOffer

from .library import DAY, Library

PUBLISHED = OfferStatus.PUBLISHED
QUESTIONS: list[dict[str, Any]] = [
    {},
    {"text": "rekenen"},
    {"text": "leerlingen", "sectors": frozenset({"po"}), "prices": frozenset({"prijs-meer"})},
    {"text": "lezen", "months": frozenset({month_of(DAY) + each for each in range(6)})},
    {"subjects": frozenset({"rekenen"}), "durations": frozenset({"uren-8", "uren-20"})},
    {"providers": frozenset({"00900001", "00900002"}), "languages": frozenset({"taal-en"})},
    {"text": "ingen", "places": frozenset({"online"}), "hours": (Decimal(5), Decimal(25))},
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_count_is_what_a_click_gives(library: Library, question: dict[str, Any]) -> None:
    def total(kind: str, value: Any) -> int:
        return library.search(**{**question, kind: frozenset({value})}).total

    found = library.search(**question)
    for group, values in facets.GROUPS.items():
        for value in values:
            assert found.counts[value] == total(group, value), value
    for month, number in found.months.items():
        assert number == total("months", month)
    for each in found.providers:
        assert each.number == total("providers", each.value)
    for each in found.subjects:
        assert each.number == total("subjects", each.value)
    assert found.total
    assert found.months
    assert found.providers


def test_several_of_one_kind_widen(library: Library) -> None:
    first, second = sorted(library.search().months)[:2]
    alone = [library.search(months=frozenset({month})).total for month in (first, second)]
    both = library.search(months=frozenset({first, second})).total
    assert max(alone) <= both <= sum(alone)
    each = [library.search(providers=frozenset({kvk})).total for kvk in ("00900001", "00900002")]
    assert library.search(providers=frozenset({"00900001", "00900002"})).total == sum(each)


def test_a_run_that_is_past_is_no_beginning(session: Session, new_offer: NewOffer) -> None:
    library = Library(session, {})
    yesterday, tomorrow = (DAY + timedelta(days=days) for days in (-1, 1))
    new_offer(title="Was", runs=(Run(start=yesterday),), status=PUBLISHED)
    new_offer(title="Komt", runs=(Run(start=yesterday), Run(start=tomorrow)), status=PUBLISHED)
    new_offer(title="Ooit", runs=(Run(place="Ede"),), status=PUBLISHED)
    this = month_of(DAY)
    found = library.search(months=frozenset({this}))
    assert [offer.title for offer in found] == ["Komt"]
    assert found.months == {this: 1}


@pytest.mark.parametrize(
    ("order", "titles"),
    [
        (Order.BEGIN, ["Duur", "Gratis", "Kort"]),
        (Order.PRICE, ["Gratis", "Duur", "Kort"]),
        (Order.HOURS, ["Kort", "Duur", "Gratis"]),
        (Order.NEWEST, ["Kort", "Duur", "Gratis"]),
    ],
)
@pytest.mark.parametrize("text", ["", "rekenles"])
def test_the_order_is_that_which_was_chosen(
    session: Session, new_offer: NewOffer, order: Order, titles: list[str], text: str
) -> None:
    def run(days: int, price: int | None) -> Run:
        return Run(
            start=TODAY + timedelta(days=days), price=None if price is None else Decimal(price)
        )

    more: dict[str, Any] = {"status": PUBLISHED, "subject": "Rekenles"}
    new_offer(title="Gratis", runs=(run(-9, 500), run(60, 0)), contact_hours=Decimal(12), **more)
    new_offer(title="Duur", runs=(run(30, 900), run(90, 800)), contact_hours=Decimal(8), **more)
    new_offer(title="Kort", runs=(run(-5, None),), contact_hours=Decimal(1), **more)
    found = Library(session, {}).search(text=text, order=order)
    assert [offer.title for offer in found] == titles


def test_the_index_follows_the_runs(session: Session, new_offer: NewOffer) -> None:
    library = Library(session, {})
    offer = new_offer(status=PUBLISHED, cost="Gratis", language="Engels")
    found = library.search()
    assert (found.counts["gratis"], found.counts["taal-en"], found.months) == (1, 1, {})
    offer.runs = (Run(start=DAY, price=Decimal(101), online=True),)
    session.flush()
    found = library.search()
    assert (found.counts["gratis"], found.counts["prijs-250"], found.counts["online"]) == (0, 1, 1)
    assert found.months == {month_of(DAY): 1}
    offer.status = OfferStatus.DELETED
    session.flush()
    assert library.search().months == {}
