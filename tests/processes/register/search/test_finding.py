"""Order, corrections, left-out words, facets, pieces of words, and statements of a search."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from processes.register.catalogue.catalogue import CatalogueQuery, Order, Results, search
from processes.register.offers.offers import OfferStatus
from processes.register.offers.runs import Run
from processes.register.search import finding
from processes.register.search.hits import Hits
from processes.register.search.restrictions import Scope
from tests.processes.register.conftest import TODAY, NewOffer

from .library import DAY, Library

PUBLISHED = OfferStatus.PUBLISHED
MANY = ("rekenen", "lezen", "leerlingen", "onderwijs po", "muziekles")


def ask(session: Session, text: str = "", **query: object) -> Results:
    asked = CatalogueQuery(text=text, **query)  # type: ignore[arg-type]
    return search(session, on=TODAY, query=asked)


def titles(results: Results) -> list[str]:
    return [offer.title for offer in results]


def test_the_very_word_in_the_title_goes_before_a_form_of_it_and_that_before_the_text(
    session: Session, new_offer: NewOffer
) -> None:
    new_offer(title="Toets", status=PUBLISHED)
    new_offer(title="Toetsen maken", status=PUBLISHED)
    new_offer(title="Meten", content="Over toetsing.", status=PUBLISHED)
    assert titles(ask(session, "toets")) == ["Toets", "Toetsen maken", "Meten"]
    assert titles(ask(session, "toetsen")) == ["Toetsen maken", "Toets", "Meten"]


def test_a_mistyped_word_is_corrected_and_an_unknown_one_left_out(
    session: Session, new_offer: NewOffer
) -> None:
    new_offer(title="Dyslexie in de klas", status=PUBLISHED)
    found = ask(session, "dislexie xyzzyplugh")
    assert titles(found) == ["Dyslexie in de klas"]
    assert found.corrections == (("dislexie", "dyslexie"),)
    assert found.left_out == ("xyzzyplugh",)


@pytest.mark.parametrize(
    ("typed", "corrections"),
    [
        ("programeerlessen", (("programeerlessen", "programmeren"),)),
        ("dyslexieprotocol", (("dyslexieprotocol", "dyslexie"),)),
        ("techniekdag", ()),
    ],
)
def test_of_a_compound_that_no_offer_has_what_is_known_is_asked(
    session: Session, new_offer: NewOffer, typed: str, corrections: tuple[tuple[str, str], ...]
) -> None:
    new_offer(title="Programmeren en dyslexie bij techniek", status=PUBLISHED)
    found = ask(session, typed)
    assert (found.total, found.corrections, found.left_out) == (1, corrections, ())


def test_the_front_of_a_compound_in_the_title_goes_before_its_parts_in_the_text(
    session: Session, new_offer: NewOffer
) -> None:
    new_offer(title="Buitenles", content="Over onderwijs.", status=PUBLISHED)
    new_offer(title="Werkdruk", content="Soms buiten, in het onderwijs.", status=PUBLISHED)
    assert titles(ask(session, "buitenonderwijs")) == ["Buitenles", "Werkdruk"]


def test_the_end_of_a_compound_is_not_taken_for_its_front(
    session: Session, new_offer: NewOffer
) -> None:
    """Gym is another word for the whole; no offer says "bewegings"."""
    new_offer(title="Onderwijs van nu", content="Over gym.", status=PUBLISHED)
    new_offer(title="Spel", content="Over gym.", status=PUBLISHED)
    assert titles(ask(session, "bewegingsonderwijs")) == ["Spel", "Onderwijs van nu"]


def test_a_piece_of_a_word_is_found_as_a_last_resort(session: Session, new_offer: NewOffer) -> None:
    new_offer(title="Filosoferen met kleuters", status=PUBLISHED)
    found = ask(session, "osofer")
    assert (titles(found), found.left_out) == (["Filosoferen met kleuters"], ())
    assert titles(ask(session, "osofer", kinds=frozenset({"opleiding"}))) == []


@pytest.mark.parametrize(
    "typed", ["muz*", "MUZ**", "muzie*", "muziekl*", "spel muz*", "muz* -spel"]
)
def test_an_asterisk_asks_for_what_begins_with_the_letters_before_it(
    session: Session, new_offer: NewOffer, typed: str
) -> None:
    new_offer(title="Spel en muzieklessen", status=PUBLISHED)
    new_offer(title="Amuzikaal", content="Spel zonder lied.", status=PUBLISHED)
    found = ask(session, typed)
    assert (titles(found), found.left_out) == (["Spel en muzieklessen"], ())


def test_words_that_begin_so_are_in_order_of_where_they_stand_and_also_found_by_synonyms(
    session: Session, new_offer: NewOffer
) -> None:
    new_offer(title="Met muziek", status=PUBLISHED)
    new_offer(title="Zingen", content="Met muzikanten.", status=PUBLISHED)
    new_offer(title="Werken met ict", status=PUBLISHED)
    assert titles(ask(session, "muz*")) == ["Met muziek", "Zingen"]
    assert titles(ask(session, "digit*")) == ["Werken met ict"]


@pytest.mark.parametrize(
    ("word", "typed"),
    [
        ("Burgerschap", "burger*"),
        ("Lezen", "lez*"),
        ("Kinderen", "kinder*"),
        ("Muzikaal", "muzik*"),
        ("Vaardigheden", "vaardigh*"),
        ("Toetsing", "toetsin*"),
        ("Gelijkheid", "gelij*"),
    ],
)
def test_what_begins_so_is_found_where_its_key_begins_otherwise(
    session: Session, new_offer: NewOffer, word: str, typed: str
) -> None:
    new_offer(title=f"Over {word}", status=PUBLISHED)
    new_offer(title="Rekenen", content="Met breuken.", status=PUBLISHED)
    assert titles(ask(session, typed)) == [f"Over {word}"]


@pytest.mark.parametrize("typed", ["*muziek", "mu*", "muziek *", "* muziek*", "uziek*"])
def test_an_asterisk_elsewhere_or_behind_few_letters_says_nothing(
    session: Session, new_offer: NewOffer, typed: str
) -> None:
    new_offer(title="Muziek", status=PUBLISHED)
    new_offer(title="Rekenen", status=PUBLISHED)
    assert titles(ask(session, typed)) == ["Muziek"]


def test_what_nothing_begins_with_is_told_of_as_nothing(
    session: Session, new_offer: NewOffer
) -> None:
    new_offer(title="Muziek", status=PUBLISHED)
    assert ask(session, "xyz*").total == 0
    assert titles(ask(session, "", provider="bedr*")) == ["Muziek"]


@pytest.mark.parametrize("typed", ["vo/mbo", "vo mbo", "VO en mbo", "mbo,vo"])
def test_sectors_in_one_question_ask_for_offers_of_all(
    session: Session, new_offer: NewOffer, typed: str
) -> None:
    new_offer(title="Beide", sectors=frozenset({"vo", "mbo"}), status=PUBLISHED)
    new_offer(title="Voor po", sectors=frozenset({"po"}), status=PUBLISHED)
    new_offer(title="Voor vo", sectors=frozenset({"vo"}), status=PUBLISHED)
    assert titles(ask(session, typed)) == ["Beide"]


@pytest.mark.parametrize("typed", ["den bosch", "'s-Hertogenbosch", "shertogenbosch"])
def test_a_place_is_found_in_each_spelling(
    session: Session, new_offer: NewOffer, typed: str
) -> None:
    new_offer(title="Daar", location="'s-Hertogenbosch", status=PUBLISHED)
    new_offer(title="Elders", location="Zwolle", status=PUBLISHED)
    assert titles(ask(session, typed)) == ["Daar"]


def test_each_facet_counts_what_a_click_would_give(session: Session, new_offer: NewOffer) -> None:
    new_offer(title="A", sectors=frozenset({"po", "vo"}), status=PUBLISHED)
    new_offer(title="B", sectors=frozenset({"vo"}), online=True, status=PUBLISHED)
    new_offer(title="C", sectors=frozenset({"mbo"}), status=PUBLISHED)
    found = ask(session, sectors=frozenset({"po"}), places=frozenset({"plaats"}))
    assert (titles(found), found.total) == (["A"], 1)
    for sector in ("po", "vo", "mbo", "so"):
        wider = ask(session, sectors=frozenset({"po", sector}), places=frozenset({"plaats"}))
        assert found.counts[sector] == wider.total
    assert [found.counts[sector] for sector in ("po", "vo", "mbo", "so")] == [1, 1, 2, 1]
    both = ask(session, sectors=frozenset({"po"}), places=frozenset({"plaats", "online"}))
    assert found.counts["online"] == both.total


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", note)
    yield sent
    event.remove(session.get_bind(), "before_cursor_execute", note)


@pytest.mark.parametrize("text", ["", "rekenles", "rekenles klas plezier", "reknles verschillen"])
def test_a_search_takes_as_many_statements_however_many_offers(
    session: Session, new_offer: NewOffer, text: str
) -> None:
    numbers = []
    for _ in range(2):
        for _ in range(11):
            new_offer(title="Differentiëren in de rekenles", status=PUBLISHED)
        session.expire_all()
        with statements(session) as sent:
            assert ask(session, text).total
        numbers.append(len(sent))
    assert numbers[1] <= numbers[0] <= 20


QUERIES: list[dict[str, Any]] = [
    {},
    {"sectors": frozenset({"po"})},
    {"places": frozenset({"online"})},
    {"prices": frozenset({"prijs-meer"})},
    {"durations": frozenset({"uren-20", "uren-40"}), "scope": Scope.PORTFOLIO},
]


@pytest.mark.parametrize("days", [0, 90], ids=["as written", "with runs that are over"])
@pytest.mark.parametrize("order", [Order.BEGIN, Order.HOURS, Order.PRICE])
@pytest.mark.parametrize("query", QUERIES)
def test_many_offers_are_in_the_order_of_few(
    both: tuple[Library, Library],
    query: dict[str, Any],
    order: Order,
    days: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Many are read by an index; those that never begin come last in both ways."""
    for library in both:
        told = []
        for rare in (0, 1_000):
            monkeypatch.setattr(finding, "RARE", rare)
            asked = {"on": DAY + timedelta(days=days), "order": order, **query}
            first = library.search(**asked)
            pages = [library.search(page=n + 1, **asked) for n in range(first.pages)]
            told.append([offer.id for page in pages for offer in page])
        assert told[0] == told[1]
        assert len(set(told[0])) == first.total > first.per_page


