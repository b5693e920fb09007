"""What was asked before is answered from memory, and never as it was before a change."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import combinations
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event, func, select, text, update
from sqlalchemy.orm import Session

from app.setup.schema import MIGRATIONS
from app.setup.tables import all_tables
from processes.base import own_clock
from processes.database import open_database
from processes.register.catalogue.catalogue import CatalogueQuery, Order, Results, search
from processes.register.offers.fields import put
from processes.register.offers.offers import Offer, OfferStatus
from processes.register.offers.search import indexing
from processes.register.providers.providers import Provider, ProviderStatus
from processes.register.search import answers, hit_columns, hits
from processes.register.search.restrictions import Scope
from tests.conftest import Backend
from tests.processes.register.conftest import TODAY, NewOffer, make_offer, make_provider
from tests.processes.register.search.test_kept_counts import DAY, World, noon, told
from tests.processes.register.search.test_uncounted_entries import OLD_CODE

COUNTING = ("group_concat(", "string_agg(")
AMONG = "AND e.number IN ("  # only these are read
ASKED: tuple[dict[str, Any], ...] = (
    {"text": "breuken"},
    {"text": "breuken lezen"},
    {"text": "bruken"},
    {"text": "zan*"},
    {"text": "huis breuken", "order": Order.HOURS},
    {"text": "breuken", "sectors": frozenset({"po"})},
    {"text": "breuken", "sectors": frozenset({"vo"})},
    {"text": "breuken", "providers": frozenset({"00000001", "00000002"})},
    {"text": "lezen", "provider": "huis 1"},
    {"text": "lezen", "scope": Scope.PORTFOLIO},
    {"text": "eu"},
    {"kinds": frozenset({"cursus"}), "sectors": frozenset({"po"})},
    {"kinds": frozenset({"cursus"}), "sectors": frozenset({"vo"})},
    {"kinds": frozenset({"cursus", "studiedag"}), "sectors": frozenset({"po", "vo"})},
)


def ask(session: Session, asked: str = "", **query: Any) -> Results:
    return search(session, on=TODAY, query=CatalogueQuery(text=asked, **query))


def titles(session: Session, asked: str) -> list[str]:
    return [offer.title for offer in ask(session, asked)]


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements that count what is found."""
    seen: list[str] = []

    def see(_connection: Any, _cursor: Any, sql: str, *_more: Any) -> None:
        if any(each in sql for each in COUNTING):
            seen.append(sql)

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", see)
    yield seen
    event.remove(engine, "before_cursor_execute", see)


def test_what_was_asked_before_is_not_counted_again(session: Session, new_offer: NewOffer) -> None:
    for number in range(25):
        new_offer(title=f"Breuken {number}", status=OfferStatus.PUBLISHED)
    first = ask(session, "breuken")
    with counted(session) as again:
        assert told(ask(session, "breuken")) == told(first)
        page = search(session, on=TODAY, query=CatalogueQuery(text="breuken"), page=2)
        assert (len(page), page.total) == (5, 25)
    assert again == []
    with counted(session) as otherwise:
        ask(session, "breuken", sectors=frozenset({"vo"}))
        search(session, on=TODAY + timedelta(days=1), query=CatalogueQuery(text="breuken"))
    assert len(otherwise) == 2


