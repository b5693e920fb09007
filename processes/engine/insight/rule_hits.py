"""How often each rule of a decision table was hit, and the decisions of a case.

Decisions are written by the step that takes them. A sweep adds them up afterwards, in rows for
each rule: steps that would all add to the same row would have to wait for each other.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_or_update
from sqlalchemy.orm import Session

from processes.engine.store.decision_models import RuleHits, TakenDecision
from processes.questions import Question

ALL = 0  # the rule under which every decision is counted
AT_A_TIME = 1000
_UNCOUNTED = text("NOT taken_decision.is_counted")  # as the index says it


def decisions_of(session: Session, instance_id: UUID) -> list[TakenDecision]:
    """The decisions that a case took, in order."""
    query = select(TakenDecision).where(TakenDecision.instance_id == instance_id)
    return list(session.scalars(query.order_by(TakenDecision.taken_at, TakenDecision.place)))


def rule_hits(session: Session, decision_key: str, version: int) -> Mapping[int, int]:
    """How many decisions by this version hit each rule, by number from 1; under 0 all decisions.

    A rule that was never hit is not in it. `decision_key` is the id that a diagram names.
    """
    counted = select(RuleHits.rule, RuleHits.count).where(
        RuleHits.key == decision_key, RuleHits.version == version
    )
    hits: Counter[int] = Counter()
    for rule, number in session.execute(counted):
        hits[rule] = number
    new = select(TakenDecision.hits).where(
        TakenDecision.key == decision_key,
        TakenDecision.version == version,
        _UNCOUNTED,
    )
    for rules in session.scalars(new):
        hits.update(_counted(rules))
    return hits


ANY_UNCOUNTED = Question(select(TakenDecision.id).where(_UNCOUNTED).exists())
"""Whether there are decisions to count."""


def count(session: Session, _moment: datetime) -> None:
    """Add up decisions, at most so many at a time; each is counted once, whoever counts."""
    hits: Counter[tuple[str, int, int]] = Counter()
    for key, version, rules in _taken_to_count(session):
        hits.update((key, version, rule) for rule in _counted(rules))
    _add(session, hits)


def _counted(rules: Iterable[int]) -> list[int]:
    return [ALL, *rules]


def _taken_to_count(session: Session) -> list[tuple[str, int, list[Any]]]:
    """Decisions that are counted from now on; others that count meanwhile take other ones."""
    chosen = (
        select(TakenDecision.id)
        .where(_UNCOUNTED)
        .limit(AT_A_TIME)
        .with_for_update(skip_locked=True)
    )
    ids = list(session.scalars(chosen))
    given = TakenDecision.key, TakenDecision.version, TakenDecision.hits
    found = session.execute(select(*given).where(TakenDecision.id.in_(ids))).all()
    done = update(TakenDecision).where(TakenDecision.id.in_(ids)).values(is_counted=True)
    session.execute(done, execution_options={"synchronize_session": False})
    return [(key, version, rules) for key, version, rules in found]


def _add(session: Session, hits: Mapping[tuple[str, int, int], int]) -> None:
    """In the order of their keys, so that two that count never wait for each other in a circle."""
    for (key, version, rule), more in sorted(hits.items()):
        row = {"key": key, "version": version, "rule": rule, "count": more}
        adding = insert_or_update(RuleHits).values(row)
        total = RuleHits.count + adding.excluded["count"]
        session.execute(
            adding.on_conflict_do_update(
                index_elements=["key", "version", "rule"], set_={"count": total}
            )
        )
