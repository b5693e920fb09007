"""A provider claims offers of the older register; a registrar judges that with evidence (R6)."""

from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.base import now
from processes.casework.providers.claims import PROCESS
from processes.engine.deployment.definitions import deploy
from processes.engine.execution import instances
from processes.engine.execution.jobs import claim, finish
from processes.engine.store.models import InstanceStatus, Job, JobStatus, ProcessInstance, UserTask
from processes.register.changes import AuditEvent
from processes.register.legacy.migration import pending
from processes.register.legacy.staging import LegacyOffer, LegacyProvider, stage
from processes.register.migration_report import MigrationOutcome, MigrationResult
from processes.register.providers.providers import Provider
from tests.app.offers.offer_world import BPMN, a_provider
from tests.app.onboarding import heading
from tests.app.tasks.company.test_leaving import context
from tests.app.tasks.test_worklist import Browser, browser
from workers.handlers.mail.letters import Letter
from workers.handlers.providers import claims as claim_mails
from workers.vocabulary import vocabulary

FORMER, HELD = "90000099", "90000077"
ROWS = (
    f"17;oud;{FORMER};Oude Leerkring;Dag",
    "18;los;;Oude Leerkring;Zonder nummer",
    f"19;ander;{HELD};Oude Leerkring Zuid;Van een ander",
)
TOLD = {"name": "oude leerkring", "explanation": "Wij heetten <toen> zo."}


@pytest.fixture
def provider(session: Session, tmp_path: Path) -> Provider:
    xml = (BPMN / "offer_claim.bpmn").read_bytes()
    deploy(session, xml, vocabulary=vocabulary(), deployed_by="test", from_file=True)
    provider = a_provider(session)
    a_provider(session, HELD, display_name="De Ander")
    import_rows(session, tmp_path)
    return provider


def import_rows(session: Session, folder: Path, *more: str) -> list[str]:
    path = folder / "export.csv"
    lines = ["activiteit_id;account;kvknummer;aanbieder;titel", *ROWS, *more]
    path.write_text("\n".join(lines), "utf-8")
    problems = stage(session, path, source="registerleraar").problems
    session.commit()
    return problems


@pytest.fixture
def employee(app: Flask, session: Session, provider: Provider) -> Browser:
    assert provider
    return browser(app, session, Role.PROVIDER)


@pytest.fixture
def registrar(app: Flask, session: Session, provider: Provider) -> Browser:
    assert provider
    return browser(app, session, Role.REGISTRAR)


def perform(session: Session, topic: str, result: dict[str, int] | None = None) -> Job:
    """As a worker that did this job of the process."""
    job = session.scalars(select(Job).filter_by(topic=topic, status=JobStatus.NEW)).one()
    claimed = claim(session, job.id, owner="test", lease=timedelta(minutes=1))
    assert claimed is not None
    assert finish(session, job.id, "test", claimed.attempts, result)
    session.commit()
    return job


def task(session: Session) -> UserTask:
    session.expire_all()
    (found,) = instances.open_user_tasks(session, process_key=PROCESS)
    return found


def is_over(session: Session) -> bool:
    session.expire_all()
    query = select(ProcessInstance.status).filter_by(process_key=PROCESS)
    return session.scalars(query).one() is InstanceStatus.COMPLETED


def ask(session: Session, employee: Browser, **more: str) -> None:
    """Claim, and let the workers bring it to the registrar."""
    page = employee.open("/bedrijf/ouder-aanbod")
    page = employee.press(page, "/bedrijf/ouder-aanbod", {})
    assert heading(page) == "Ouder aanbod opvragen"
    assert employee.answer(page, {"name": ""}).status_code == 422
    employee.answer(page, TOLD | more)
    assert "Wij bekijken uw vraag" in employee.open("/bedrijf/ouder-aanbod").text
    perform(session, "fetch-older-offers")
    perform(session, "send-claim-received")


def id_of(session: Session, account: str) -> str:
    return str(session.scalars(select(LegacyProvider.id).filter_by(account=account)).one())


@pytest.mark.rule("R6")
def test_a_registrar_gives_older_offers_to_who_claims_them(
    session: Session, provider: Provider, employee: Browser, registrar: Browser, tmp_path: Path
) -> None:
    evidence = (BytesIO(b"%PDF-1.7\n%%EOF\n"), "uittreksel.pdf", "application/pdf")
    ask(session, employee, **{"veld_claim_evidence-nieuw": evidence})  # type: ignore[arg-type]
    page = registrar.at(task(session))
    assert "Wij heetten &lt;toen&gt; zo." in page.text
    assert "uittreksel.pdf" in page.text
    assert "Oude Leerkring, account oud, KvK 90000099, 1 activiteit" in page.text
    assert "account los, zonder KvK-nummer, 1 activiteit" in page.text
    assert "van De Ander" in page.text
    assert id_of(session, "ander") not in page.text
    assert registrar.answer(page, {"verdict": "toewijzen"}).status_code == 422
    chosen = [id_of(session, "oud"), id_of(session, "los")]
    registrar.answer(page, {"verdict": "toewijzen", "accounts": chosen})
    assert [each.legacy_id for each in pending(session, provider.kvk, limit=9)] == ["17", "18"]
    perform(session, "migrate-offers", {"offers_migrated": 2, "offers_failed": 0})
    perform(session, "send-claim-granted")
    assert is_over(session)
    query = select(AuditEvent).filter_by(action="older-offers-assigned", kvk=provider.kvk)
    assert {each.details["former_kvk"] for each in session.scalars(query)} == {FORMER, ""}

    newer = f"20;oud;{FORMER};Oude Leerkring;Nog een dag"
    assert import_rows(session, tmp_path, newer) == []
    owners = {each.legacy_id: each.kvk for each in session.scalars(select(LegacyOffer))}
    assert owners == {"17": provider.kvk, "18": provider.kvk, "19": HELD, "20": provider.kvk}


