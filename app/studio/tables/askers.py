"""The processes that ask a decision table, as far as who is signed in may see them."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from app.studio.deploy.versions import running_per_key
from app.web.process_rights import seen
from processes.engine.deployment.definitions import (
    definitions,
    deployed_xml,
    keys_of,
    latest_definition,
)
from processes.engine.deployment.drafts import ProcessDraft
from processes.engine.diagram import elements as diagram
from processes.engine.store.models import ProcessDefinition
from processes.tryout.gate import askers_of


def askers(session: Session) -> dict[str, list[ProcessDefinition]]:
    """The processes whose latest version asks a table, by the table's id."""
    files = deployed_xml(session)
    found: dict[str, list[ProcessDefinition]] = {}
    for process in seen(definitions(session)):
        elements = diagram.read(files[process.key]).elements.values()
        for wanted in {each.decision for each in elements if each.decision}:
            found.setdefault(wanted, []).append(process)
    return found


def impact_of(session: Session, draft: ProcessDraft) -> list[tuple[ProcessDefinition, int]]:
    """The processes that ask this table, and how many of their instances run: all get the rules."""
    running = running_per_key(session)
    asking = askers_of(session, keys_of(draft.xml.encode()))
    found = seen(latest_definition(session, key) for key in sorted(asking))
    return [(each, running.get(each.key, 0)) for each in found]


def files_of_askers(session: Session, keys: Iterable[str]) -> list[bytes]:
    """The files of the processes that ask one of these tables; of all while none does."""
    asking, files = askers_of(session, keys), deployed_xml(session)
    processes = seen(definitions(session))
    shown = [each for each in processes if each.key in asking] or processes
    return [files[each.key] for each in shown]
