"""Pools: the processes of a file that run, and those drawn beside them that only document."""

from processes.engine.diagram.graph import (
    BPMN,
    MAX_LABEL,
    Diagram,
    Scope,
    children,
    is_executable,
    label,
)
from processes.engine.diagram.xml import Element


def take_out_documentation(root: Element) -> bool:
    """Take out the processes that only document, beside one that runs; whether there were any."""
    drawn = children(root, "process")
    if not any(map(is_executable, drawn)):
        return False
    documenting = [process for process in drawn if not is_executable(process)]
    for process in documenting:
        root.remove(process)
    return bool(documenting)


def documentation(diagram: Diagram) -> list[Scope]:
    """The processes that are drawn beside those that run, and only document."""
    running = diagram.processes
    return [scope for scope in diagram.pools if scope not in running]


def pool_name(diagram: Diagram, scope: Scope) -> str:
    """The name of the pool in which a process is drawn, else its own, between quotes."""
    drawn = diagram.root.iter(f"{BPMN}participant")
    pools = (each for each in drawn if scope.id and each.get("processRef") == scope.id)
    name = next(filter(None, map(label, pools)), None) or scope.name or scope.id or ""
    return f"“{name[:MAX_LABEL]}”"
