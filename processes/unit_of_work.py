"""The unit of work: what one transaction gathers, reads ahead and announces, and its commit.

Each session has one, from its first use until it is closed; `unit_of_work(session)` gives it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID
from weakref import WeakKeyDictionary, ref

from sqlalchemy import Connection, event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from processes.late_session import LateSession, told_of_commits
from processes.one_writer import begin_writing
from processes.sending import Sending
from processes.statements import Rows, Statement
from processes.writing import write

NewJob: TypeAlias = tuple[UUID, str]
"""Id and topic of a job that was announced."""

Tell: TypeAlias = Callable[[Sequence[NewJob]], object]

_KEY = "unit_of_work"


@dataclass(frozen=True)
class StepHooks:
    """What a try-out adds to each step of its transactions."""

    answer: Callable[[Any], dict[str, Any] | None]
    """Given the `Element` of a delegate, the variables to go on with; None runs the delegate."""
    passages: list[Any]
    """Every `Passage` of a step is added to it."""


class UnitOfWork:
    """What is done in one session between two commits, besides the objects that it holds.

    A rollback, also to a savepoint, forgets what was announced, gathered and read ahead since.
    """

    def __init__(
        self, session: Session, *, tell: Tell | None = None, is_writing: bool = True
    ) -> None:
        """`tell` is told of the announced jobs after a commit; it must not raise."""
        self._session = ref(session)
        self._tell = tell
        self._gathered: dict[Statement, list[Mapping[str, Any]]] | None = None
        self._connected: Sending | None = None  # of the (nested) transaction that runs
        self._is_begun = False  # a transaction of SQLAlchemy whose end was not told yet
        self._announced_before_all = 0
        self._announced_before: WeakKeyDictionary[SessionTransaction, int] | None = None
        self.jobs: list[NewJob] = []
        """The jobs announced in this transaction, in their order."""
        self.workflows: dict[UUID, tuple[int, Any, Any]] = {}
        """By instance what a step left: its row version, what it came to, and its `Workflow` if it
        had one, which is cached at the commit."""
        self.read_ahead: dict[type, dict[Any, Any]] = {}
        """By model and id or key, what was read already, and mostly locked; until the (nested)
        end."""
        self.is_writing = is_writing
        """Whether what it reads stays true until it has written; not before `begin_writing`."""
        self.hooks: StepHooks | None = None
        session.info[_KEY] = self

    @property
    def session(self) -> Session:
        """The session it belongs to. Raises RuntimeError when that is gone."""
        session = self._session()
        if session is None:
            message = "the session of this unit of work is gone"
            raise RuntimeError(message)
        return session

    def announce(self, job_id: UUID, topic: str) -> None:
        """Remember a new job, of which the workers are told once it is committed."""
        self.jobs.append((job_id, topic))

    def take_jobs(self) -> list[NewJob]:
        """The jobs announced so far, for whoever tells the workers; they are told once."""
        taken, self.jobs = self.jobs, []
        return taken

    def commit(self) -> None:
        """Commit, then tell the workers of the new jobs."""
        self.session.commit()
        jobs = self.take_jobs()
        if self._tell is not None and jobs:
            self._tell(jobs)

    def begin_writing(self) -> None:
        """From here on it writes, on the connection on which it read.

        On SQLite the transaction of the one writer begins now, so what is written must be checked
        again in it, as the engine does with each step.
        """
        if self.is_writing:
            return
        self.is_writing = True
        connection = self.connection()
        driver: Any = connection.connection.dbapi_connection
        if connection.dialect.name == "sqlite" and not driver.in_transaction:
            begin_writing(connection)

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """Write the rows of many steps together, at the end or before anything is read.

        Raises UnwrittenError. Within another, that one goes on after it.
        """
        self.write_gathered()
        within = self._gathered is not None
        self._gathered = {}
        try:
            yield
            self.write_gathered()
        finally:
            self._gathered = {} if within else None

    def write(self, writes: Sequence[tuple[Statement, Rows]]) -> None:
        """Run statements that write, in one round trip; or gather them, by statement.

        Raises UnwrittenError, now or when what is gathered is written.
        """
        if self._gathered is None:
            write(self.connection(), writes)
            return
        for statement, rows in writes:
            self._gathered.setdefault(statement, []).extend(rows)

    def has_gathered(self, statement: Statement) -> bool:
        """Whether rows of this statement wait; what is gathered later goes after all of them."""
        return self._gathered is not None and statement in self._gathered

    def execute(self, statement: Statement, given: Mapping[str, Any]) -> int:
        """Run a statement once, now; the number of rows that it touched."""
        return statement.execute(self._connection(), given)

    def first(self, statement: Statement, given: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row that a statement selects or returns, with Python values."""
        return statement.first(self._connection(), given)

    def all(self, statement: Statement, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows that a statement selects or returns, with Python values."""
        return statement.all(self._connection(), given)

    def connection(self) -> Sending:
        """The connection of the session, which would look for it anew each time.

        Of a late session, in which SQLAlchemy did nothing yet, it is the driver's.
        """
        session = self.session
        if not session.in_transaction():
            self._forget_what_never_ended()
        if self._connected is None:
            direct = self._directly(session) if isinstance(session, LateSession) else None
            self._connected = session.connection() if direct is None else direct
        return self._connected

    def _forget_what_never_ended(self) -> None:
        """Forget what a transaction left whose end failed: SQLAlchemy tells nobody of that one.

        What was written on its connection from here on would be lost without a word.
        """
        lost, self._connected = self._connected, None
        if lost is None and not self._is_begun:
            return
        if isinstance(lost, Connection) and not lost.closed:
            lost.invalidate()
        self._is_begun = False
        self.workflows.clear()
        self.read_ahead.clear()
        if self._gathered is not None:
            self._gathered = {}
        del self.jobs[self._announced_before_all :]

    def _directly(self, session: LateSession) -> Sending | None:
        if not session.in_transaction():
            self._announced_before_all = len(self.jobs)
        return session.direct()

    def _connection(self) -> Sending:
        self.write_gathered()
        return self.connection()

    def write_gathered(self, within: SessionTransaction | None = None) -> None:
        """Write what was gathered; raises UnwrittenError as `write` would have."""
        if not self._gathered:
            return
        # First the connection: nothing is left to write where the one before was lost.
        connection = self.connection() if within is None else within.connection(None)
        gathered, self._gathered = self._gathered, {}
        write(connection, list(gathered.items()))

    def on_begin(self, begun: SessionTransaction) -> None:
        """A transaction or savepoint begins: what came before is not undone with it."""
        if begun.nested:
            self.write_gathered(within=begun.parent)
            if self._announced_before is None:
                self._announced_before = WeakKeyDictionary()
            self._announced_before[begun] = len(self.jobs)
        else:
            if self._is_begun:
                self._forget_what_never_ended()
            self._is_begun = True
            if not self._has_begun_directly:
                self._announced_before_all = len(self.jobs)
        self._connected = None

    def on_rollback(self, undone: SessionTransaction) -> None:
        """Forget what is undone."""
        self._connected = None
        self.workflows.clear()
        if self._gathered is not None:
            self._gathered = {}  # what came before a savepoint was written when it began
        if undone.nested or undone.parent is None:
            del self.jobs[self._announced_until(undone) :]

    def on_end(self, ended: SessionTransaction) -> None:
        """The locks of a (nested) transaction may be gone."""
        if ended.parent is None:
            self._is_begun = False
        if ended.nested or ended.parent is None:
            self.forget_locked()

    def forget_locked(self) -> None:
        """The connection is another from here on, and what was locked may be written by others."""
        self._connected = None
        self.read_ahead.clear()

    @property
    def _has_begun_directly(self) -> bool:
        session = self.session
        return isinstance(session, LateSession) and session.is_direct

    def _announced_until(self, begun: SessionTransaction) -> int:
        if not begun.nested:
            return self._announced_before_all
        known = self._announced_before
        return 0 if known is None else known.get(begun, 0)


def unit_of_work(session: Session) -> UnitOfWork:
    """The unit of work of this session."""
    unit: UnitOfWork | None = session.info.get(_KEY)
    return UnitOfWork(session) if unit is None else unit


@event.listens_for(Session, "do_orm_execute")
def _before_reading(state: ORMExecuteState) -> None:
    unit_of_work(state.session).write_gathered()


@event.listens_for(Session, "after_transaction_create")
def _on_begin(session: Session, begun: SessionTransaction) -> None:
    if begun.nested or begun.parent is None:
        unit_of_work(session).on_begin(begun)


@event.listens_for(Session, "after_soft_rollback")
def _on_rollback(session: Session, undone: SessionTransaction) -> None:
    unit_of_work(session).on_rollback(undone)


@event.listens_for(Session, "after_transaction_end")
def _on_end(session: Session, ended: SessionTransaction) -> None:
    unit_of_work(session).on_end(ended)


@told_of_commits
def _on_commit(session: Session) -> None:
    if not session.in_transaction():
        unit_of_work(session).forget_locked()