@pytest.mark.rule("R6")
@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (MigrationOutcome.CREATED, "Als concept in uw overzicht: 1 activiteit."),
        (MigrationOutcome.FAILED, "Er kwam geen concept bij"),
    ],
)
def test_the_mail_tells_what_stands_as_a_concept(
    session: Session,
    provider: Provider,
    employee: Browser,
    registrar: Browser,
    monkeypatch: pytest.MonkeyPatch,
    outcome: MigrationOutcome,
    said: str,
) -> None:
    letters: list[Letter] = []
    monkeypatch.setattr(
        claim_mails, "send_alone", lambda _job, write: letters.append(write(session))
    )
    keep_result(session, provider, "16", MigrationOutcome.CREATED, now() - timedelta(days=30))
    ask(session, employee)
    page = registrar.at(task(session))
    chosen = [id_of(session, "oud"), id_of(session, "los")]
    registrar.answer(page, {"verdict": "toewijzen", "accounts": chosen})
    keep_result(session, provider, "17", outcome, now())
    keep_result(session, provider, "18", MigrationOutcome.FAILED, now())
    perform(session, "migrate-offers", {"offers_migrated": 2, "offers_failed": 0})
    job = perform(session, "send-claim-granted")
    claim_mails.send_claim_granted(str(provider.id), job=context(session, job))
    assert said in " ".join(letters[0].text.split())


def keep_result(
    session: Session, provider: Provider, row: str, outcome: MigrationOutcome, at: datetime
) -> None:
    kept = MigrationResult(
        source="registerleraar",
        legacy_id=row,
        kvk=provider.kvk,
        outcome=outcome,
        title="Dag",
        offer_id=None,
        notes=[],
        at=at,
    )
    session.add(kept)
    session.commit()


@pytest.mark.rule("R6")
def test_a_claim_without_enough_evidence_is_refused_with_reasons(
    session: Session, provider: Provider, employee: Browser, registrar: Browser
) -> None:
    assert "geweigerd" not in employee.open("/bedrijf/ouder-aanbod").text
    ask(session, employee)
    page = registrar.at(task(session))
    assert registrar.answer(page, {"verdict": "weigeren"}).status_code == 422
    registrar.answer(page, {"verdict": "weigeren", "reason": "Geen bewijs."})
    assert perform(session, "send-claim-rejected").arguments["claim_reason"] == "Geen bewijs."
    assert is_over(session)
    assert pending(session, provider.kvk, limit=9) == []
    page = employee.open("/bedrijf/ouder-aanbod")
    assert "Beginnen" in page.text
    assert "Uw vorige vraag is geweigerd" in page.text
    assert "Geen bewijs." in page.text
    ask(session, employee)
    assert "geweigerd" not in employee.open("/bedrijf/ouder-aanbod").text


@pytest.mark.rule("R6")
@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("bestaat niet", "geen account of KvK-nummer"),
        ("ANDER", "Dit aanbod hoort al bij De Ander."),
        ("oud", None),
        (FORMER, None),
    ],
)
def test_a_registrar_names_an_account_that_was_not_found(
    session: Session,
    provider: Provider,
    employee: Browser,
    registrar: Browser,
    other: str,
    said: str | None,
) -> None:
    ask(session, employee, name="een heel andere naam")
    page = registrar.at(task(session))
    answer = registrar.answer(page, {"verdict": "toewijzen", "other": other})
    if said is not None:
        assert said in answer.text
        assert f'value="{other}"' in answer.text
        return
    assert [each.legacy_id for each in pending(session, provider.kvk, limit=9)] == ["17"]


@pytest.mark.rule("R6")
def test_an_account_that_somebody_else_got_meanwhile_is_looked_at_again(
    session: Session, employee: Browser, registrar: Browser
) -> None:
    ask(session, employee)
    page = registrar.at(task(session))
    chosen = id_of(session, "oud")
    a_provider(session, FORMER, display_name="De Eerste")
    registrar.answer(page, {"verdict": "toewijzen", "accounts": chosen})
    again = registrar.at(task(session))
    assert "van De Eerste" in again.text


def test_what_one_claims_is_begun_once_and_by_an_administrator(
    app: Flask, session: Session, employee: Browser
) -> None:
    page = employee.open("/bedrijf/ouder-aanbod")
    for _click in range(2):
        employee.press(page, "/bedrijf/ouder-aanbod", {"submission_id": str(uuid4())})
    assert len(session.scalars(select(ProcessInstance).filter_by(process_key=PROCESS)).all()) == 1
    colleague = browser(app, session, Role.PROVIDER, employee="b" * 64)
    assert colleague.open("/bedrijf/ouder-aanbod").status_code == 403
    app.config["WTF_CSRF_ENABLED"] = False
    asked = f"/taken/{task(session).id}"
    assert colleague.open(asked).status_code == 403
    assert colleague.client.post(asked, data=TOLD).status_code == 403
    assert colleague.client.post(f"{asked}/concept", data=TOLD).status_code == 403
    session.expire_all()
    assert task(session).draft is None
    assert 'href="/bedrijf/ouder-aanbod"' in employee.open("/bedrijf").text
    assert 'href="/bedrijf/ouder-aanbod"' not in colleague.open("/bedrijf").text