def test_the_price_that_holds_on_the_day_decides_the_order_of_many(
    session: Session, new_offer: NewOffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "RARE", 0)
    soon, later = TODAY + timedelta(days=10), TODAY + timedelta(days=90)
    for title, prices in (("Eerst", (10, 900)), ("Dan", (500, 400)), ("Vast", (450, 450))):
        runs = tuple(
            Run(start=day, price=Decimal(price))
            for day, price in zip((soon, later), prices, strict=True)
        )
        new_offer(title=title, runs=runs, status=PUBLISHED)
    library = Library(session, {})
    told = [
        [
            offer.title
            for offer in library.search(on=TODAY + timedelta(days=days), order=Order.PRICE)
        ]
        for days in (0, 30)
    ]
    assert told == [["Eerst", "Dan", "Vast"], ["Dan", "Vast", "Eerst"]]


def test_many_hits_come_in_the_order_of_few(
    both: tuple[Library, Library], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL they are looked for among the newest entries first, and then among all."""
    library = both[1]
    few = [library.found(text) for text in MANY]
    monkeypatch.setattr(finding, "MANY", 0)
    walked = []
    offers = Hits.offers

    def seen(self: Any, *given: Any, **more: Any) -> Any:
        found = offers(self, *given, **more)
        if "after" in more:
            walked.append(len(found) == more["number"])
        return found

    monkeypatch.setattr(Hits, "offers", seen)
    assert [library.found(text) for text in MANY] == few
    assert {True, False} == set(walked)


@pytest.mark.parametrize("order", [Order.HOURS, Order.PRICE])
@pytest.mark.parametrize("query", QUERIES[:3])
def test_many_hits_by_hours_or_price_are_in_the_order_of_few(
    both: tuple[Library, Library],
    query: dict[str, Any],
    order: Order,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On PostgreSQL they are looked for among the first entries, where each has its own price."""
    library, walked = both[1], []
    ids = Hits.ids

    def seen(self: Any, *given: Any, **more: Any) -> Any:
        found = ids(self, *given, **more)
        if "walked" in more:
            walked.append(len(found))
        return found

    monkeypatch.setattr(Hits, "ids", seen)
    for days in (0, 90):
        asked = {"text": "leerlingen", "on": DAY + timedelta(days=days), "order": order, **query}
        told = []
        for many in (10_000, 0):
            monkeypatch.setattr(finding, "MANY", many)
            pages = [library.search(page=n, **asked) for n in (1, 2)]
            told.append([offer.id for page in pages for offer in page])
        assert told[0] == told[1]
        assert len(set(told[0])) > pages[0].per_page
    assert any(walked)
    assert (walked[-1] == 0) == (order == Order.PRICE)  # some runs are over by then


def test_newest_is_what_was_published_last_also_when_it_was_followed_before(
    session: Session, new_offer: NewOffer
) -> None:
    """A concept of the older register has an entry since it got an end date: for portfolios."""
    older = new_offer(title="Ouder", legacy_number="17", end_date=TODAY)
    new_offer(title="Tussendoor", status=OfferStatus.PUBLISHED)
    older.status = OfferStatus.PUBLISHED
    session.flush()
    found = search(session, on=TODAY, query=CatalogueQuery(order=Order.NEWEST))
    assert [offer.title for offer in found] == ["Ouder", "Tussendoor"]
