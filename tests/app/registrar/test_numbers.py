"""A KvK number goes over to another one, and two providers become one (R59)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.base import set_clock, today
from processes.casework.exports.provider import provider_contents
from processes.casework.providers.kvk_numbers import MERGE, TRANSFER
from processes.casework.providers.merging import move_next
from processes.casework.providers.transfers import transfer_provider
from processes.engine.deployment.definitions import deploy
from processes.engine.execution import instances
from processes.engine.execution.events import timers
from processes.engine.execution.jobs import claim, finish
from processes.engine.openings import clients
from processes.engine.openings.clients import Rights
from processes.engine.store.models import InstanceStatus, Job, JobStatus, ProcessInstance, UserTask
from processes.register.catalogue.catalogue import CatalogueQuery, search
from processes.register.changes import AuditEvent
from processes.register.declarations import declaration_of, record_answers, seed_requirements
from processes.register.legacy.staging import stage
from processes.register.offers.offers import Offer
from processes.register.offers.search.indexing import verify
from processes.register.portfolio.entries import PortfolioEntry, add_entry
from processes.register.providers.former_numbers import numbers_of
from processes.register.providers.people import ProviderUser, Right, people_of
from processes.register.providers.providers import Provider, provider_of, suspend
from processes.webhooks import addresses
from processes.webhooks.events import EVENTS
from processes.webhooks.models import WebhookDelivery
from tests.app.api.programs import program
from tests.app.offers.offer_world import (
    BPMN,
    a_provider,
    a_published_offer,
    a_teacher,
    deploy_offer_publication,
)
from tests.app.onboarding import heading
from tests.app.signing_in import KVK, sign_in_as, user_with
from tests.app.tasks.company.test_leaving import context
from tests.app.tasks.test_worklist import Browser, browser
from workers.handlers.providers.kvk_numbers import move_offers
from workers.vocabulary import vocabulary

NEW = "90000119"
NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)  # a Monday


@pytest.fixture
def provider(session: Session) -> Provider:
    set_clock(lambda: NOW)
    deploy_offer_publication(session)
    seed_requirements(session)
    for key in (TRANSFER, MERGE):
        xml = (BPMN / f"{key}.bpmn").read_bytes()
        deploy(session, xml, vocabulary=vocabulary(), deployed_by="test", from_file=True)
    provider = a_provider(session)
    answers = {str(number): "ja" for number in range(1, 5)}
    record_answers(
        session, kvk=KVK, set_version=1, answers=answers, complaints_url=None, by="medewerker 1"
    )
    session.commit()
    return provider


@pytest.fixture
def registrar(app: Flask, session: Session, provider: Provider) -> Browser:
    assert provider
    return browser(app, session, Role.REGISTRAR)


@pytest.fixture
def employee(app: Flask, session: Session, provider: Provider) -> Browser:
    assert provider
    return browser(app, session, Role.PROVIDER)


def perform(session: Session, topic: str, result: dict[str, object] | None = None) -> Job:
    """As a worker that did this job of the process."""
    query = select(Job).filter_by(topic=topic, status=JobStatus.NEW)
    job = session.scalars(query.where(Job.instance_id.is_not(None))).one()
    claimed = claim(session, job.id, owner="test", lease=timedelta(minutes=1))
    assert claimed is not None
    assert finish(session, job.id, "test", claimed.attempts, result)
    session.commit()
    return job


def task(session: Session, process: str, group: str) -> UserTask:
    session.expire_all()
    (found,) = instances.open_user_tasks(session, process_key=process, group=group)
    return found


def is_over(session: Session, process: str) -> bool:
    session.expire_all()
    query = select(ProcessInstance.status).filter_by(process_key=process)
    return session.scalars(query).one() is InstanceStatus.COMPLETED


def begin_transfer(session: Session, registrar: Browser, provider: Provider) -> None:
    address = f"/register/{provider.id}/kvk-nummer"
    page = registrar.open(address)
    answers = {"new_kvk": NEW, "until": "15-03-2027"}
    page = registrar.press(page, f"{address}/overzetten", answers)
    assert "Wij vragen beide bedrijven om akkoord" in page.text
    asked = perform(session, "send-transfer-asked")
    assert asked.arguments["consent_until"] == "2027-03-15"


def decide(session: Session, registrar: Browser, **answers: str) -> str:
    return registrar.answer(registrar.at(task(session, TRANSFER, "registrar")), answers).text


@pytest.mark.rule("R59")
def test_a_registration_goes_to_another_number_when_both_companies_agree(
    app: Flask, session: Session, provider: Provider, registrar: Browser, employee: Browser
) -> None:
    offer = a_published_offer(session, provider)
    key, _ = clients.make(session, "programma", Rights(offers=True, tenant=KVK), by="test")
    session.commit()
    begin_transfer(session, registrar, provider)

    page = employee.at(task(session, TRANSFER, "provider"))
    assert NEW in page.text
    employee.answer(page, {"agrees": "ja"})
    newcomer = browser(app, session, Role.PROVIDER, kvk=NEW, employee="n" * 64)
    page = newcomer.open("/aanmelding")
    assert "De Leerkring (KvK 68750110)" in page.text
    newcomer.press(page, "/aanmelding/akkoord", {})
    assert newcomer.open("/aanmelding").text.count("U gaf akkoord") == 1

    page = registrar.at(task(session, TRANSFER, "registrar"))
    assert "akkoord, door medewerker 1" in page.text
    assert "Beide bedrijven gaven akkoord in het portaal.</textarea>" in page.text
    assert "1, waarvan 1 gepubliceerd" in page.text
    assert registrar.answer(page, {"verdict": "overzetten"}).status_code == 422
    decide(session, registrar, verdict="overzetten", evidence="Beide gaven akkoord.")
    perform(session, "check-trade-register", {"company_known": True})
    assert perform(session, "send-transfer-done").arguments["kvk"] == KVK
    assert is_over(session, TRANSFER)

    session.expire_all()
    assert (provider.kvk, provider_of(session, KVK)) == (NEW, None)
    assert declaration_of(session, NEW) is not None
    labels = {each.label for each in people_of(session, NEW)}
    assert labels == {"medewerker 1", "medewerker 2"}
    session.refresh(key)
    assert not key.enabled
    query = select(ProcessInstance.tenant).filter_by(business_key=str(offer.id))
    assert session.scalars(query).one() == NEW
    (cases,) = (each for each in provider_contents(session, NEW).parts if each.name == "zaken")
    assert TRANSFER in {row[0] for row in cases.cells}
    assert newcomer.open(f"/aanbod/{offer.id}").status_code == 200
    assert heading(newcomer.open("/bedrijf")) == "Uw bedrijf"


@pytest.mark.rule("R48", "R59")
@pytest.mark.parametrize(("number", "jobs"), [(NEW, 1), ("90000099", 0)])
def test_what_the_older_register_has_under_the_new_number_comes_over_too(
    session: Session, provider: Provider, tmp_path: Path, number: str, jobs: int
) -> None:
    path = tmp_path / "export.csv"
    path.write_text(f"activiteit_id;account;kvknummer;titel\n7;a;{number};Dag", "utf-8")
    stage(session, path, source="registerleraar")
    transfer_provider(session, provider.kvk, NEW, "Rianne Jansen")
    session.commit()
    found = session.scalars(select(Job).filter_by(topic="migrate-offers")).all()
    assert [(each.tenant, each.arguments) for each in found] == [(NEW, {"kvk": NEW})] * jobs


@pytest.mark.rule("R54", "R55", "R59")
@pytest.mark.parametrize(
    ("branch", "right", "said"),
    [
        (None, Right.EDITOR, "Alleen een beheerder mag dit"),
        (None, Right.READER, "Alleen een beheerder mag dit"),
        ("000012345678", Right.ADMINISTRATOR, "Uw machtiging geldt voor één vestiging"),
    ],
)
def test_only_an_administrator_of_the_whole_company_gives_its_consent(
    app: Flask,
    session: Session,
    provider: Provider,
    registrar: Browser,
    branch: str | None,
    right: Right,
    said: str,
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    begin_transfer(session, registrar, provider)
    asked = task(session, TRANSFER, "provider")
    client = app.test_client()
    user = user_with(app, Role.PROVIDER, employee="c" * 64, branch=branch)
    person = session.get_one(ProviderUser, user.id)
    person.right = right
    session.commit()
    sign_in_as(app, client, replace(user, right=right))
    pages = [
        client.get(f"/taken/{asked.id}"),
        client.post(f"/taken/{asked.id}", data={"agrees": "ja"}),
        client.post(f"/taken/{asked.id}", data={"agrees": "ja", "later": ""}),
        client.post(f"/taken/{asked.id}/concept", data={"agrees": "ja"}),
    ]
    assert {page.status_code for page in pages} == {403}
    assert said in pages[0].text
    session.expire_all()
    assert task(session, TRANSFER, "provider").draft is None


@pytest.mark.rule("R59")
def test_no_program_gives_the_consent_of_a_company(
    app: Flask, session: Session, provider: Provider, registrar: Browser
) -> None:
    begin_transfer(session, registrar, provider)
    asked = task(session, TRANSFER, "provider")
    books = program(app.test_client(), session, groups=["provider"], tenant=KVK)
    answer = books.post(f"taken/{asked.id}/afronden", {"variables": {"old_agrees": "ja"}})
    assert answer.status_code == 403
    assert "Only a person of the company does this" in answer.text
    assert task(session, TRANSFER, "provider").id == asked.id


@pytest.mark.rule("R59")
def test_the_old_number_points_to_the_new_one_and_its_sessions_end(
    app: Flask, session: Session, provider: Provider, registrar: Browser, employee: Browser
) -> None:
    a_published_offer(session, provider)
    begin_transfer(session, registrar, provider)
    employee.answer(employee.at(task(session, TRANSFER, "provider")), {"agrees": "nee"})
    moment = NOW + timedelta(days=16)
    set_clock(lambda: moment)
    timers.fire_due_timers(session, limit=10)
    session.commit()
    registrar = browser(app, session, Role.REGISTRAR)
    page = registrar.at(task(session, TRANSFER, "registrar"))
    assert "niet akkoord" in page.text
    assert "gaf geen antwoord" in page.text
    employee = browser(app, session, Role.PROVIDER)
    decide(session, registrar, verdict="overzetten", evidence="Akte van 3 maart.")

    assert "/inloggen" in employee.client.get("/bedrijf").headers["Location"]
    again = browser(app, session, Role.PROVIDER)
    page = again.open("/aanbod")
    assert heading(page) == "Uw registratie staat bij een ander KvK-nummer"
    assert NEW in page.text
    again.press(page, "/aanmelding", {})
    assert session.scalars(select(ProcessInstance).filter_by(business_key=KVK)).all() == []

    moved = again.client.get(f"/catalogus/aanbieder/{KVK}?pagina=2")
    address = f"/catalogus/aanbieder/{NEW}?pagina=2"
    assert (moved.status_code, moved.headers["Location"]) == (302, address)
    assert again.open(f"/api/v1/aanbieders/{KVK}").json["kvk"] == NEW  # type: ignore[index]
    query = CatalogueQuery(providers=frozenset({KVK}))
    assert search(session, on=today(), query=query).total == 1
    page = registrar.open(f"/register?zoek={KVK}")
    assert "De Leerkring" in page.text
    page = registrar.open(f"/register/{provider.id}")
    assert "Aanbieder aangemeld" in page.text  # its history of before
    assert f"{KVK} (De Leerkring, overgezet op" in page.text


@pytest.mark.rule("R59")
def test_a_number_that_has_a_provider_or_a_case_is_refused(
    session: Session, provider: Provider, registrar: Browser
) -> None:
    other = a_provider(session, NEW, display_name="De Ander")
    address = f"/register/{provider.id}/kvk-nummer"
    page = registrar.open(address)
    answers = {"new_kvk": NEW, "until": "15-03-2027"}
    page = registrar.press(page, f"{address}/overzetten", answers)
    assert "staat al een aanbieder" in page.text
    assert f'value="{NEW}"' in page.text
    page = registrar.press(page, f"{address}/overzetten", answers | {"until": "01-03-2027"})
    assert "morgen of later" in page.text
    page = registrar.press(page, f"{address}/samenvoegen", {"new_kvk": KVK})
    assert "Er is geen andere aanbieder" in page.text
    suspend(session, other, "Reden", by="Anna")
    session.commit()
    page = registrar.press(page, f"{address}/samenvoegen", {"new_kvk": NEW})
    assert "De Ander is geschorst en kan geen aanbod krijgen. Hef eerst" in page.text


@pytest.mark.rule("R59")
def test_a_registration_that_does_not_go_over_stays_with_reasons(
    app: Flask, session: Session, provider: Provider, registrar: Browser, employee: Browser
) -> None:
    begin_transfer(session, registrar, provider)
    employee.answer(employee.at(task(session, TRANSFER, "provider")), {"agrees": "nee"})
    moment = NOW + timedelta(days=16)
    set_clock(lambda: moment)
    timers.fire_due_timers(session, limit=10)
    session.commit()
    registrar = browser(app, session, Role.REGISTRAR)
    assert "waarom de registratie niet overgaat" in decide(session, registrar, verdict="stoppen")
    decide(session, registrar, verdict="stoppen", reason="Geen akkoord.")
    stopped = perform(session, "send-transfer-stopped")
    assert stopped.arguments["transfer_reason"] == "Geen akkoord."
    assert (is_over(session, TRANSFER), provider_of(session, KVK)) == (True, provider)


def check_merge(registrar: Browser, provider: Provider) -> str:
    address = f"/register/{provider.id}/kvk-nummer"
    page = registrar.press(registrar.open(address), f"{address}/samenvoegen", {"new_kvk": NEW})
    assert heading(page) == "Bekijken wat samenvoegen doet"
    return page.text


@pytest.mark.rule("R59")
def test_two_providers_become_one_and_nothing_of_either_is_lost(
    app: Flask, session: Session, provider: Provider, registrar: Browser, employee: Browser
) -> None:
    target = a_provider(session, NEW, display_name="De Grote Leerkring")
    gone = provider.id
    addresses.add(session, "crm", "https://crm.voorbeeld.nl/in", EVENTS, by="beheer")
    offer, kept = a_published_offer(session, provider), a_published_offer(session, target)
    teacher = a_teacher(session, app, app.test_client())
    add_entry(session, teacher, offer.id, today(), on=today())
    session.commit()
    text = check_merge(registrar, provider)
    assert "1, waarvan 1 gepubliceerd" in text
    assert "1 keer; dat blijft zo" in text
    assert "1 activiteit heeft bij beide dezelfde titel" in text
    page = registrar.at(task(session, MERGE, "registrar"))
    assert registrar.answer(page, {"verdict": "samenvoegen"}).status_code == 422
    registrar.answer(page, {"verdict": "samenvoegen", "reason": "Zelfde bedrijf."})
    job = session.scalars(select(Job).filter_by(topic="move-offers")).one()
    made = move_offers(KVK, NEW, "Test registrar", job=context(session, job))
    perform(session, "move-offers", made)
    perform(session, "send-merged")
    perform(session, "send-merged-former")
    assert is_over(session, MERGE)

    session.expire_all()
    assert {each.id: each.provider_id for each in session.scalars(select(Offer))} == {
        offer.id: target.id,
        kept.id: target.id,
    }
    assert session.scalars(select(Provider)).all() == [target]
    assert numbers_of(session, NEW) == [NEW, KVK]
    assert session.scalars(select(PortfolioEntry.offer_id)).one() == offer.id
    query = CatalogueQuery(providers=frozenset({NEW}))
    assert search(session, on=today(), query=query).total == 2
    assert verify(session) == []
    actions = select(AuditEvent.action).where(AuditEvent.kvk == NEW)
    assert {"offer-moved", "kvk-number-ended"} <= set(session.scalars(actions))
    told = select(WebhookDelivery.event_type, WebhookDelivery.data)
    told = told.where(WebhookDelivery.subject.startswith("provider/")).order_by(
        WebhookDelivery.number
    )
    assert [(kind.rpartition(".")[2], data) for kind, data in session.execute(told)][-2:] == [
        ("changed", {"provider": str(target.id)}),
        ("left", {"provider": str(gone)}),
    ]
    moved = registrar.client.get(f"/catalogus/aanbieder/{KVK}")
    assert moved.headers["Location"] == f"/catalogus/aanbieder/{NEW}"
    assert "/inloggen" in employee.client.get("/aanbod").headers["Location"]
    moved = registrar.open(f"/register/{gone}")
    assert heading(moved).startswith("De Grote Leerkring")
    assert "Deze aanbieder is samengevoegd met De Grote Leerkring." in moved.text
    form = registrar.open(f"/register/{target.id}")
    late = registrar.press(form, f"/register/{gone}/schorsen", {"reason": "Te laat"})
    assert "Wat u verstuurde, is niet opgeslagen." in late.text
    assert not target.is_suspended
    assert registrar.open(f"/register/{uuid4()}").status_code == 404


@pytest.mark.rule("R59")
def test_a_merge_that_cannot_be_is_refused_at_once_and_not_told_as_done(
    session: Session, provider: Provider, registrar: Browser
) -> None:
    target = a_provider(session, NEW, display_name="De Grote Leerkring")
    check_merge(registrar, provider)
    suspend(session, target, "Reden", by="Anna")
    session.commit()
    page = registrar.at(task(session, MERGE, "registrar"))
    assert "Samenvoegen kan nu niet" in page.text
    told = registrar.answer(page, {"verdict": "samenvoegen", "reason": "Zelfde bedrijf."})
    assert "is verstuurd, en staat opnieuw open" in told.text
    assert "is afgerond" not in told.text
    again = registrar.at(task(session, MERGE, "registrar"))
    assert "is geschorst en kan geen aanbod krijgen" in again.text
    assert "Zelfde bedrijf.</textarea>" in again.text
    assert session.scalars(select(Job).filter_by(topic="move-offers")).all() == []


@pytest.mark.rule("R59")
def test_what_cannot_be_merged_any_more_comes_back_to_who_decides(
    session: Session, provider: Provider, registrar: Browser
) -> None:
    target = a_provider(session, NEW, display_name="De Grote Leerkring")
    a_published_offer(session, provider)
    assert "Er is nog niets veranderd" in check_merge(registrar, provider)
    begun = registrar.open(f"/register/{provider.id}/kvk-nummer").text
    assert f'href="/taken/{task(session, MERGE, "registrar").id}"' in begun
    assert "Als iedereen heeft geantwoord" not in begun  # nobody is asked about a merge
    page = registrar.at(task(session, MERGE, "registrar"))
    registrar.answer(page, {"verdict": "samenvoegen", "reason": "Zelfde bedrijf."})
    assert move_next(session, KVK, NEW, by="Anna") == 1
    suspend(session, target, "Reden", by="Anna")
    session.commit()
    perform(session, "move-offers", {"offers_moved": 0})
    page = registrar.at(task(session, MERGE, "registrar"))
    assert "is geschorst en kan geen aanbod krijgen" in page.text
    assert "1 activiteit staat al bij De Grote Leerkring" in page.text
    assert "nog niets veranderd" not in page.text
    assert "Zelfde bedrijf.</textarea>" in page.text
    assert provider_of(session, KVK) == provider
    registrar.answer(page, {"verdict": "stoppen"})
    assert is_over(session, MERGE)
