"""The audit trail's hash chain: what was changed, taken out or put in is named (R61)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.register.audit import checkpoints, sealing
from processes.register.audit.erasing import erase
from processes.register.audit.models import AuditCheckpoint, AuditSeal
from processes.register.audit.protection import protect
from processes.register.audit.verifying import Verified, verify
from processes.register.changes import AuditEvent, record_event

KVK = "68750110"
BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
UNSEEN = {"synchronize_session": False}


def written(session: Session, *names: str) -> list[UUID]:
    """Events, a minute after each other, and sealed."""
    ids = []
    for minute, name in enumerate(names):
        set_clock(lambda minute=minute: BEGIN + timedelta(minutes=minute))  # type: ignore[misc]
        ids.append(
            record_event(session, name, actor="medewerker 1", kvk=KVK, subject="offer:1", to=name)
        )
    sealing.seal(session)
    return ids


def found(session: Session) -> Verified:
    session.expire_all()
    return verify(session)


@pytest.mark.rule("R61")
def test_a_trail_that_nobody_touched_is_whole(session: Session) -> None:
    written(session, "one", "two")
    written(session, "three")
    assert found(session) == Verified(3, 0, 0, 0, [])
    links = session.scalars(select(AuditSeal).order_by(AuditSeal.number)).all()
    assert [link.number for link in links] == [1, 2, 3]
    assert [link.previous for link in links[1:]] == [link.digest for link in links[:-1]]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"actor": "iemand anders"}, "were changed"),
        ({"kvk": "90001354"}, "were changed"),
        ({"subject": None}, "were changed"),
        ({"details": {"to": "Two"}}, "were changed"),
        ({"details": {}}, "were changed"),
        ({"action": "login"}, "it is now login"),
        ({"at": BEGIN}, "it is now two"),
    ],
)
def test_an_event_that_was_changed_is_named(
    session: Session, change: dict[str, object], says: str
) -> None:
    _, two, _ = written(session, "one", "two", "three")
    session.execute(update(AuditEvent).where(AuditEvent.id == two).values(change))
    (broken,) = found(session).broken
    assert broken.startswith("number 2 (two, 2026-03-02T09:01:00+00:00, event ")
    assert says in broken


def test_what_was_taken_out_is_named(session: Session) -> None:
    _, two, three, _ = written(session, "one", "two", "three", "four")
    session.execute(delete(AuditEvent).where(AuditEvent.id.in_([two, three])))
    assert [line.partition(",")[0] for line in found(session).broken] == [
        "number 2 (two",
        "number 3 (three",
    ]
    session.execute(delete(AuditSeal).where(AuditSeal.number.in_([2, 3])))
    (broken,) = found(session).broken
    assert broken.startswith("numbers 2 to 3: taken out with the event, before number 4 (four")


def test_the_first_of_the_chain_that_was_taken_out_is_missed_too(session: Session) -> None:
    one, _ = written(session, "one", "two")
    session.execute(delete(AuditEvent).where(AuditEvent.id == one))
    session.execute(delete(AuditSeal).where(AuditSeal.number == 1))
    assert found(session).broken[0].startswith("number 1: taken out with the event")


@pytest.mark.parametrize("column", ["action", "at", "commitment", "previous", "digest", "event_id"])
def test_a_link_that_was_changed_is_named(session: Session, column: str) -> None:
    one, *_ = written(session, "one", "two", "three")
    other = {"action": "login", "at": BEGIN, "event_id": UUID(int=1)}.get(column, bytes(32))
    session.execute(update(AuditSeal).where(AuditSeal.number == 2).values({column: other}))
    assert found(session).broken[0].startswith("number 2")
    assert one


def test_two_links_that_changed_places_are_named(session: Session) -> None:
    written(session, "one", "two", "three")
    for number, other in ((2, 20), (3, 2), (20, 3)):
        link = update(AuditSeal).where(AuditSeal.number == number)
        session.execute(link.values(number=other), execution_options=UNSEEN)
    assert found(session).broken[0].startswith("number 2 (three")


def test_what_is_put_in_later_stands_where_it_was_sealed_and_nothing_waits(
    session: Session,
) -> None:
    written(session, "one", "two")
    early = AuditEvent(action="early", actor="x", at=BEGIN - timedelta(days=30))
    session.add(early)
    session.flush()
    assert sealing.seal(session) == 0  # what was written long ago is looked for once a day
    assert found(session).waiting == 1
    sealing.seal_rest(session)
    assert found(session) == Verified(3, 0, 0, 0, [])
    last = sealing.last_seal(session)
    assert last is not None
    assert last.event_id == early.id


def test_events_are_sealed_in_batches_in_their_order(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 2)
    ids = written(session, "one", "two", "three", "four", "five")
    assert found(session).waiting == 3
    assert [sealing.seal(session) for _ in range(3)] == [2, 1, 0]
    query = select(AuditSeal.event_id).order_by(AuditSeal.number)
    assert list(session.scalars(query)) == ids
    assert not sealing.is_due(session)


def test_one_process_seals_at_a_time(own_engine: Engine) -> None:
    if own_engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer: its transaction is the lock")
    with Session(own_engine) as first, Session(own_engine) as second:
        record_event(first, "one", actor="x")
        first.commit()
        assert sealing.seal(first) == 1
        assert sealing.seal(second) == 0
        first.commit()
        second.rollback()
        assert sealing.seal(second) == 0
        assert verify(second).links == 1


def test_a_checkpoint_tells_of_a_chain_that_was_written_anew(session: Session) -> None:
    key = Ed25519PrivateKey.generate()
    one, *_ = written(session, "one", "two")
    made = checkpoints.sign(session, key)
    assert made is not None
    assert checkpoints.sign(session, key) is None  # once a day
    assert verify(session, [key.public_key()], [made]) == Verified(2, 0, 2, 0, [])

    session.execute(delete(AuditSeal))
    session.execute(delete(AuditEvent).where(AuditEvent.id == one))
    sealing.seal_rest(session)
    assert found(session).broken == [
        "checkpoint of 2026-03-02: the chain ended at number 2, and ends at 1 now"
    ]
    written(session, "four")
    assert found(session).broken == [
        "checkpoint of 2026-03-02: the chain up to number 2 was written anew"
    ]


def test_an_end_that_was_cut_off_is_told_by_a_checkpoint_kept_elsewhere(session: Session) -> None:
    key = Ed25519PrivateKey.generate()
    _, two = written(session, "one", "two")
    made = checkpoints.sign(session, key)
    assert made is not None
    outside = checkpoints.Checkpoint.from_line(made.as_line())
    session.execute(delete(AuditCheckpoint))
    session.execute(delete(AuditSeal).where(AuditSeal.event_id == two))
    session.execute(delete(AuditEvent).where(AuditEvent.id == two))
    assert found(session).broken == []
    (broken,) = verify(session, [key.public_key()], [outside]).broken
    assert "ended at number 2, and ends at 1 now" in broken


def test_a_checkpoint_of_another_key_is_told(session: Session) -> None:
    key, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    written(session, "one")
    checkpoints.sign(session, key)
    assert verify(session, [other.public_key()]).unknown_keys == 1
    forged = {"key_id": checkpoints.key_id(other.public_key())}
    session.execute(update(AuditCheckpoint).values(forged))
    session.expire_all()
    (broken,) = verify(session, [other.public_key()]).broken
    assert "its signature is not that of key" in broken


@pytest.mark.parametrize("line", ["", "[]", "{}", '{"day": 1}', "nothing"])
def test_a_line_that_is_no_checkpoint_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="no checkpoint"):
        checkpoints.Checkpoint.from_line(line)


def test_what_is_erased_is_gone_and_the_chain_is_whole(session: Session) -> None:
    protect(session.connection())
    one, two, _ = written(session, "one", "two", "three")
    assert erase(session, [one, two], by="beheer", reason="verzoek") == 2
    sealing.seal(session)
    assert found(session) == Verified(4, 0, 0, 0, [])
    erased = session.get_one(AuditEvent, one)
    assert (erased.actor, erased.kvk, erased.subject, erased.details) == ("", None, None, {})
    assert (erased.action, erased.at) == ("one", BEGIN)
    salts = session.scalars(select(AuditSeal.salt).order_by(AuditSeal.number)).all()
    assert [salt is None for salt in salts] == [True, True, False, False]
    told = session.scalars(select(AuditEvent).where(AuditEvent.action == "trail-erased")).one()
    assert (told.actor, told.details) == ("beheer", {"reason": "verzoek", "number": 2})


def test_an_erasure_that_no_event_tells_of_is_named(session: Session) -> None:
    one, two = written(session, "one", "two")
    erase(session, [one], by="beheer", reason="verzoek")
    sealing.seal(session)
    told = session.scalars(select(AuditSeal.erased_by).where(AuditSeal.number == 1)).one()
    empty: dict[str, object] = {"actor": "", "kvk": None, "subject": None, "details": {}}
    session.execute(update(AuditEvent).where(AuditEvent.id == two).values(empty))
    of_two = update(AuditSeal).where(AuditSeal.event_id == two)
    session.execute(of_two.values(salt=None, erased_by=told))
    (broken,) = found(session).broken
    assert broken.startswith(f"2 events are erased by event {told}, which tells of 1")


def test_an_erased_event_that_is_filled_again_is_named(session: Session) -> None:
    (one,) = written(session, "one")
    erase(session, [one], by="beheer", reason="verzoek")
    session.execute(update(AuditEvent).where(AuditEvent.id == one).values(actor="medewerker 2"))
    (broken,) = found(session).broken
    assert "erased, and written anew" in broken


CHANGES = (
    "DELETE FROM audit_event",
    "DELETE FROM audit_seal",
    "DELETE FROM audit_checkpoint",
    "UPDATE audit_event SET actor = 'x'",
    "UPDATE audit_event SET actor = ''",
    "UPDATE audit_event SET action = 'login'",
    "UPDATE audit_event SET action = 'x', actor = '', kvk = NULL, subject = NULL, details = '{}'",
    "UPDATE audit_seal SET salt = NULL",
    "UPDATE audit_seal SET sealed_at = at",
    "UPDATE audit_checkpoint SET number = 1",
)


@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_refuses_to_change_the_trail(session: Session, statement: str) -> None:
    written(session, "one")
    checkpoints.sign(session, Ed25519PrivateKey.generate())
    protect(session.connection())
    protect(session.connection())  # once more changes nothing
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(text(statement))
    assert found(session).broken == []


OVER_THE_FORMER = {
    "sqlite": [
        "REPLACE INTO {table} SELECT * FROM {table}",
        (
            "INSERT OR REPLACE INTO audit_event (rowid, id, action, actor, details, at) "
            "SELECT rowid, '00000000000000000000000000000000', action, 'x', details, at "
            "FROM audit_event"
        ),
    ],
    "postgresql": [
        (
            "INSERT INTO {table} SELECT * FROM {table} ON CONFLICT ({key}) "
            "DO UPDATE SET {key} = EXCLUDED.{key}, {changed}"
        )
    ],
}
KEYS = {
    "audit_event": ("id", "actor = 'x'"),
    "audit_seal": ("number", "sealed_at = '2026-01-01'"),
    "audit_checkpoint": ("day", "number = 1"),
}


@pytest.mark.parametrize("table", KEYS)
def test_nothing_is_written_over_what_is_there(session: Session, table: str) -> None:
    """SQLite runs no trigger for the row that REPLACE takes out, unless it is told to."""
    written(session, "one")
    checkpoints.sign(session, Ed25519PrivateKey.generate())
    protect(session.connection())
    key, changed = KEYS[table]
    for statement in OVER_THE_FORMER[session.get_bind().dialect.name]:
        asked = text(statement.format(table=table, key=key, changed=changed))
        with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
            session.execute(asked)
    written(session, "two")
    assert found(session).broken == []


def test_the_trail_is_not_emptied_at_once(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    protect(session.connection())
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(text("TRUNCATE audit_event"))
