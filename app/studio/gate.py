"""Scenarios stand before a deployment; what passed on the very same files is not run again."""

from collections import OrderedDict
from hashlib import sha256
from threading import Lock

from sqlalchemy.orm import Session

from processes.engine import diagram
from processes.tryout.gate import Failing, failing
from processes.tryout.kept import scenarios_of
from processes.tryout.play import beside

REMEMBERED = 50  # files

_passed: OrderedDict[str, None] = OrderedDict()
_lock = Lock()


def failing_scenarios(session: Session, xml: str) -> list[Failing]:
    """The scenarios that keep this file, which must be deployable, from being deployed."""
    key = _all_that_counts(session, xml)
    with _lock:
        if key in _passed:
            return []
    found = failing(session, xml)
    if not found:
        _remember(key)
    return found


def number_of_scenarios(session: Session, xml: str) -> int:
    """How many scenarios this file must pass."""
    keys = diagram.read(xml.encode()).processes
    return sum(len(scenarios_of(session, key)) for key in keys)


def _all_that_counts(session: Session, xml: str) -> str:
    """One text for the file, what stands beside it, and every scenario."""
    told = [xml, *(f"{key}\n{file}" for key, file in sorted(beside(session, xml).items()))]
    for key in sorted(diagram.read(xml.encode()).processes):
        told += [f"{kept.id}\n{kept.yaml}" for kept in scenarios_of(session, key)]
    return sha256("\0".join(told).encode()).hexdigest()


def _remember(key: str) -> None:
    with _lock:
        _passed[key] = None
        while len(_passed) > REMEMBERED:
            _passed.popitem(last=False)
