"""When a KvK number can go over and when it cannot: consent in time, and what runs still (R59)."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.base import set_clock, today
from processes.casework.providers import kvk_numbers, leaving, transfers
from processes.casework.providers.kvk_numbers import TRANSFER, why_no_merge, why_no_transfer
from processes.casework.providers.merging import merge_providers
from processes.casework.providers.number_plans import plan
from processes.engine.deployment.definitions import deploy
from processes.engine.execution import instances
from processes.engine.execution.events import timers
from processes.engine.execution.instances import AlreadyRunningError
from processes.engine.execution.jobs import create_job
from processes.engine.registry import BpmnError
from processes.engine.store.message_models import BufferedMessage
from processes.engine.store.models import Job, JobStatus, ProcessInstance, UserTask
from processes.register.changes import AuditEvent
from processes.register.providers.leaving import close
from processes.register.providers.providers import Provider
from tests.app.offers.offer_world import BPMN, a_provider, a_published_offer, an_employee
from tests.app.registrar import test_numbers
from tests.app.registrar.test_numbers import NEW, NOW, begin_transfer, task
from tests.app.signing_in import KVK
from tests.app.tasks.test_worklist import Browser, browser
from workers.vocabulary import vocabulary

provider, registrar, employee = (
    test_numbers.provider,
    test_numbers.registrar,
    test_numbers.employee,
)


def agreements(session: Session) -> list[str]:
    query = select(AuditEvent.actor).filter_by(action="kvk-transfer-agreed", kvk=NEW)
    return list(session.scalars(query))


@pytest.mark.rule("R59")
def test_only_an_administrator_of_the_whole_company_agrees_and_only_in_time(
    app: Flask, session: Session, provider: Provider, registrar: Browser, employee: Browser
) -> None:
    begin_transfer(session, registrar, provider)
    employee.answer(employee.at(task(session, TRANSFER, "provider")), {"agrees": "ja"})
    newcomer = browser(app, session, Role.PROVIDER, kvk=NEW, employee="n" * 64)
    page = newcomer.open("/aanmelding")
    assert "Akkoord geven kan tot en met 15 maart 2027" in page.text
    assert "/aanmelding/akkoord" in page.text
    of_branch = app.test_client()
    an_employee(app, of_branch, kvk=NEW, employee="v" * 64, branch="000012345678")
    asked = of_branch.get("/aanmelding").text
    assert "alleen een beheerder die inlogt voor het hele bedrijf" in asked
    assert "/aanmelding/akkoord" not in asked

    moment = NOW + timedelta(days=16)
    set_clock(lambda: moment)
    timers.fire_due_timers(session, limit=10)
    session.commit()
    newcomer = browser(app, session, Role.PROVIDER, kvk=NEW, employee="n" * 64)
    late = newcomer.open("/aanmelding")
    assert "U kunt geen akkoord meer geven" in late.text
    assert "/aanmelding/akkoord" not in late.text
    newcomer.press(late, "/aanmelding/akkoord", {})
    assert "U gaf akkoord" not in newcomer.open("/aanmelding").text
    assert agreements(session) == []
    assert session.scalars(select(BufferedMessage)).all() == []
    registrar = browser(app, session, Role.REGISTRAR)
    page = registrar.at(task(session, TRANSFER, "registrar"))
    assert "gaf geen antwoord" in page.text


@pytest.mark.rule("R59")
def test_who_agrees_before_the_case_waits_for_it_agreed_once(
    app: Flask, session: Session, provider: Provider
) -> None:
    transfers.begin(session, provider, NEW, today() + timedelta(days=9), by="Anna")
    session.commit()
    newcomer = browser(app, session, Role.PROVIDER, kvk=NEW, employee="n" * 64)
    page = newcomer.open("/aanmelding")
    for _ in range(2):
        newcomer.press(page, "/aanmelding/akkoord", {})
    page = newcomer.open("/aanmelding")
    assert "U gaf akkoord" in page.text
    assert len(agreements(session)) == 1
    assert len(session.scalars(select(BufferedMessage)).all()) == 1
    told = plan(session, KVK, NEW)
    assert told is not None
    assert [told.agreed_by] == agreements(session)  # what who decides reads
    with pytest.raises(AlreadyRunningError):
        transfers.begin(session, provider, "90000127", today(), by="Bert")


@pytest.mark.rule("R59")
@pytest.mark.usefixtures("provider")
def test_what_runs_about_either_provider_is_finished_first(session: Session) -> None:
    target = a_provider(session, NEW, display_name="De Grote Leerkring")
    xml = (BPMN / "provider_leaving.bpmn").read_bytes()
    deploy(session, xml, vocabulary=vocabulary(), deployed_by="test", from_file=True)
    assert why_no_merge(session, KVK, NEW) is None
    job = create_job(session, "apply-offer-import", {}, idempotency_key="an-import", tenant=KVK)
    told = "Wacht tot klaar is wat voor De Leerkring loopt: een bestand met aanbod dat toegepast"
    assert told in (why_no_merge(session, KVK, NEW) or "")
    assert told in (why_no_transfer(session, KVK, "90000127") or "")
    job.status = JobStatus.DONE

    transfers.begin(session, target, "90000127", today() + timedelta(days=9), by="Anna")
    told = "Rond eerst af wat er over De Grote Leerkring loopt: Naar een ander KvK-nummer."
    assert why_no_merge(session, KVK, NEW) == told
    running = transfers.transfer_of(session, NEW)
    assert running is not None
    instances.cancel(session, running.id, by="Anna")

    leaving.begin(session, target, today(), by="medewerker 1", initiator="provider:1")
    told = "De Grote Leerkring gaat vertrekken. Vraag de aanbieder om te blijven;"
    assert (why_no_merge(session, KVK, NEW) or "").startswith(told)
    told = "De Grote Leerkring gaat vertrekken."
    assert (why_no_transfer(session, NEW, "90000127") or "").startswith(told)
    close(session, target, by="loket")
    told = "De Grote Leerkring is vertrokken en kan geen aanbod krijgen. Vraag"
    assert (why_no_merge(session, KVK, NEW) or "").startswith(told)
    told = "De Grote Leerkring is vertrokken. Vraag de aanbieder om terug te komen;"
    assert (why_no_merge(session, NEW, KVK) or "").startswith(told)


@pytest.mark.rule("R59")
def test_a_provider_that_is_gone_comes_back_to_who_decides(session: Session) -> None:
    with pytest.raises(BpmnError, match="geen aanbieder meer"):
        transfers.transfer_provider(session, KVK, NEW, "Anna")
    with pytest.raises(BpmnError, match="geen andere aanbieder"):
        merge_providers(session, KVK, NEW, "Anna")


@pytest.mark.rule("R59")
def test_all_cases_move_with_their_tasks_and_jobs(
    session: Session, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kvk_numbers, "CHUNK", 1)
    for _ in range(2):
        a_published_offer(session, provider)
    session.commit()
    every = ProcessInstance.id.is_not(None)
    kvk_numbers.move_cases(session, every, KVK, NEW)
    for table in (ProcessInstance, UserTask, Job):
        tenants = session.scalars(select(table.tenant)).all()
        assert len(tenants) >= 2 or table is not ProcessInstance
        assert set(tenants) <= {NEW}
