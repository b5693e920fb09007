"""Stored scenarios of a process: add, accept a new outcome, rewrite, drop."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import now
from processes.register.changes import record_event
from processes.tryout.models import KeptScenario
from processes.tryout.outcome import Outcome
from processes.tryout.scenarios.running import names_in
from processes.tryout.scenarios.scenario import Scenario, expected_of, read, write

MOST = 100  # of one process


class NameTakenError(Exception):
    """The process has a scenario with this name already."""


class TooManyScenariosError(Exception):
    """The process has the maximum number of scenarios."""


class UnknownScenarioError(LookupError):
    """There is no such scenario (any more)."""


def scenarios_of(session: Session, process_key: str) -> list[KeptScenario]:
    """Those that gate the process, by name."""
    query = select(KeptScenario).where(
        KeptScenario.process_key == process_key, KeptScenario.is_dropped.is_(False)
    )
    return list(session.scalars(query.order_by(KeptScenario.name)))


def keep(session: Session, scenario: Scenario, xml: str, *, by: str) -> KeptScenario:
    """Store a new scenario. Raises NameTakenError, TooManyScenariosError."""
    text = write(scenario, names_in(xml))
    return keep_text(session, (scenario.process, scenario.name), text, by=by)


def keep_text(session: Session, named: tuple[str, str], text: str, *, by: str) -> KeptScenario:
    """Store the text of a new scenario under its key and name.

    Raises NameTakenError, TooManyScenariosError.
    """
    key, name = named
    if len(scenarios_of(session, key)) >= MOST:
        raise TooManyScenariosError
    row = _named(session, key, name)
    if row is not None and not row.is_dropped:
        raise NameTakenError(name)
    if row is None:
        row = KeptScenario(process_key=key, name=name, yaml=text, by=by)
        session.add(row)
    _change(session, row, text, by=by, reason="")
    return row


def accept(  # noqa: PLR0913 - each is a fact about the change, given by name
    session: Session, scenario_id: UUID, outcome: Outcome, xml: str, *, by: str, reason: str
) -> KeptScenario:
    """Make this outcome the expected one. Raises UnknownScenarioError."""
    row = _open(session, scenario_id)
    known = read(row.yaml)
    actions = known.actions[: outcome.stopped_at]
    again = Scenario(known.name, known.process, actions, expected_of(outcome, xml))
    _change(session, row, write(again, names_in(xml)), by=by, reason=reason)
    return row


def rewrite(session: Session, scenario_id: UUID, text: str, *, by: str, reason: str) -> None:
    """Replace the text of a scenario. Raises BadScenarioError, UnknownScenarioError."""
    row = _open(session, scenario_id)
    read(text)
    _change(session, row, text, by=by, reason=reason)


def drop(session: Session, scenario_id: UUID, *, by: str, reason: str) -> None:
    """Drop a scenario from the gate. Raises UnknownScenarioError."""
    row = _open(session, scenario_id)
    row.is_dropped, row.from_file = True, False
    row.by, row.at, row.reason = by, now(), reason
    _record(session, "scenario-dropped", row)


def _named(session: Session, process_key: str, name: str) -> KeptScenario | None:
    query = select(KeptScenario).where(
        KeptScenario.process_key == process_key, KeptScenario.name == name
    )
    return session.scalars(query).one_or_none()


def _open(session: Session, scenario_id: UUID) -> KeptScenario:
    row = session.get(KeptScenario, scenario_id, with_for_update=True, populate_existing=True)
    if row is None or row.is_dropped:
        raise UnknownScenarioError(scenario_id)
    return row


def _change(session: Session, row: KeptScenario, text: str, *, by: str, reason: str) -> None:
    row.yaml, row.by, row.at, row.reason = text, by, now(), reason
    row.is_dropped, row.from_file = False, False
    _record(session, "scenario-changed" if reason else "scenario-kept", row)


def _record(session: Session, action: str, row: KeptScenario) -> None:
    session.flush()
    record_event(
        session,
        action,
        actor=row.by,
        subject=f"scenario:{row.id}",
        process=row.process_key,
        name=row.name,
        reason=row.reason,
    )
