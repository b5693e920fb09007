"""Compiled statements send what they were given, whatever it holds."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    column,
    insert,
    select,
    table,
    text,
    update,
)
from sqlalchemy import cast as cast_to
from sqlalchemy.dialects.postgresql import insert as insert_once
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from processes import writing
from processes.base import AMSTERDAM, new_id, now
from processes.database import open_database
from processes.late_session import LateSession
from processes.register.changes import AuditEvent, events_of, record_event
from processes.register.providers.providers import TradeRegisterExtract
from processes.statements import Rows, Statement, UnwrittenError, cursor_of
from processes.unit_of_work import UnitOfWork, unit_of_work
from processes.writing import read, write

KVK = "68750110"
SOURCE = Statement(
    update(TradeRegisterExtract)
    .where(TradeRegisterExtract.kvk == bindparam("of_kvk"))
    .values(source=bindparam("new_source"))
)
NOBODY = {"of_kvk": "00000000", "new_source": "b"}
ADD_EVENT = Statement(
    insert(cast(Table, AuditEvent.__table__)),
    ("id", "action", "actor", "kvk", "subject", "details", "at"),
)
READ_EVENT = Statement(
    select(AuditEvent.id, AuditEvent.details, AuditEvent.at, AuditEvent.kvk).where(
        AuditEvent.id == bindparam("asked")
    )
)
EMPTY: dict[str, Any] = dict.fromkeys(("id", "action", "actor", "kvk", "subject", "details", "at"))


def test_a_statement_may_hold_a_percent_sign_and_many_rows(session: Session) -> None:
    given = [{"of_kvk": KVK, "new_source": "100% of $1 and %s"}]
    known = TradeRegisterExtract(kvk=KVK, outcome="unknown", facts=None, source="a", asked_at=now())
    session.add(known)
    session.flush()
    unit_of_work(session).write([(SOURCE, given)])
    for _ in range(3):
        with unit_of_work(session).gathering():
            for number in range(30):
                record_event(session, f"event {number} %s", actor="100%", kvk=KVK)
    session.refresh(known)
    assert known.source == "100% of $1 and %s"
    assert session.query(AuditEvent).filter_by(kvk=KVK, actor="100%").count() == 90


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 28, 12, 30, 1, 5, tzinfo=UTC),
        datetime(2026, 11, 28, 12, 30, tzinfo=UTC),
        datetime(987, 1, 2, tzinfo=UTC),
        datetime(2026, 7, 1, 1, 30, tzinfo=AMSTERDAM),
    ],
)
def test_a_moment_is_stored_as_sqlalchemy_stores_it(session: Session, moment: datetime) -> None:
    event = {**EMPTY, "id": new_id(), "action": "a", "actor": "test", "details": {}, "at": moment}
    unit_of_work(session).write([(ADD_EVENT, [event])])
    session.add(AuditEvent(action="b", actor="test", at=moment))
    session.flush()
    one, other = session.execute(
        text("SELECT at FROM audit_event WHERE actor = 'test' ORDER BY action")
    ).scalars()
    assert one == other


def test_values_of_every_type_arrive_as_sqlalchemy_would_have_sent_them(session: Session) -> None:
    moment = datetime(2026, 11, 28, 12, 30, 1, 5, tzinfo=UTC)
    values = {"id": new_id(), "details": {"a": [1, None, "é"]}, "at": moment, "kvk": None}
    event = {**values, "action": "seen", "actor": "test", "subject": "x"}
    unit_of_work(session).write([(ADD_EVENT, [event])])
    kept = session.get_one(AuditEvent, event["id"])
    assert {name: getattr(kept, name) for name in event} == event
    assert unit_of_work(session).first(READ_EVENT, {"asked": event["id"]}) == tuple(values.values())


def test_what_is_read_together_comes_in_the_order_in_which_it_was_asked(session: Session) -> None:
    ids = [new_id() for _ in range(13)]
    events = [{**EMPTY, "id": id_, "action": "seen", "actor": "test", "at": now()} for id_ in ids]
    events = [{**event, "details": {"number": place}} for place, event in enumerate(events)]
    asked = [{"asked": id_} for id_ in (ids[12], ids[3])]
    read_first, written, read_after = read(
        session.connection(),
        [(READ_EVENT, asked[:1]), (ADD_EVENT, events), (READ_EVENT, asked[1:])],
    )
    assert (read_first, written) == ([], [])
    assert [(row[0], row[1]) for row in read_after] == [(ids[3], {"number": 3})]
    assert session.query(AuditEvent).filter(AuditEvent.id.in_(ids)).count() == 13


def test_what_a_driver_raises_is_told_as_sqlalchemy_tells_it(session: Session) -> None:
    record_event(session, "before", actor="test", kvk=KVK)
    with pytest.raises(IntegrityError), session.begin_nested():
        unit_of_work(session).write([(ADD_EVENT, [EMPTY]), (SOURCE, [NOBODY])])
    with pytest.raises(IntegrityError), session.begin_nested():
        unit_of_work(session).write([(SOURCE, [NOBODY]), (ADD_EVENT, [EMPTY, EMPTY])])
    with pytest.raises(IntegrityError), session.begin_nested():
        unit_of_work(session).execute(ADD_EVENT, EMPTY)
    with pytest.raises(IntegrityError), session.begin_nested():
        read(session.connection(), [(READ_EVENT, [{"asked": new_id()}]), (ADD_EVENT, [EMPTY])])
    assert [event.action for event in events_of(session, KVK)] == ["before"]


def test_a_counted_statement_that_found_too_few_rows_is_told_wherever_it_stands(
    session: Session,
) -> None:
    counted = Statement(
        update(AuditEvent).where(AuditEvent.id == bindparam("asked")).values(subject="y"),
        counted=True,
    )
    writes: list[tuple[Statement, Rows]] = [(counted, [{"asked": new_id()}]), (SOURCE, [NOBODY])]
    for ordered in (writes, writes[::-1]):
        with pytest.raises(UnwrittenError):
            unit_of_work(session).write(ordered)


@pytest.fixture
def on_postgresql(postgresql_server: str) -> Iterator[Engine]:
    """SQLite keeps no plans on a server, and has no connection to lose."""
    engine = open_database(f"{postgresql_server}/postgres")
    yield engine
    engine.dispose()


def test_the_plans_of_statements_outlive_a_rollback(on_postgresql: Engine) -> None:
    """Each request that only reads ends with one; see docs/adr/0012-compiled-statements.md."""
    statement = Statement(select(bindparam("given", type_=Integer()).label("a_plan_to_keep")))
    with on_postgresql.connect() as connection:
        for number in range(10):
            assert statement.first(connection, {"given": number}) == (number,)
        before = prepared(connection)
        assert any("a_plan_to_keep" in each for each in before)
        connection.rollback()
        assert before <= prepared(connection)
        assert statement.first(connection, {"given": 7}) == (7,)


def test_a_rollback_undoes_what_was_written(on_postgresql: Engine) -> None:
    with on_postgresql.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE undone (id integer)")
        connection.rollback()
        connection.rollback()
        assert connection.scalar(text("SELECT to_regclass('undone')")) is None


@pytest.mark.parametrize("kind", [Session, LateSession])
def test_what_cannot_be_committed_since_a_statement_failed_is_told(
    on_postgresql: Engine, kind: type[Session]
) -> None:
    """PostgreSQL rolls back at such a COMMIT, and says no more than that it did."""
    told: list[object] = []
    fails = Statement(select(cast_to(bindparam("given", type_=Text()), Integer()).label("number")))
    with kind(on_postgresql) as session:
        unit = UnitOfWork(session, tell=told.append)
        unit.announce(new_id(), "mail")
        with pytest.raises(DataError):
            unit.first(fails, {"given": "no number"})
        with pytest.raises(DBAPIError, match="nothing of it can be committed"):
            unit.commit()
        session.rollback()
        assert told == []
        assert unit.first(fails, {"given": "7"}) == (7,)
        unit.commit()


@pytest.mark.parametrize("kind", [Session, LateSession])
def test_a_commit_that_fails_leaves_a_connection_that_others_can_use(
    on_postgresql: Engine, kind: type[Session]
) -> None:
    with kind(on_postgresql) as session:
        with pytest.raises(DBAPIError):
            session.execute(text("SELECT 1 / 0"))
        with pytest.raises(DBAPIError, match="nothing of it can be committed"):
            session.commit()
    with kind(on_postgresql) as session:
        assert session.scalar(text("SELECT 1")) == 1


def test_a_lost_connection_is_told_when_it_is_rolled_back(on_postgresql: Engine) -> None:
    with on_postgresql.connect() as lost, on_postgresql.connect() as other:
        own = lost.scalar(text("SELECT pg_backend_pid()"))
        other.execute(text("SELECT pg_terminate_backend(:own, 5000)"), {"own": own})
        with pytest.raises(OperationalError):
            lost.rollback()
    with on_postgresql.connect() as again:
        assert again.scalar(text("SELECT 1")) == 1


def prepared(connection: Connection) -> set[str]:
    """The statements that the server keeps a plan of for this connection."""
    return set(connection.scalars(text("SELECT name || statement FROM pg_prepared_statements")))


@pytest.mark.parametrize("number", [1, 2, 3, 8, 15, 16, 25])
def test_rows_that_go_together_arrive_each_with_its_own_values(
    session: Session, number: int
) -> None:
    given = [
        {
            "id": new_id(),
            "action": f"action {place}",
            "actor": f"actor {place}",
            "kvk": None if place % 2 else KVK,
            "subject": f"subject {place}",
            "details": {"place": place},
            "at": datetime(2026, 11, 29, 12, place, tzinfo=UTC),
        }
        for place in range(number)
    ]
    unit_of_work(session).write([(ADD_EVENT, given)])
    kept = session.scalars(select(AuditEvent).order_by(AuditEvent.at)).all()
    assert [{name: getattr(each, name) for name in given[0]} for each in kept] == given


def test_a_row_without_one_of_its_columns_is_no_row(session: Session) -> None:
    whole = dict(EMPTY)
    del whole["kvk"]
    for rows in ([whole], [whole, whole]):
        with pytest.raises(KeyError):
            unit_of_work(session).write([(ADD_EVENT, rows)])


REFRESHED = Statement(
    update(TradeRegisterExtract)
    .where(TradeRegisterExtract.kvk == bindparam("of_kvk"))
    .where(TradeRegisterExtract.outcome == "unknown")
    .values(
        source=bindparam("new_source"),
        facts=bindparam("new_facts"),
        asked_at=bindparam("moment"),
    ),
    counted=True,
    key="of_kvk",
)


def extracts(session: Session, number: int) -> list[str]:
    """So many companies of which the trade register knew nothing, and one of which it did."""
    kvks = [f"{place:08}" for place in range(number)]
    for kvk in (*kvks, KVK):
        outcome = "found" if kvk == KVK else "unknown"
        session.add(
            TradeRegisterExtract(kvk=kvk, outcome=outcome, facts=None, source="a", asked_at=now())
        )
    session.flush()
    return kvks


def refreshed(kvk: str, place: int) -> dict[str, Any]:
    """What REFRESHED is given for this company: each its own values, in text that may need care."""
    return {
        "of_kvk": kvk,
        "new_source": f"source {place} of $1 %s " + "x" * 300,
        "new_facts": None if place % 3 else {"place": place},
        "moment": datetime(2026, 11, 29, 12, place % 60, tzinfo=UTC),
    }


@pytest.mark.parametrize("number", [1, 2, 7, 25, 26, 61])
def test_rows_that_are_updated_together_get_each_its_own_values(
    session: Session, number: int
) -> None:
    given = [refreshed(kvk, place) for place, kvk in enumerate(extracts(session, number))]
    unit_of_work(session).write([(REFRESHED, given)])
    session.expire_all()
    for each in given:
        kept = session.get_one(TradeRegisterExtract, each["of_kvk"])
        assert (kept.source, kept.facts) == (each["new_source"], each["new_facts"])
        assert kept.asked_at == each["moment"]
    assert session.get_one(TradeRegisterExtract, KVK).source == "a"


def test_of_rows_that_are_updated_together_one_too_few_is_told(session: Session) -> None:
    kvks = [*extracts(session, 11), KVK]
    given = [refreshed(kvk, place) for place, kvk in enumerate(kvks)]
    with pytest.raises(UnwrittenError):
        unit_of_work(session).write([(REFRESHED, given)])


def test_updates_of_one_row_come_one_after_the_other(session: Session) -> None:
    kvks = extracts(session, 9)
    given = [refreshed(kvk, place) for place, kvk in enumerate([*kvks, *kvks])]
    unit_of_work(session).write([(REFRESHED, given)])
    session.expire_all()
    kept = session.get_one(TradeRegisterExtract, kvks[0])
    assert kept.source == given[9]["new_source"]


def test_a_chunk_of_updates_is_one_statement_on_postgresql(on_postgresql: Engine) -> None:
    """Each statement costs the client and the server more than a row more does."""
    made = text(
        "CREATE TEMPORARY TABLE counted AS SELECT g AS id, 0 AS own FROM generate_series(1,25) g"
    )
    counted = table("counted", column("id", Integer()), column("own", Integer()))
    statement = Statement(
        update(counted).where(counted.c.id == bindparam("its_id")).values(own=bindparam("its_own")),
        counted=True,
        key="its_id",
    )
    given = [{"its_id": number, "its_own": number * 2} for number in range(1, 26)]
    with on_postgresql.connect() as connection:
        connection.execute(made)
        assert statement.parts(connection.dialect, given) == [given]
        write(connection, [(statement, given)])
        assert connection.scalar(text("SELECT count(*) FROM counted WHERE own = 2 * id")) == 25
        connection.rollback()


ADD_EXTRACT = Statement(
    insert_once(TradeRegisterExtract).on_conflict_do_nothing(),
    ("kvk", "outcome", "facts", "source", "asked_at"),
    counted=True,
)


def extract_of(kvk: str, facts: dict[str, str] | None = None) -> dict[str, Any]:
    given = {"kvk": kvk, "outcome": "unknown", "source": "a", "asked_at": now()}
    return {**given, "facts": facts}


def event_of(action: str) -> dict[str, Any]:
    given = {"action": action, "actor": "test", "kvk": KVK, "subject": None}
    return {**given, "id": new_id(), "details": {"of": [action, None, "é"]}, "at": now()}


@pytest.mark.parametrize("kinds", [32, 0], ids=["joined", "one by one"])
def test_rows_of_several_tables_arrive_each_with_its_own_values(
    session: Session, monkeypatch: pytest.MonkeyPatch, kinds: int
) -> None:
    monkeypatch.setattr(writing, "JOINED_KINDS", kinds)
    monkeypatch.setattr(writing, "_joined_before", {})
    events = [event_of(f"action {number}") for number in range(3)]
    extracts = [extract_of("90000001", {"$1": "%s"}), extract_of("90000002")]
    unit = unit_of_work(session)
    unit.write([(ADD_EXTRACT, extracts), (SOURCE, [NOBODY]), (ADD_EVENT, events[:1])])
    unit.write([(ADD_EXTRACT, [extract_of("90000003")]), (ADD_EVENT, events[1:])])
    with pytest.raises(UnwrittenError):
        unit.write([(ADD_EVENT, [event_of("again")]), (ADD_EXTRACT, [extract_of("90000003")])])
    kept = {each.id: each for each in session.scalars(select(AuditEvent))}
    for event in events:
        assert {name: getattr(kept[event["id"]], name) for name in event} == event
    for given in extracts:
        known = session.get_one(TradeRegisterExtract, given["kvk"])
        assert {name: getattr(known, name) for name in given} == given


def test_few_rows_are_sent_by_one_cursor_and_many_by_more_on_postgresql(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_joined_before", {})
    sent = []

    def noting(connection: Connection) -> Any:
        sent.append(connection)
        return cursor_of(connection)

    monkeypatch.setattr(writing, "cursor_of", noting)
    monkeypatch.setattr(writing, "own_cursor_of", noting)
    writes: list[tuple[Statement, Rows]] = [
        (ADD_EVENT, [event_of("a"), event_of("b"), event_of("c")]),
        (ADD_EXTRACT, [extract_of("90000004")]),
    ]
    unit_of_work(session).write(writes)
    assert len(sent) == 1
    (kvk,) = extracts(session, 1)
    update_among_them = (REFRESHED, [refreshed(kvk, 1)])
    event = (ADD_EVENT, [event_of("before")])
    unit_of_work(session).write([event, update_among_them, (ADD_EXTRACT, [extract_of("90000006")])])
    assert len(sent) == 2
    del sent[1]
    monkeypatch.setattr(writing, "JOINED_ROWS", 3)
    monkeypatch.setattr(writing, "_joined_before", {})
    writes[0] = (ADD_EVENT, [event_of("d"), event_of("e"), event_of("f")])
    writes[1] = (ADD_EXTRACT, [extract_of("90000005")])
    unit_of_work(session).write(writes)
    # On PostgreSQL two rows, one row, and the other table.
    assert len(sent) == 1 + {"sqlite": 1, "postgresql": 3}[session.get_bind().dialect.name]


MOVED = Statement(
    update(TradeRegisterExtract)
    .where(TradeRegisterExtract.kvk == bindparam("its_kvk"))
    .values(source=bindparam("moved_to")),
    counted=True,
    key="its_kvk",
)


def test_what_updates_a_row_comes_after_what_inserts_or_updates_it(session: Session) -> None:
    """The parts of one statement of PostgreSQL see the rows of before it."""
    (kvk,) = extracts(session, 1)
    new = "90000007"
    unit_of_work(session).write(
        [
            (ADD_EVENT, [event_of("a")]),
            (ADD_EXTRACT, [extract_of(new)]),
            (MOVED, [{"its_kvk": new, "moved_to": "b"}]),
            (ADD_EVENT, [event_of("b")]),
            (REFRESHED, [refreshed(kvk, 1)]),
            (MOVED, [{"its_kvk": kvk, "moved_to": "c"}]),
        ]
    )
    session.expire_all()
    assert session.get_one(TradeRegisterExtract, new).source == "b"
    kept = session.get_one(TradeRegisterExtract, kvk)
    assert (kept.source, kept.asked_at) == ("c", refreshed(kvk, 1)["moment"])


def test_a_name_that_an_update_gives_up_is_free_for_what_is_inserted_after_it(
    on_postgresql: Engine,
) -> None:
    """In which order the parts of one statement of PostgreSQL are done is not promised."""
    named = Table(
        "named",
        MetaData(),
        Column("id", Integer(), primary_key=True),
        Column("name", Text(), unique=True),
        prefixes=["TEMPORARY"],
    )
    add = Statement(insert(named), ("id", "name"))
    rename = Statement(
        update(named).where(named.c.id == bindparam("its_id")).values(name=bindparam("its_name")),
        key="its_id",
    )
    with on_postgresql.connect() as connection:
        named.create(connection)
        write(connection, [(add, [{"id": 1, "name": "a"}])])
        renamed: list[tuple[Statement, Rows]] = [(rename, [{"its_id": 1, "its_name": "b"}])]
        write(connection, [*renamed, (add, [{"id": 2, "name": "a"}])])
        found = connection.execute(select(named).order_by(named.c.id)).all()
        assert [tuple(row) for row in found] == [(1, "b"), (2, "a")]
        connection.rollback()
