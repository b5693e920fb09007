"""The scenarios that are kept for a process: added, accepted anew, dropped."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import now
from processes.register.changes import record_event
from processes.tryout.models import KeptScenario
from processes.tryout.outcome import Outcome
from processes.tryout.scenario import Scenario, expected_of, read, write
from processes.tryout.scenarios import names_in

MOST = 100  # of one process


class NameTakenError(Exception):
    """The process has a scenario of this name already."""


class TooManyScenariosError(Exception):
    """The process has so many scenarios that nobody could wait for them."""


class UnknownScenarioError(LookupError):
    """There is no such scenario (any more)."""


def scenarios_of(session: Session, process_key: str) -> list[KeptScenario]:
    """Those that gate the process, by name."""
    query = select(KeptScenario).where(
        KeptScenario.process_key == process_key, KeptScenario.is_dropped.is_(False)
    )
    return list(session.scalars(query.order_by(KeptScenario.name)))


def keep(session: Session, scenario: Scenario, xml: str, *, by: str) -> KeptScenario:
    """Keep a new scenario; raises NameTakenError, TooManyScenariosError."""
    if len(scenarios_of(session, scenario.process)) >= MOST:
        raise TooManyScenariosError
    text = write(scenario, names_in(xml))
    row = _named(session, scenario.process, scenario.name)
    if row is not None and not row.is_dropped:
        raise NameTakenError(scenario.name)
    if row is None:
        row = KeptScenario(process_key=scenario.process, name=scenario.name, yaml=text, by=by)
        session.add(row)
    _change(session, row, text, by=by, reason="")
    return row


def accept(  # noqa: PLR0913 - each is a fact about the change, given by name
    session: Session, scenario_id: UUID, outcome: Outcome, xml: str, *, by: str, reason: str
) -> KeptScenario:
    """From now on this outcome is the expected one; raises UnknownScenarioError."""
    row = _open(session, scenario_id)
    known = read(row.yaml)
    actions = known.actions[: outcome.stopped_at]
    again = Scenario(known.name, known.process, actions, expected_of(outcome, xml))
    _change(session, row, write(again, names_in(xml)), by=by, reason=reason)
    return row


def rewrite(session: Session, scenario_id: UUID, text: str, *, by: str, reason: str) -> None:
    """Another text for a scenario; raises BadScenarioError, UnknownScenarioError."""
    row = _open(session, scenario_id)
    read(text)
    _change(session, row, text, by=by, reason=reason)


def drop(session: Session, scenario_id: UUID, *, by: str, reason: str) -> None:
    """It gates nothing any more; raises UnknownScenarioError."""
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
