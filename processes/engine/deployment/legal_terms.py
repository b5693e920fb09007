"""The legal term of a process, as drawn, and whether a case that ends was within it (B03).

The term is the property `legalTerm` of the process, an ISO 8601 duration such as P6W. It begins on
the day after the case began, and ends by the Algemene termijnenwet. A suspension of the term, as
the Awb knows one, is not reckoned with.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from processes.base import local
from processes.engine.deployment.start_rights import beginning_of
from processes.engine.diagram.graph import UnreadableDiagramError
from processes.engine.language import iso8601
from processes.engine.language.iso8601 import Duration, IsoError
from processes.engine.language.working_days import end_of_term, is_term
from processes.engine.store.models import ProcessInstance
from processes.engine.store.term_models import CaseTerm


def legal_term_of(session: Session, definition_id: UUID) -> Duration | None:
    """The term of a version; None where none is drawn, or the file cannot be read."""
    try:
        return read_term(beginning_of(session, definition_id).legal_term)
    except (UnreadableDiagramError, LookupError):
        return None


def read_term(text: str | None) -> Duration | None:
    """The term that is written so; None where it is none."""
    try:
        term = iso8601.duration(text or "")
    except IsoError:
        return None
    return term if is_term(term) else None


def last_day(began_at: datetime, term: Duration) -> date:
    """The last day of the term of a case that began at this moment."""
    return end_of_term(local(began_at).date(), term)


def note_end(
    session: Session,
    instance_id: UUID,
    definition_id: UUID,
    ended_at: datetime,
    *,
    is_completed: bool,
) -> None:
    """Keep of a case that ends whether it was within its term; nothing where it has none."""
    term = legal_term_of(session, definition_id)
    if term is None:
        return
    query = select(ProcessInstance.process_key, ProcessInstance.started_at)
    key, started_at = session.execute(query.where(ProcessInstance.id == instance_id)).one()
    forget(session, instance_id)
    session.add(
        CaseTerm(
            instance_id=instance_id,
            process_key=key,
            due_on=last_day(started_at, term),
            ended_on=local(ended_at).date(),
            is_completed=is_completed,
        )
    )
    session.flush()


def forget(session: Session, instance_id: UUID) -> None:
    """Keep nothing of a case that runs again."""
    gone = delete(CaseTerm).where(CaseTerm.instance_id == instance_id)
    session.execute(gone, execution_options={"synchronize_session": False})
