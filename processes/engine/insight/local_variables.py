"""What the tokens of an instance know that is not among the variables of the instance itself."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from processes.engine.execution import steps
from processes.engine.language.values import json_value, same
from processes.engine.store.models import ProcessInstance

MOST = 50  # tokens on a page


@dataclass(frozen=True)
class LocalVariables:
    """The variables of one token that are its own: parameters, its round, a called process."""

    element_id: str
    name: str
    token_id: UUID
    variables: dict[str, Any]


def local_variables(session: Session, instance: ProcessInstance) -> list[LocalVariables]:
    """Of each token that waits, what it sees otherwise than the instance; at most fifty."""
    workflow = steps.read(session, instance)
    known = workflow.variables()
    first = {wait.token_id: wait for wait in reversed(workflow.waits())}
    found = []
    for wait in reversed(first.values()):
        own = {
            name: json_value(value)
            for name, value in wait.data.items()
            if name not in known or not same(known[name], value)
        }
        if own:
            found.append(LocalVariables(wait.element.id, wait.element.name, wait.token_id, own))
    return found[:MOST]


def variables_at(session: Session, instance: ProcessInstance, token_id: UUID) -> dict[str, Any]:
    """A copy of the variables as a token sees them. Raises TokenGoneError."""
    seen: dict[str, Any] = json_value(steps.read(session, instance).variables_at(token_id))
    return seen
