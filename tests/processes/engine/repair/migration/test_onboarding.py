"""An onboarding that is moved to another version at every one of its waits, there and back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.execution import instances, jobs
from processes.engine.registry import BpmnError, delegate
from processes.engine.store.models import Job, JobStatus, ProcessInstance
from processes.engine.store.snapshot_models import MigrationOutcome
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    flow,
    node,
    process,
    timer,
    user,
)
from tests.processes.engine.repair.migration.migrating import (
    apply,
    at,
    do,
    dry_run,
    has_ended,
    items_of,
)
from tests.processes.engine.words.test_onboarding_shape import ONBOARDING

CODES = ("requirements-changed", "address-refused", "provider-unknown")
EDGES = "".join(
    boundary(f"late_{id_}", id_, timer("timeDuration", "P14D"), interrupting=False)
    + node("endEvent", f"reminded_{id_}")
    + chain(f"late_{id_}", f"reminded_{id_}")
    for id_ in ("quality_requirements", "company_details", "review", "send_confirmation")
)
WITH_ONE_MORE = ONBOARDING.replace(
    flow("join", "end"), user("welcome") + chain("join", "welcome", "end")
)


@pytest.fixture
def instance(session: Session) -> ProcessInstance:
    @delegate("register_provider", title="Aanbieder registreren")
    def register(_session: Session, company: dict[str, Any]) -> dict[str, Any]:
        return {"provider_id": "7", "company_known": company["known"]}

    define(session, process(ONBOARDING, errors=CODES))
    return instances.start_process(session, "p", business_key="90000017", started_by="anna")


def there_and_back(session: Session, instance: ProcessInstance) -> None:
    """Through a version with reminders to one with a task more, and nothing is lost."""
    before = at(session)
    for body in (ONBOARDING + EDGES, WITH_ONE_MORE):
        session.refresh(instance)
        new = define(session, process(body, errors=CODES))
        plan = dry_run(session, instance.definition_id, new.id)
        run = apply(session, plan, by="olga")
        (item,) = items_of(session, run.id)
        assert item.outcome == MigrationOutcome.MIGRATED, item.reason
        session.expire_all()
        assert at(session) == before


def work_off(session: Session, topic: str, outcome: dict[str, Any] | BpmnError) -> None:
    open_job = select(Job).where(Job.topic == topic).where(Job.status == JobStatus.NEW)
    made = session.scalars(open_job).one()
    assert jobs.claim(session, made.id, owner="w", lease=timedelta(minutes=1)) is not None
    if isinstance(outcome, BpmnError):
        assert jobs.fail(session, made.id, "w", 1, outcome)
    else:
        assert jobs.finish(session, made.id, "w", 1, outcome)


def test_it_loses_nothing_on_its_way(session: Session, instance: ProcessInstance) -> None:
    there_and_back(session, instance)
    do(session, "quality_requirements", all_yes=False)
    there_and_back(session, instance)
    do(session, "requirements_not_met")
    there_and_back(session, instance)
    do(session, "quality_requirements", all_yes=True)
    there_and_back(session, instance)
    do(session, "company_details", next="on", company={"known": False}, contact={"email": "a@b.nl"})
    there_and_back(session, instance)
    do(session, "review", change="")
    there_and_back(session, instance)
    work_off(session, "migrate-offers", BpmnError("provider-unknown"))
    there_and_back(session, instance)
    work_off(session, "send-confirmation", BpmnError("address-refused"))
    there_and_back(session, instance)
    do(session, "repair_address", contact={"email": "c@d.nl"})
    there_and_back(session, instance)
    work_off(session, "check-trade-register", {"checked": True})
    there_and_back(session, instance)
    work_off(session, "send-confirmation", {"sent": True})

    assert at(session) == ["welcome"]
    known = instances.variables(session, instance)
    assert (known["provider_id"], known["contact"]) == ("7", {"email": "c@d.nl"})
    assert (known["checked"], known["sent"]) == (True, True)
    do(session, "welcome")
    assert has_ended(session, instance)
