"""A process drawn like the onboarding: loops back, then two jobs side by side, then one end."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution import incidents, instances, jobs
from processes.engine.insight import history
from processes.engine.registry import BpmnError, delegate
from processes.engine.store.job_rows import ClaimedJob
from processes.engine.store.models import InstanceStatus, Job, JobStatus, ProcessInstance
from processes.unit_of_work import unit_of_work
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    error,
    flow,
    inputs,
    job,
    node,
    process,
    user,
)
from tests.processes.engine.diagrams import delegate as delegate_task

LEASE = timedelta(minutes=2)

ONBOARDING = (
    node("startEvent", "start")
    + user("quality_requirements")
    + node("exclusiveGateway", "all_yes", default="all_yes_to_requirements_not_met")
    + user("requirements_not_met")
    + user("company_details")
    + node("exclusiveGateway", "next_step", default="next_step_to_review")
    + user("review")
    + node("exclusiveGateway", "confirmed", default="confirmed_to_register_provider")
    + delegate_task("register_provider")
    + boundary("requirements_changed", "register_provider", error("requirements-changed"))
    + node("parallelGateway", "split")
    + job("send_confirmation", "send-confirmation", inputs(to="${contact['email']}"))
    + boundary("address_refused", "send_confirmation", error("address-refused"))
    + user("repair_address", camunda_candidateGroups="registrar")
    + job("migrate_offers", "migrate-offers")
    + boundary("provider_unknown", "migrate_offers", error("provider-unknown"))
    + node("exclusiveGateway", "known", default="known_to_check_trade_register")
    + job("check_trade_register", "check-trade-register")
    + node("exclusiveGateway", "checked")
    + node("exclusiveGateway", "migrated")
    + node("parallelGateway", "join")
    + node("endEvent", "end")
    + chain("start", "quality_requirements", "all_yes")
    + flow("all_yes", "company_details", "${all_yes}")
    + flow("all_yes", "requirements_not_met")
    + chain("requirements_not_met", "quality_requirements")
    + chain("company_details", "next_step")
    + flow("next_step", "quality_requirements", "${next == 'back'}")
    + flow("next_step", "review")
    + chain("review", "confirmed")
    + flow("confirmed", "quality_requirements", "${change == 'requirements'}")
    + flow("confirmed", "company_details", "${change == 'company'}")
    + flow("confirmed", "register_provider")
    + chain("register_provider", "split", "send_confirmation", "join", "end")
    + chain("requirements_changed", "quality_requirements")
    + chain("address_refused", "repair_address", "send_confirmation")
    + chain("split", "migrate_offers", "migrated", "join")
    + chain("provider_unknown", "migrated")
    + chain("split", "known")
    + flow("known", "checked", "${company_known}")
    + flow("known", "check_trade_register")
    + chain("check_trade_register", "checked", "join")
)


@pytest.fixture
def instance(session: Session) -> ProcessInstance:
    @delegate("register_provider", title="Aanbieder registreren")
    def register(_session: Session, company: dict[str, Any]) -> dict[str, Any]:
        if company.get("stale"):
            raise BpmnError(code="requirements-changed")
        return {"provider_id": "7", "company_known": company["known"]}

    codes = ("requirements-changed", "address-refused", "provider-unknown")
    define(session, process(ONBOARDING, errors=codes))
    return instances.start_process(
        session, "p", business_key="90000017", tenant="90000017", started_by="anna"
    )


def complete(session: Session, element_id: str, **variables: Any) -> None:
    tasks = {task.element_id: task for task in instances.open_user_tasks(session)}
    instances.complete_user_task(
        session, tasks[element_id].id, completed_by="anna", variables=variables
    )


def confirm(session: Session, **company: Any) -> None:
    complete(session, "quality_requirements", all_yes=True, declaration={"answers": {"1": "ja"}})
    complete(
        session,
        "company_details",
        next="on",
        company={"known": True, **company},
        contact={"email": "a@b.nl"},
    )
    complete(session, "review", change="")


def claim(session: Session, topic: str) -> ClaimedJob:
    for job_id in jobs.due_jobs(session, 10):
        found = session.get_one(Job, job_id)
        if found.topic == topic and found.status == JobStatus.NEW:
            claimed = jobs.claim(session, job_id, owner="w", lease=LEASE)
            assert claimed is not None
            return claimed
    raise AssertionError(topic)


def finish(session: Session, topic: str, **variables: Any) -> None:
    claimed = claim(session, topic)
    assert jobs.finish(session, claimed.id, "w", claimed.attempts, variables)


def fail(session: Session, topic: str, error: Exception) -> None:
    claimed = claim(session, topic)
    assert jobs.fail(session, claimed.id, "w", claimed.attempts, error)


def test_the_straight_way_ends_when_both_jobs_are_done(
    session: Session, instance: ProcessInstance
) -> None:
    confirm(session)
    assert history.waiting_at(session, instance.id) == ["migrate_offers", "send_confirmation"]

    finish(session, "migrate-offers", migrated=3)
    finish(session, "send-confirmation", sent_to="a@b.nl")

    assert instance.status == InstanceStatus.COMPLETED
    ended = instances.variables(session, instance)
    assert (ended["migrated"], ended["sent_to"], ended["provider_id"]) == (3, "a@b.nl", "7")


@pytest.mark.parametrize(
    ("next_", "change", "expected"),
    [
        ("back", "", "quality_requirements"),
        ("on", "requirements", "quality_requirements"),
        ("on", "company", "company_details"),
    ],
)
def test_each_way_back_leads_to_its_form(
    session: Session, instance: ProcessInstance, next_: str, change: str, expected: str
) -> None:
    complete(session, "quality_requirements", all_yes=True)
    complete(session, "company_details", next=next_, company={}, contact={})
    if next_ == "on":
        complete(session, "review", change=change)

    assert history.waiting_at(session, instance.id) == [expected]


def test_requirements_that_changed_meanwhile_lead_back(
    session: Session, instance: ProcessInstance
) -> None:
    confirm(session, stale=True)

    assert history.waiting_at(session, instance.id) == ["quality_requirements"]
    assert unit_of_work(session).take_jobs() == []


def test_a_refused_address_is_repaired_and_the_mail_sent_again(
    session: Session, instance: ProcessInstance
) -> None:
    confirm(session)

    fail(session, "send-confirmation", BpmnError("address-refused"))
    assert history.waiting_at(session, instance.id) == ["migrate_offers", "repair_address"]
    complete(session, "repair_address", contact={"email": "goed@b.nl"})
    again = claim(session, "send-confirmation")
    assert again.arguments["to"] == "goed@b.nl"
    assert jobs.finish(session, again.id, "w", again.attempts, {})
    finish(session, "migrate-offers", migrated=0)

    assert instance.status == InstanceStatus.COMPLETED
    assert instances.variables(session, instance)["contact"] == {"email": "goed@b.nl"}


def test_an_unknown_provider_ends_its_branch_only(
    session: Session, instance: ProcessInstance
) -> None:
    confirm(session)

    fail(session, "migrate-offers", BpmnError("provider-unknown"))
    assert history.waiting_at(session, instance.id) == ["send_confirmation"]
    finish(session, "send-confirmation")

    assert instance.status == InstanceStatus.COMPLETED


def test_an_unknown_company_is_checked_beside_the_jobs(
    session: Session, instance: ProcessInstance
) -> None:
    confirm(session, known=False)
    finish(session, "check-trade-register", trade_name="Academie")
    finish(session, "migrate-offers")
    assert history.waiting_at(session, instance.id) == ["send_confirmation"]
    finish(session, "send-confirmation")

    assert instance.status == InstanceStatus.COMPLETED
    assert instances.variables(session, instance)["trade_name"] == "Academie"


def test_two_branches_that_disagree_are_an_incident_that_names_both(
    session: Session, instance: ProcessInstance
) -> None:
    confirm(session)
    finish(session, "migrate-offers", outcome="three")
    finish(session, "send-confirmation", outcome="sent")

    assert instance.status == InstanceStatus.ACTIVE
    (incident,) = incidents.open_incidents(session)
    assert incident.kind == "merge-conflict"
    assert "outcome" in incident.message
    assert "migrate" in incident.message
    assert "send_confirmation" in incident.message


def test_the_state_of_an_onboarding_stays_small(
    session: Session, instance: ProcessInstance
) -> None:
    confirm(session)
    session.refresh(instance, ["state"])

    assert len(instance.state) <= 1200
