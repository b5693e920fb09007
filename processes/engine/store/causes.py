"""Fingerprints of incidents, so that incidents with the same cause can be grouped."""

import re
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Uuid, column, select, table

JOB_FAILED = "job-failed"
_FRAME = re.compile(r'^  File "(?P<file>[^"]+)", line \d+, in (?P<function>.+)$', re.MULTILINE)
_TYPE = re.compile(r"^(?P<type>[A-Za-z_][\w.]*)(?::|$)", re.MULTILINE)
_OURS = re.compile(r"(?:^|/)(?P<place>(?:app|workers|forms|processes)/[\w/]+\.py)$")
# The table by name: its model imports this module.
_INSTANCE = table("process_instance", column("id", Uuid()), column("process_key"))


def cause_of(kind: str, details: str, *, element_id: str | None, process_key: str | None) -> str:
    """The fingerprint: type of the exception and the innermost place in our own code.

    Faults of a diagram are told apart by their element; a handler fails for all diagrams alike.
    """
    of_diagram = [] if kind == JOB_FAILED else [process_key or "", element_id or ""]
    parts = [kind, _exception_in(details), _place_in(details), *of_diagram]
    return sha256("\n".join(parts).encode()).hexdigest()[:32]


def cause_of_row(context: Any) -> str:
    """The fingerprint of an incident that is about to be inserted (a column default)."""
    row = context.get_current_parameters()
    key = None
    if row["kind"] != JOB_FAILED and row["instance_id"] is not None:
        key = _process_key(context.connection, row["instance_id"])
    return cause_of(row["kind"], row["details"], element_id=row["element_id"], process_key=key)


def _process_key(connection: Connection, instance_id: UUID) -> str | None:
    query = select(_INSTANCE.c.process_key).where(_INSTANCE.c.id == instance_id)
    key: str | None = connection.execute(query).scalar()
    return key


def _exception_in(details: str) -> str:
    """The last exception of a traceback: the ones above it are what it came from."""
    types = _TYPE.findall(_last_traceback(details))
    return str(types[0]) if types else ""


def _place_in(details: str) -> str:
    places = [
        f"{ours['place']}:{frame['function']}"
        for frame in _FRAME.finditer(_last_traceback(details))
        if (ours := _OURS.search(frame["file"]))
    ]
    return places[-1] if places else ""


def _last_traceback(details: str) -> str:
    return details.rpartition("Traceback (most recent call last):")[2]
