"""Conditional start events (BPMN 2.0 §10.5.2): starts processes whose condition holds.

A condition looks at facts from outside (a new school year, a rule that came into force), and before
a process begins it has no variables of its own. The caller gives the facts.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import definitions, specification_of
from processes.engine.execution.events import delivery
from processes.engine.execution.events.delivery import AlreadyRunningError
from processes.engine.execution.events.new_instances import Start
from processes.engine.execution.steps import StepFailedError
from processes.engine.language import expressions
from processes.engine.language.functions import ExpressionError
from processes.engine.language.values import variables_of
from processes.engine.store.models import ProcessInstance


def start_where_true(
    session: Session,
    facts: Mapping[str, Any],
    *,
    business_key: str | None = None,
    tenant: str | None = None,
    by: str,
) -> list[ProcessInstance]:
    """Start the latest version of each process whose start condition holds for these facts.

    A condition that names a missing fact does not hold. A process whose first step fails leaves an
    incident; one that runs already for this business key is not started again. Raises
    ExpressionError, with the key of the process, for a condition that comes to no yes or no; then
    nothing was started.
    """
    given = variables_of(facts)
    holding = [
        Start(each.id, each.key, business_key, tenant, given, by, element_id)
        for each in definitions(session)
        for element_id in _holding(
            each.key, specification_of(session, each.id).start_conditions, given
        )
    ]
    begun = []
    for start in holding:
        with suppress(AlreadyRunningError, StepFailedError):
            begun.append(delivery.start(session, start))
    return begun


def _holding(key: str, conditions: Mapping[str, str], facts: Mapping[str, Any]) -> Iterator[str]:
    for element_id, text in conditions.items():
        try:
            is_true = expressions.holds(text, facts)
        except ExpressionError as error:
            told = f"{key}: {error}"
            raise ExpressionError(told) from error
        if is_true:
            yield element_id
