"""Which processes begin with a message or signal, and to which company what begins belongs."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import definitions, specification_of
from processes.engine.interpreter.outcomes import ThrownEvent
from processes.engine.interpreter.parser import Specification
from processes.engine.language.expressions import ExpressionError, evaluate_template
from processes.engine.registry import is_tenant
from processes.engine.store.models import ProcessDefinition

Begins = tuple[ProcessDefinition, Specification, str]


def beginning_with(session: Session, thrown: ThrownEvent) -> list[Begins]:
    """The newest versions that begin with this message or signal, and with which start event.

    A message begins one process: the check of a deployment refuses a second one.
    """
    specifications = ((each, specification_of(session, each.id)) for each in definitions(session))
    found = (
        (each, specification, specification.starts.get((thrown.kind, thrown.name)))
        for each, specification in specifications
    )
    return [(each, specification, start) for each, specification, start in found if start]


def drawn_tenant(
    session: Session, specification: Specification, key: str, variables: Mapping[str, Any]
) -> str | None:
    """The company that the process names by its property `tenant`, if it is one that is known.

    The variables tell whom it is about; whether that company exists is not for their sender to say.
    """
    process = specification.elements.get(key)
    if process is None or not process.tenant:
        return None
    with suppress(ExpressionError):
        value = evaluate_template(process.tenant, variables)
        if isinstance(value, str) and is_tenant(session, value):
            return value
    return None
