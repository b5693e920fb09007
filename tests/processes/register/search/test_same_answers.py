"""SQLite and PostgreSQL give the same offers, order, totals, counts and corrections."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import select

from processes.base import own_clock
from processes.register.catalogue.catalogue import PER_PAGE, CatalogueQuery, Order, asked
from processes.register.offers.fields import put
from processes.register.offers.offers import Offer, OfferStatus
from processes.register.providers.providers import Provider
from processes.register.search import facets
from processes.register.search.finding import find
from processes.register.search.restrictions import Scope
from processes.register.search.tables import month_of

from .library import DAY, NOON, Library

QUESTIONS = 1_000
SIGNS = "o'brien \"x\" a:b* 'quote (haak) NEAR AND OR NOT {title} ^een -twee \\ %s ? & | ! <-> :* "
SIGNS += "é ß İ ﬁ '' f=po w=rekenen vo/mbo e-learning foto's 's-Hertogenbosch xyzzy 100%"
Answer = tuple[Any, ...]


def answer(library: Library, query: dict[str, Any], page: int) -> Answer:
    on = query.pop("on")
    search = asked(CatalogueQuery(**query), on=on)
    found = find(library.session, search, page=page, per_page=PER_PAGE)
    said = (found.counts, found.question.corrections, found.question.left_out)
    listed = (found.months, found.providers, found.subjects)
    return (found.offer_ids, found.total, found.number, *said, *listed)


def random_query(random: Random, words: list[str]) -> dict[str, Any]:
    some = random.choices(words, k=random.choice((0, 1, 1, 2, 2, 3, 5, 9)))
    text = " ".join(_mistyped(random, w) if random.random() < 0.2 else w for w in some)
    if text and random.random() < 0.1:
        text = f"{text[: random.randrange(2, 9)]}*"
    query: dict[str, Any] = {"text": text}
    for group, values in facets.GROUPS.items():
        if random.random() < 0.15:
            query[group] = frozenset(random.sample(values, 2))
    if random.random() < 0.2:
        query["scope"] = Scope.PORTFOLIO
    if random.random() < 0.4:
        query["order"] = random.choice(list(Order))
    if random.random() < 0.2:
        query["hours"] = (Decimal(6), random.choice((None, Decimal(20))))
    return query | _listed(random)


def _listed(random: Random) -> dict[str, Any]:
    query: dict[str, Any] = {}
    if random.random() < 0.15:
        query["months"] = frozenset({month_of(DAY) + random.randrange(9) for _ in range(3)})
    if random.random() < 0.1:
        query["providers"] = frozenset({"00900001", "00900003"})
    if random.random() < 0.1:
        query["provider"] = random.choice(("00900001", "nascholing", "ac%demie", "xyz"))
    if random.random() < 0.1:
        query["subjects"] = frozenset({"rekenen", "nederlands", "xyz"})
    return query


def _mistyped(random: Random, word: str) -> str:
    place = random.randrange(len(word))
    instead = random.choice(["", random.choice("abcdeij"), word[place] * 2])
    return word[:place] + instead + word[place + 1 :]


def edit_at_random(library: Library) -> None:
    """Other titles and end dates, deletions, a provider with another name."""
    random = Random(3)  # noqa: S311 - the same edits each time
    offers = list(library.session.scalars(select(Offer).order_by(Offer.title, Offer.id)))
    titles = [offer.title for offer in offers]
    for offer in random.sample(offers, 25):
        put(offer, {"title": random.choice(titles), "end_date": random.choice((None, DAY))})
    for offer in random.sample(offers, 10):
        offer.status = OfferStatus.DELETED
    for offer in random.sample(offers, 10):
        offer.end_date = DAY - timedelta(days=1)
    renamed = library.session.scalars(select(Provider).filter_by(kvk="00900002")).one()
    renamed.display_name = "Vuurtoren Nascholing"
    library.session.flush()


def test_both_databases_answer_alike(both: tuple[Library, Library]) -> None:
    for library in both:
        with own_clock(lambda: NOON):
            edit_at_random(library)
    sqlite, postgresql = both
    offers = sqlite.session.scalars(select(Offer).order_by(Offer.id).limit(40))
    words = sorted({word for offer in offers for word in offer.search_text.split()})
    words += [*SIGNS.split(), "vuurtoren", "zuiderlicht"]
    random = Random(5)  # noqa: S311 - the same questions each time
    corrected = found = 0
    for _ in range(QUESTIONS):
        query, page = random_query(random, words), random.choice((1, 1, 2, 9))
        query["on"] = DAY + timedelta(days=random.choice((0, 0, 20, 300)))
        told = answer(sqlite, dict(query), page)
        assert told == answer(postgresql, dict(query), page), query
        corrected += bool(told[4])
        found += bool(told[1])
    assert corrected >= QUESTIONS / 20
    assert found >= QUESTIONS / 2
