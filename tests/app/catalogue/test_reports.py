"""A report about an offer: from the catalogue, by the staff, to the provider and back (R73)."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.deployment.definitions import deploy
from processes.engine.execution import instances, jobs
from processes.engine.store.models import Job, JobStatus, UserTask
from processes.register.changes import AuditEvent
from processes.register.offers.offers import Offer, delete
from processes.register.offers.reports.hiding import hide
from processes.register.offers.reports.reports import MOST_OPEN, OfferReport, ReportKind, add_report
from processes.register.providers.providers import Provider
from tests.app.offers.offer_world import BPMN, a_catalogue_offer, a_provider
from tests.app.onboarding import Employee, heading
from tests.app.tasks.test_worklist import Browser, browser
from workers.vocabulary import vocabulary

WRONG = {"kind": "klopt-niet", "text": "De cursus kost nu 300 euro."}


@pytest.fixture
def provider(session: Session) -> Provider:
    return a_provider(session)


@pytest.fixture
def offer(session: Session, provider: Provider) -> Offer:
    xml = (BPMN / "offer_report.bpmn").read_bytes()
    deploy(session, xml, vocabulary=vocabulary(), deployed_by="test", from_file=True)
    return a_catalogue_offer(session, provider, title="Rekenen", cost="100 euro")


@pytest.fixture
def people(app: Flask, session: Session, offer: Offer) -> tuple[Browser, Browser, Browser]:
    """A teacher, a registrar and an employee of the provider."""
    assert offer
    roles = (Role.TEACHER, Role.REGISTRAR, Role.PROVIDER)
    teacher, anna, employee = (browser(app, session, role) for role in roles)
    return teacher, anna, employee


def report(someone: Employee, offer: Offer, **answers: str) -> Any:
    address = f"/catalogus/{offer.id}/melden"
    return someone.press(someone.open(address), address, WRONG | answers)


def task(session: Session) -> UserTask:
    session.expire_all()
    (found,) = instances.open_user_tasks(session, process_key="offer_report")
    return found


def send_mail(session: Session, topic: str) -> dict[str, Any]:
    """As a worker that sent this mail; its arguments."""
    query = select(Job).filter_by(topic=topic, status=JobStatus.NEW)
    job = session.scalars(query).one()
    claimed = jobs.claim(session, job.id, owner="test", lease=timedelta(minutes=1))
    assert claimed is not None
    assert jobs.finish(session, job.id, "test", claimed.attempts, None)
    session.commit()
    return dict(job.arguments)


@pytest.mark.rule("R73")
def test_a_report_goes_to_the_provider_with_comments_and_comes_back_with_what_changed(
    people: tuple[Browser, Browser, Browser], session: Session, offer: Offer
) -> None:
    teacher, anna, employee = people
    assert "Dank u wel" in report(teacher, offer).text

    page = anna.at(task(session))
    assert heading(page) == "Melding beoordelen"
    assert "De cursus kost nu 300 euro." in page.text
    assert "leraar" in page.text
    assert "100 euro" in page.text
    anna.answer(page, {"decision": "returned", "opmerking_cost": "Klopt <b>100</b>?"})
    arguments = send_mail(session, "send-offer-correction")
    assert arguments["corrections"] == {"cost": "Klopt <b>100</b>?"}

    page = employee.at(task(session))
    assert heading(page) == "Activiteit aanpassen"
    assert "Klopt &lt;b&gt;100&lt;/b&gt;?" in page.text
    assert f'href="/aanbod/{offer.id}/bewerken#cost"' in page.text
    assert "kost nu 300 euro" not in page.text  # who reported, and what, stays with the staff
    edit = employee.open(f"/aanbod/{offer.id}/bewerken")
    assert '<a href="#cost">Kosten</a>: Klopt' in edit.text
    assert employee.answer(page, {"reply": ""}).status_code == 422
    offer.cost = "300 euro"
    session.commit()
    employee.answer(page, {"reply": "De prijs is aangepast."})

    page = anna.at(task(session))
    assert "De prijs is aangepast." in page.text
    assert page.text.count("veranderd") == 1
    assert "Was: 100 euro" in page.text
    anna.answer(page, {"decision": "approved"})
    assert not instances.open_user_tasks(session, process_key="offer_report")
    session.expire_all()
    assert session.scalars(select(OfferReport.handled_at)).one() is not None
    assert not session.scalars(select(Job).filter_by(topic="send-offer-shown")).all()


@pytest.mark.rule("R73")
def test_an_offer_is_hidden_with_a_reason_until_the_staff_shows_it_again(
    people: tuple[Browser, Browser, Browser], session: Session, offer: Offer, client: FlaskClient
) -> None:
    teacher, anna, employee = people
    address = f"/register/{offer.provider.id}/aanbod/{offer.id}"
    page = anna.press(anna.open(address), f"{address}/beoordelen", {})
    assert heading(page) == "Melding beoordelen"
    assert anna.answer(page, {"decision": "hidden", "opmerking_cost": "?"}).status_code == 422
    anna.answer(page, {"decision": "hidden", "remark": "Deze prijs klopt <niet>."})
    assert (
        send_mail(session, "send-offer-hidden")["correction_remark"] == "Deze prijs klopt <niet>."
    )

    gone = client.get(f"/catalogus/{offer.id}")
    assert heading(gone) == "Deze activiteit is nu niet te zien"
    assert gone.headers["X-Robots-Tag"] == "noindex"
    assert "Rekenen" not in gone.text
    assert "Toevoegen aan portfolio" in teacher.open(f"/catalogus/{offer.id}").text
    assert client.get(f"/api/v1/catalogus/{offer.id}").status_code == 404
    assert client.get(f"/catalogus/{offer.id}.atom").status_code == 404
    assert client.get(f"/catalogus/{offer.id}/melden").status_code == 404
    assert "Deze prijs klopt &lt;niet&gt;." in employee.open(f"/aanbod/{offer.id}").text
    assert "uit de catalogus" in employee.open("/aanbod").text
    assert "De aanbieder is gevraagd" in anna.open(address).text

    employee.answer(employee.at(task(session)), {"reply": "Dit is de prijs van nu."})
    again = anna.at(task(session))
    assert "leraren zien de activiteit intussen" not in again.text  # they do not: it is hidden
    assert anna.answer(again, {"decision": "returned"}).status_code == 422
    anna.answer(anna.at(task(session)), {"decision": "approved"})
    send_mail(session, "send-offer-shown")
    assert heading(client.get(f"/catalogus/{offer.id}")) == "Rekenen"
    events = session.scalars(select(AuditEvent).filter_by(action="offer-taken-out")).all()
    assert [each.details["reason"] for each in events] == ["Deze prijs klopt <niet>."]


@pytest.mark.rule("R73")
def test_a_visitor_reports_without_a_name_and_a_second_report_joins_the_first(
    app: Flask, session: Session, offer: Offer
) -> None:
    visitor = Employee(app.test_client())
    page = report(visitor, offer, text="")
    assert page.status_code == 422
    report(visitor, offer)
    report(visitor, offer, kind="anders", text="Weg")
    assert "Dank u wel" in report(visitor, offer).text  # back, and sent once more (R15)
    assert task(session)
    reports = session.scalars(select(OfferReport)).all()
    assert {each.reported_by for each in reports} == {"bezoeker"}
    assert len(reports) == 2
    trail = session.scalars(select(AuditEvent).filter_by(action="offer-reported")).all()
    assert all("text" not in each.details for each in trail)


def test_who_reports_what_is_hidden_meanwhile_gets_the_text_back(
    app: Flask, session: Session, offer: Offer
) -> None:
    visitor = Employee(app.test_client())
    address = f"/catalogus/{offer.id}/melden"
    page = visitor.open(address)
    hide(session, offer.id, "Onjuist", by="Anna")
    session.commit()
    answer = visitor.press(page, address, WRONG)
    assert answer.status_code == 410
    assert heading(answer) == "Deze activiteit staat niet meer in de catalogus"
    assert WRONG["text"] in answer.text
    assert session.scalars(select(OfferReport)).all() == []


def test_what_a_machine_fills_in_is_dropped_and_too_many_are_refused(
    app: Flask, session: Session, offer: Offer
) -> None:
    visitor = Employee(app.test_client())
    assert "Dank u wel" in report(visitor, offer, bijnaam="koop nu").text
    assert session.scalars(select(OfferReport)).all() == []
    for each in range(MOST_OPEN):
        add_report(session, offer, ReportKind.OTHER, f"{each}", by="bezoeker")
    session.commit()
    page = report(visitor, offer, text="Nog een")
    assert page.status_code == 429
    assert "Nog een" in page.text


def test_a_deleted_offer_ends_the_case_without_an_incident(
    people: tuple[Browser, Browser, Browser], session: Session, offer: Offer
) -> None:
    teacher, anna, employee = people
    report(teacher, offer)
    anna.answer(anna.at(task(session)), {"decision": "hidden", "remark": "Weg"})
    send_mail(session, "send-offer-hidden")
    delete(session, offer.id, by="medewerker 1")
    session.commit()
    employee.answer(employee.at(task(session)), {"reply": "Verwijderd."})
    page = anna.at(task(session))
    assert "De aanbieder heeft deze activiteit verwijderd" in page.text
    anna.answer(page, {"decision": "approved"})
    assert not instances.open_user_tasks(session, process_key="offer_report")


def test_another_company_sees_nothing_of_it(
    app: Flask, people: tuple[Browser, Browser, Browser], session: Session, offer: Offer
) -> None:
    teacher, anna, _employee = people
    report(teacher, offer)
    anna.answer(anna.at(task(session)), {"decision": "returned", "remark": "Kijk dit na"})
    send_mail(session, "send-offer-correction")
    other = browser(app, session, Role.PROVIDER, kvk="69599084")
    assert other.at(task(session)).status_code == 404
