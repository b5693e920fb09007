"""The decisions that a case took: what they read, which rules were hit, what came of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.operations.masks import masked
from processes.engine.deployment.definitions import DECISION
from processes.engine.insight.rule_hits import decisions_of
from processes.engine.store.models import ProcessDefinition


@dataclass(frozen=True)
class DecisionLine:
    """One decision, as the page of a case shows it."""

    element_id: str
    key: str
    name: str
    version: int
    at: datetime
    inputs: Mapping[str, Any]
    hits: list[int]
    outputs: Mapping[str, Any]


def decision_lines(session: Session, instance_id: UUID, *, is_masked: bool) -> list[DecisionLine]:
    """Every decision of a case, in order; what may be personal is masked."""
    taken = decisions_of(session, instance_id)
    query = select(ProcessDefinition.key, ProcessDefinition.version, ProcessDefinition.name)
    keys = {f"{DECISION}{each.key}" for each in taken}
    found = session.execute(query.where(ProcessDefinition.key.in_(keys))) if keys else ()
    names = {(key.removeprefix(DECISION), version): name for key, version, name in found}
    return [
        DecisionLine(
            each.element_id,
            each.key,
            names.get((each.key, each.version), each.key),
            each.version,
            each.taken_at,
            masked(each.inputs) if is_masked else each.inputs,
            each.hits,
            masked(each.outputs) if is_masked else each.outputs,
        )
        for each in taken
    ]
