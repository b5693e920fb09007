"""Facets, ranges and orders of a search: each count is what a click would give."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from processes.base import AMSTERDAM, own_clock
from processes.register.catalogue.catalogue import Order
from processes.register.offers.offers import Offer, OfferStatus, set_end_date
from processes.register.offers.run_values import Language
from processes.register.offers.runs import Run
from processes.register.offers.search.documents import addable_days
from processes.register.offers.search.indexing import (
    ANY_OUTDATED,
    bring_up_to_date,
    rebuild,
    verify,
)
from processes.register.search import facets, finding
from processes.register.search.restrictions import Scope
from processes.register.search.summary import most
from processes.register.search.tables import APART, month_of
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
    {
        "sectors": frozenset({"vo", "po"}),
        "places": frozenset({"plaats"}),
        "languages": frozenset({"taal-nl"}),
    },
    {
        "text": "leraar",
        "sectors": frozenset({"vo"}),
        "durations": frozenset({"uren-20", "uren-40"}),
        "prices": frozenset({"prijs-onbekend", "prijs-meer"}),
        "months": frozenset({month_of(DAY) + each for each in range(12)}),
    },
    {"text": "ingen", "places": frozenset({"online"}), "hours": (Decimal(5), Decimal(25))},
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_count_is_what_a_click_gives(library: Library, question: dict[str, Any]) -> None:
    """Another value of a kind widens; what is chosen says how many of the offers found have it."""

    def total(kind: str, value: Any) -> int:
        chosen = question.get(kind, frozenset())
        wanted = {value} if value in chosen else {*chosen, value}
        return library.search(**{**question, kind: frozenset(wanted)}).total

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


SUBJECTS = ['taal, "lezen" en [meer]', "rekenen\nen ruimte", "a,b", "", "\\'é|%"]


def test_a_subject_with_the_sign_between_subjects_is_one(
    session: Session, new_offer: NewOffer
) -> None:
    new_offer(title="Zwemmen", subject=f"a{APART}b", status=PUBLISHED)
    found = Library(session, {}).search(text="zwemmen")
    assert [(each.value, each.number) for each in found.subjects] == [("a b", 1)]


def test_a_subject_of_any_signs_is_counted_whole(session: Session, new_offer: NewOffer) -> None:
    for number, subject in enumerate(SUBJECTS):
        for _ in range(number + 1):
            new_offer(title="Zwemmen", subject=subject, status=PUBLISHED)
    numbers = {subject: number for number, subject in enumerate(SUBJECTS, 1) if subject}
    library = Library(session, {})
    found = library.search(text="zwemmen")
    assert {each.value: each.number for each in found.subjects} == numbers
    chosen = library.search(text="zwemmen", subjects=frozenset({"a,b"}), kinds=frozenset({"xyz"}))
    assert chosen.total == numbers["a,b"]
    wider = {each: number if each == "a,b" else 3 + number for each, number in numbers.items()}
    assert {each.value: each.number for each in chosen.subjects} == wider


CHOSEN: list[dict[str, Any]] = [
    {"sectors": frozenset({"so"})},
    {"sectors": frozenset({"po", "mbo"}), "kinds": frozenset({"cursus"})},
    {"kinds": frozenset({"cursus", "overig-buiten-school"}), "sectors": frozenset({"vo"})},
    {"places": frozenset({"online"}), "areas": frozenset({"vakinhoudelijk"})},
]


@pytest.mark.parametrize("order", ["", *Order])
@pytest.mark.parametrize("chosen", CHOSEN)
def test_a_facet_that_few_have_is_found_by_its_key_as_without(
    library: Library, monkeypatch: pytest.MonkeyPatch, chosen: dict[str, Any], order: str
) -> None:
    asked = {**chosen, **({"order": order} if order else {})}
    by_key = library.search(**asked)
    monkeypatch.setattr(finding, "RARE", -1)
    without = library.search(**asked)
    assert [offer.id for offer in by_key] == [offer.id for offer in without]
    assert by_key.total


def test_more_providers_and_subjects_than_are_listed_leave_out_the_fewest() -> None:
    numbers = Counter({name: 3 - (name > "c") - (name > "h") for name in "jihgfedcba"})
    listed = [*((name, 3) for name in "abc"), *((name, 2) for name in "defgh")]
    assert most(numbers) == listed
    assert most(numbers + Counter({"": 9})) == listed
    assert most(Counter({"a": 0, "b": 1, "c": -1})) == [("b", 1)]
    assert most(Counter()) == []


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


def test_runs_count_in_facets_until_they_are_over(session: Session, new_offer: NewOffer) -> None:
    """Also before a worker wrote the entry anew, and the same afterwards."""
    run = Run(start=TODAY, end=TODAY + timedelta(days=2), online=True, language=Language.ENGLISH)
    later = Run(start=TODAY + timedelta(days=9), place="Ede", price=Decimal(90))
    dear = replace(run, price=Decimal(400))
    new_offer(status=PUBLISHED, runs=(dear, later), language="Duits")
    library = Library(session, {})
    counted = ("online", "plaats", "prijs-500", "prijs-100", "prijs-onbekend", "taal-en", "taal-de")

    def counts(days: int) -> list[int]:
        day = TODAY + timedelta(days=days)
        found = library.search(on=day)
        for value in counted:
            group = next(name for name, values in facets.GROUPS.items() if value in values)
            query: dict[str, Any] = {group: frozenset({value})}
            chosen = library.search(on=day, **query)
            assert chosen.total == found.counts[value], (days, value)
        return [found.counts[value] for value in counted]

    expected = {
        2: [1, 1, 1, 1, 0, 1, 0],
        3: [0, 1, 0, 1, 0, 0, 1],
        9: [0, 1, 0, 1, 0, 0, 1],
        10: [0, 1, 0, 0, 1, 0, 1],
    }
    assert {days: counts(days) for days in expected} == expected
    at = datetime.combine(TODAY + timedelta(days=9, hours=23), time(1), tzinfo=AMSTERDAM)
    with own_clock(lambda: at):
        assert ANY_OUTDATED.ask(session, at)
        assert bring_up_to_date(session, at) == 1
        assert not ANY_OUTDATED.ask(session, at)
        assert verify(session) == []
    assert {days: counts(days) for days in (9, 10)} == {days: expected[days] for days in (9, 10)}


def test_a_day_begins_at_midnight_in_amsterdam(session: Session, new_offer: NewOffer) -> None:
    new_offer(status=PUBLISHED, runs=(Run(start=TODAY),))
    before, after = (
        datetime(2026, 11, 23, 22, 59, tzinfo=UTC) + timedelta(minutes=n) for n in (0, 1)
    )
    assert [ANY_OUTDATED.ask(session, moment) for moment in (before, after)] == [False, True]


def test_months_of_runs_far_ahead_are_told_apart(session: Session, new_offer: NewOffer) -> None:
    """Months share their bits with those of 62 months later."""
    library = Library(session, {})
    near, far = date(2027, 3, 9), date(2032, 5, 9)  # 62 months apart
    new_offer(title="Ver", status=PUBLISHED, runs=(Run(start=far),))
    new_offer(title="Beide", status=PUBLISHED, runs=(Run(start=near), Run(start=far)))
    chosen = frozenset({month_of(near)})
    assert [offer.title for offer in library.search(months=chosen)] == ["Beide"]
    assert library.search().months == {month_of(near): 1}
    assert library.search(months=frozenset({month_of(far)})).total == 2
    then = date(2032, 5, 1)
    found = library.search(on=then, months=frozenset({month_of(far)}))
    assert {offer.title for offer in found} == {"Ver", "Beide"}
    assert library.search(on=then).months == {month_of(far): 2}


def test_the_portfolio_is_searched_in_the_same_language(
    session: Session, new_offer: NewOffer
) -> None:
    """Offers that ended are found, what is called off or was nowhere is not (D-a, D-b, R20)."""
    yesterday, tomorrow = (TODAY + timedelta(days=days) for days in (-1, 1))
    fields: dict[str, Any] = {"subject": "Muziekles", "cost": "Gratis"}
    new_offer(title="Muziekles nu", status=PUBLISHED, **fields)
    new_offer(title="Muziekles toen", status=PUBLISHED, end_date=yesterday, **fields)
    new_offer(title="Gevalideerd", legacy_number="12-3", end_date=yesterday, **fields)
    new_offer(title="Loopt nog", legacy_number="12-3", end_date=TODAY, **fields)
    new_offer(title="Concept", end_date=yesterday, **fields)
    off = new_offer(title="Afgelast", status=PUBLISHED, start_date=tomorrow, **fields)
    set_end_date(session, off.id, yesterday, by="medewerker 1")
    library = Library(session, {})

    def titles(on: date = TODAY, **more: Any) -> list[str]:
        query = {"text": "muzieklessen", "order": Order.HOURS, **more}
        return [o.title for o in library.search(on=on, scope=Scope.PORTFOLIO, **query)]

    assert titles() == ["Gevalideerd", "Muziekles nu", "Muziekles toen"]
    assert titles(tomorrow) == ["Gevalideerd", "Loopt nog", "Muziekles nu", "Muziekles toen"]
    assert titles(prices=frozenset({"prijs-100"})) == []
    assert [o.title for o in library.search(text="muzieklessen")] == ["Muziekles nu"]
    found = library.search(on=TODAY, text="musiekles", scope=Scope.PORTFOLIO)
    assert (found.total, found.counts["gratis"], len(found.corrections)) == (3, 3, 1)
    assert verify(session) == []


def test_the_days_on_which_it_can_be_added_are_those_of_the_rule(new_offer: NewOffer) -> None:
    days = [None, *(TODAY + timedelta(days=n) for n in (-2, 0, 2))]
    for status, number, end, start in product(OfferStatus, (None, "12-3"), days, days):
        offer = new_offer(status=status, legacy_number=number, end_date=end, start_date=start)
        between = addable_days(offer)
        for day in (TODAY + timedelta(days=n) for n in range(-4, 5)):
            is_within = between is not None and between[0] <= day <= between[1]
            assert is_within == offer.is_addable(day), (status, number, end, start, day)


def test_what_old_code_writes_beside_new_code_is_a_run(
    session: Session, new_offer: NewOffer
) -> None:
    """It sets a begin date alone, while hosts are upgraded one by one."""
    first, second = TODAY + timedelta(days=3), TODAY + timedelta(days=40)
    offers = [
        new_offer(status=PUBLISHED),
        new_offer(status=PUBLISHED, runs=(Run(start=first, place="Ede"), Run(start=second))),
    ]
    ids = [offer.id for offer in offers]
    session.execute(update(Offer).values(start_date=TODAY + timedelta(days=9)))
    session.expunge_all()
    moved = TODAY + timedelta(days=9)
    runs = [session.get_one(Offer, offer_id).runs for offer_id in ids]
    assert runs == [(Run(start=moved),), (Run(start=moved, place="Ede"), Run(start=second))]
    assert rebuild(session) == 2
    assert Library(session, {}).search().months == {month_of(moved): 2, month_of(second): 1}
    session.execute(update(Offer).values(start_date=None))
    session.expunge_all()
    assert len(session.get_one(Offer, ids[1]).runs) == 2