def test_a_long_list_of_ids_is_not_remembered(
    session: Session, new_offer: NewOffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page far on reads all that stand before it: of many such pages that would be gigabytes."""
    monkeypatch.setattr(hits, "LONGEST", 20)
    for number in range(45):
        new_offer(title=f"Breuken {number}", status=OfferStatus.PUBLISHED)
    query = CatalogueQuery(text="breuken")
    pages = [search(session, on=TODAY, query=query, page=page) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [20, 20, 5]
    kept = answers.answers_of(session.connection()).kept.values()
    assert [len(each) for each in kept if isinstance(each, list)] == [20]
    again = search(session, on=TODAY, query=query, page=3)
    assert [offer.id for offer in again] == [offer.id for offer in pages[2]]


def test_of_many_hits_only_what_changed_is_read_again(
    session: Session, new_offer: NewOffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By whoever asks, whatever is chosen; and a facet is chosen without any being read."""
    monkeypatch.setattr(hits, "MANY", 5)
    offers = [new_offer(title=f"Breuken {n}", status=OfferStatus.PUBLISHED) for n in range(9)]
    other = new_offer(title="Zang", status=OfferStatus.PUBLISHED)
    assert ask(session, "breuken").total == 9
    with counted(session) as chosen:
        assert ask(session, "breuken", sectors=frozenset({"mbo"})).total == 0
    assert chosen == []
    put(offers[0], {"title": "Lezen"})
    put(other, {"title": "Breuken met zang"})
    offers[1].status = OfferStatus.DELETED
    with counted(session) as again:
        assert ask(session, "breuken").total == 8
        assert "Breuken met zang" in titles(session, "breuken")
    assert [AMONG in each for each in again] == [True]


def test_much_that_changed_is_read_as_if_it_was_never_asked(
    session: Session, new_offer: NewOffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hits, "MANY", 1)
    monkeypatch.setattr(answers, "CHANGED", 3)
    offers = [new_offer(title=f"Breuken {n}", status=OfferStatus.PUBLISHED) for n in range(5)]
    assert ask(session, "breuken").total == 5
    for offer in offers[:4]:
        put(offer, {"title": "Lezen"})
    with counted(session) as again:
        assert ask(session, "breuken").total == 1
    assert [AMONG in each for each in again] == [False]


def test_a_provider_that_is_suspended_is_told_of_many_hits_too(
    session: Session, new_offer: NewOffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No entry changes with it."""
    monkeypatch.setattr(hits, "MANY", 1)
    offer = new_offer(title="Breuken", status=OfferStatus.PUBLISHED)
    assert ask(session, "breuken").total == 1
    offer.provider.status = ProviderStatus.SUSPENDED
    assert ask(session, "breuken").total == 0


def test_hits_are_remembered_as_far_as_there_is_room(
    session: Session, new_offer: NewOffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hits, "MANY", 1)
    monkeypatch.setattr(answers, "MOST_HITS", 5)
    monkeypatch.setattr(hit_columns, "SUMMARY", 0)
    for title in ("Breuken", "Lezen", "Zang", *["Muziek"] * 6):
        new_offer(title=title, status=OfferStatus.PUBLISHED)
    for word, remembered in {"breuken": 1, "lezen": 2, "muziek": 0, "zang": 1}.items():
        ask(session, word)
        columns = answers.answers_of(session.connection()).columns.values()
        assert sum(len(each) for _stamps, each in columns) == remembered


def test_what_is_counted_of_many_hits_takes_room_too(
    session: Session, new_offer: NewOffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each choice of facets is counted, and other offers change meanwhile: that has an end."""
    monkeypatch.setattr(hits, "MANY", 1)
    monkeypatch.setattr(answers, "MOST_HITS", 2 + 3 * hit_columns.SUMMARY)
    new_offer(title="Breuken", status=OfferStatus.PUBLISHED)
    other = new_offer(title="Zang", status=OfferStatus.PUBLISHED)
    counted_of = []
    for number, sectors in enumerate(combinations(("po", "vo", "mbo", "so"), 2)):
        put(other, {"title": f"Zang {number}"})
        ask(session, "breuken", sectors=frozenset(sectors))
        columns = answers.answers_of(session.connection()).columns.values()
        counted_of.append(sum(len(each.summaries) for _stamps, each in columns))
    assert max(counted_of) == 4


def test_hits_that_another_thread_forgets_meanwhile_are_read(
    session: Session, new_offer: NewOffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Forgotten(dict[Any, Any]):
        def __contains__(self, key: object) -> bool:
            was_there = super().__contains__(key)
            self.clear()
            return was_there

    monkeypatch.setattr(hits, "MANY", 1)
    offer = new_offer(title="Breuken", status=OfferStatus.PUBLISHED)
    assert ask(session, "breuken").total == 1
    known = answers.answers_of(session.connection())
    known.columns = Forgotten(known.columns)
    put(offer, {"title": "Breuken en meer"})
    assert ask(session, "breuken").total == 1


def _edit(offer: Offer) -> None:
    put(offer, {"title": "Zang"})


def _delete(offer: Offer) -> None:
    offer.status = OfferStatus.DELETED


def _suspend(offer: Offer) -> None:
    offer.provider.status = ProviderStatus.SUSPENDED


CHANGES: dict[str, Callable[[Offer], None]] = {
    "edited": _edit,
    "deleted": _delete,
    "its provider suspended": _suspend,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_told_at_once_and_so_is_that_it_was_undone(
    session: Session, new_offer: NewOffer, change: Callable[[Offer], None]
) -> None:
    offer = new_offer(title="Breuken", status=OfferStatus.PUBLISHED)
    assert titles(session, "breuken") == ["Breuken"]
    with session.begin_nested() as savepoint:
        change(offer)
        session.flush()
        assert titles(session, "breuken") == []
        savepoint.rollback()
    assert titles(session, "breuken") == ["Breuken"]
    change(offer)
    assert titles(session, "breuken") == []


def test_another_number_or_name_of_a_provider_is_told_at_once(
    session: Session, new_offer: NewOffer
) -> None:
    offer = new_offer(title="Breuken", status=OfferStatus.PUBLISHED)
    chosen, called = ({"providers": frozenset({"68750110"})}, {"provider": "bedrijf"})
    assert [ask(session, "breuken", **each).total for each in (chosen, called)] == [1, 1]
    offer.provider.kvk, offer.provider.display_name = "11111111", "Academie"
    offer.provider.name = "Academie"
    assert [ask(session, "breuken", **each).total for each in (chosen, called)] == [0, 0]


@pytest.mark.parametrize("write", OLD_CODE.values(), ids=OLD_CODE)
def test_what_code_of_before_writes_is_told_at_once(
    session: Session,
    new_offer: NewOffer,
    write: Callable[[Session, Offer], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    offers = [new_offer(title=title, status=OfferStatus.PUBLISHED) for title in ("Breuken", "Zang")]
    ask(session, "breuken")
    write(session, offers[0])
    after = told(ask(session, "breuken"))
    monkeypatch.setattr(answers, "MOST", 0)
    assert after == told(ask(session, "breuken"))


@pytest.mark.parametrize("many", [1, hits.MANY])
def test_whatever_happens_the_answers_are_those_of_who_remembers_nothing(
    session: Session, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(hits, "MANY", many)
    world = World(session, seed=9)

    def same(query: dict[str, Any]) -> None:
        asked = partial(search, session, on=world.day, query=CatalogueQuery(**query))
        remembered, page = asked(), asked(page=2)
        with monkeypatch.context() as forgetful:
            forgetful.setattr(answers, "MOST", 0)
            fresh, second = asked(), asked(page=2)
        assert told(remembered) == told(fresh), query
        assert [offer.id for offer in remembered] == [offer.id for offer in fresh]
        assert [offer.id for offer in page] == [offer.id for offer in second]

    with own_clock(lambda: noon(world.day)):
        for _ in range(40):
            world.anything()
        for number in range(40):
            world.day = DAY + timedelta(days=number // 20)
            for query in world.random.sample(ASKED, 4):
                same(query)
            if number % 3:
                world.anything()
            else:
                with session.begin_nested() as savepoint:
                    kept = list(world.offers)
                    world.anything()
                    same(ASKED[0])
                    savepoint.rollback()
                world.offers = kept


@pytest.fixture
def postgresql_engine(postgresql_server: str) -> Iterator[Engine]:
    engine = open_database(Backend("postgresql", postgresql_server).new_database())
    all_tables().create_all(engine)
    yield engine
    engine.dispose()


def publish(session: Session, title: str, kvk: str) -> None:
    provider = make_provider(kvk)
    session.add(provider)
    session.flush()
    session.add(make_offer(provider, title=title, status=OfferStatus.PUBLISHED))
    session.flush()


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that takes no turn to write."""
    options = {"read_only": True, "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection:
        yield Session(connection)


def test_a_change_is_told_when_it_is_committed(own_engine: Engine) -> None:
    with reading(own_engine) as reader, Session(own_engine) as writer:
        publish(writer, "Breuken", "00000041")
        writer.commit()
        assert titles(reader, "breuken") == ["Breuken"]
        reader.rollback()
        publish(writer, "Breuken en meer", "00000042")
        assert titles(reader, "breuken") == ["Breuken"]
        reader.rollback()
        writer.commit()
        assert len(titles(reader, "breuken")) == 2


def test_a_provider_that_another_connection_suspends_is_gone_and_comes_back(
    own_engine: Engine,
) -> None:
    with reading(own_engine) as reader, Session(own_engine) as writer:
        publish(writer, "Breuken", "00000041")
        writer.commit()
        for status in (ProviderStatus.ACTIVE, ProviderStatus.SUSPENDED, ProviderStatus.ACTIVE):
            writer.execute(update(Provider).values(status=status))
            writer.commit()
            found = ["Breuken"] if status is ProviderStatus.ACTIVE else []
            assert [titles(reader, "breuken") for _ in range(2)] == [found, found]
            reader.rollback()


def test_an_index_that_is_made_anew_is_asked_anew(own_engine: Engine) -> None:
    """An entry has another number then, by which pages are put in order."""
    with reading(own_engine) as reader, Session(own_engine) as writer:
        for number in (1, 2):
            publish(writer, f"Breuken {number}", f"0000004{number}")
        writer.commit()
        assert titles(reader, "breuken") == ["Breuken 2", "Breuken 1"]
        reader.rollback()
        first, second = writer.scalars(select(Offer).order_by(Offer.title))
        first.published_at, second.published_at = noon(TODAY), noon(TODAY - timedelta(days=1))
        indexing.rebuild(writer)
        writer.commit()
        assert titles(reader, "breuken") == ["Breuken 1", "Breuken 2"]


def test_transactions_that_end_in_another_order_are_each_told(postgresql_engine: Engine) -> None:
    """That of the lower stamp ends last, also when the others were put together meanwhile."""
    with (
        Session(postgresql_engine) as early,
        Session(postgresql_engine) as late,
        Session(postgresql_engine) as reader,
    ):
        publish(early, "Breuken vroeg", "00000041")
        publish(late, "Breuken laat", "00000042")
        late.commit()
        assert titles(reader, "breuken") == ["Breuken laat"]
        reader.rollback()
        answers.put_together(late, noon(TODAY))
        late.commit()
        assert titles(reader, "breuken") == ["Breuken laat"]
        reader.rollback()
        early.commit()
        assert sorted(titles(reader, "breuken")) == ["Breuken laat", "Breuken vroeg"]


def test_many_stamps_are_put_together(postgresql_engine: Engine) -> None:
    number = select(func.count()).select_from(answers.SearchStamp)
    with Session(postgresql_engine) as session:
        publish(session, "Breuken", "00000041")
        before = session.scalar(number)
        assert not answers.ANY_STAMPS.ask(session, noon(TODAY))
        for _ in range(answers.FEW):
            session.execute(text("UPDATE search_entry SET counted = counted + 1"))
        assert (before or 0) < answers.FEW < (session.scalar(number) or 0)
        assert answers.ANY_STAMPS.ask(session, noon(TODAY))
        answers.put_together(session, noon(TODAY))
        assert session.scalar(number) == 1
        assert titles(session, "breuken") == ["Breuken"]


def test_changes_are_told_after_an_upgrade_and_after_going_back(
    session: Session, new_offer: NewOffer
) -> None:
    """Stamps are added up with the one that was there, of the highest number."""
    offer = new_offer(title="Breuken", status=OfferStatus.PUBLISHED)
    script = ScriptDirectory(str(MIGRATIONS)).get_revision("c7d21f40be95")
    assert script is not None
    for title in ("Zang", "Lezen"):
        with Operations.context(MigrationContext.configure(session.connection())):
            script.module.downgrade()
            session.execute(text("UPDATE search_stamp SET number = :all"), {"all": 2**63 - 1})
            script.module.upgrade()
        assert titles(session, "zang") == ["Zang"] * (title == "Lezen")
        put(offer, {"title": title})
        assert titles(session, title) == [title]
    assert titles(session, "zang") == []


def test_without_stamps_nothing_is_remembered(session: Session, new_offer: NewOffer) -> None:
    new_offer(title="Breuken", status=OfferStatus.PUBLISHED)
    session.execute(answers.SearchStamp.__table__.delete())  # type: ignore[attr-defined]
    ask(session, "breuken")
    with counted(session) as again:
        ask(session, "breuken")
    assert len(again) == 1
