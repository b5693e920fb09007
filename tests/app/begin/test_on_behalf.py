"""Who a case belongs to: a provider's own company, or the one that a registrar names."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.sessions import cookie_name
from app.web.access import Role
from processes.base import now
from processes.engine.execution.instances import variables
from processes.engine.execution.starting import beginning
from processes.engine.store.models import Job, ProcessInstance
from processes.engine.store.start_models import BegunCase
from processes.letters.trail_details import details_of
from processes.register.changes import AuditEvent
from processes.register.declarations import seed_requirements
from processes.register.providers.providers import ProviderStatus
from processes.register.providers.web_sessions import WebSession
from processes.unit_of_work import UnitOfWork
from tests.app.begin.complaints import ADDRESS_OF, STORY, SUBJECT, complaint, place, send
from tests.app.offers.offer_world import a_provider
from tests.app.onboarding import field, heading
from tests.app.signing_in import KVK, sign_in, sign_in_as, user_with
from tests.processes.engine.form_fields import field as drawn
from workers.handlers.mail.letters import case_received

TYPED = {"veld_onderwerp": "De gegevens kloppen niet"}
BOTH = "provider, registrar, teacher"
FOR = f"{ADDRESS_OF}?aanbieder={KVK}"
NOBODY = f"{ADDRESS_OF}?aanbieder="
SEARCH = f"{ADDRESS_OF}/aanbieder"


def cases(session: Session) -> list[ProcessInstance]:
    session.expire_all()
    return list(session.scalars(select(ProcessInstance)))


def test_a_registrar_begins_on_behalf_of_a_provider(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    provider = a_provider(session)
    place(session, complaint(SUBJECT, groups=BOTH, business_key="${kvk}"))
    sign_in(app, client, Role.REGISTRAR)
    page = send(client, client.get(FOR), {**TYPED, "company": provider.kvk})
    assert heading(page) == "Wij hebben het ontvangen"
    assert "namens De Leerkring (KvK 68750110)" in page.text
    (instance,) = cases(session)
    assert (instance.tenant, instance.business_key) == (provider.kvk, provider.kvk)
    assert variables(session, instance)["kvk"] == provider.kvk
    assert session.scalars(select(BegunCase)).one().mailed_to == provider.contact_email
    assert session.scalars(select(Job)).one().tenant == provider.kvk
    assert instance.started_by == "Test registrar, namens KvK 68750110"
    event = session.scalars(select(AuditEvent).filter_by(action="process-started")).one()
    assert (event.kvk, event.actor) == (provider.kvk, "Test registrar")
    assert "namens: KvK 68750110" in details_of(event)


def test_a_company_that_is_no_provider_is_refused_at_its_place(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT, groups=BOTH))
    sign_in(app, client, Role.REGISTRAR)
    page = send(client, client.get(NOBODY), {**TYPED, "company": "12345678"})
    assert page.status_code == 422
    assert "niet van een aanbieder in het register" in page.text
    assert field(page, "company") == "12345678"
    assert field(page, "veld_onderwerp") == "De gegevens kloppen niet"
    assert cases(session) == []


def test_a_provider_that_gets_another_number_meanwhile_is_asked_anew(
    app: Flask, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = a_provider(session)
    place(session, complaint(SUBJECT, groups=BOTH))
    sign_in(app, client, Role.REGISTRAR)
    page = client.get(FOR)
    begin_writing = UnitOfWork.begin_writing

    def renumbered_first(unit: UnitOfWork) -> None:
        provider.kvk = "69599084"
        session.commit()
        begin_writing(unit)

    monkeypatch.setattr(UnitOfWork, "begin_writing", renumbered_first)
    again = send(client, page, {**TYPED, "company": KVK})
    assert again.status_code == 422
    assert "niet van een aanbieder in het register" in again.text
    assert field(again, "veld_onderwerp") == "De gegevens kloppen niet"
    assert cases(session) == []


def test_a_registrar_may_begin_for_nobody_and_a_teacher_never_for_a_company(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    provider = a_provider(session)
    place(session, complaint(SUBJECT, groups=BOTH))
    sign_in(app, client, Role.REGISTRAR)
    page = client.get(NOBODY)
    assert "geen aanbieder" in page.text
    send(client, page, {**TYPED, "company": ""})
    teacher = app.test_client()
    sign_in(app, teacher, Role.TEACHER)
    page = teacher.get(ADDRESS_OF)
    assert "Namens" not in page.text
    assert teacher.get(SEARCH).status_code == 403
    send(teacher, page, {**TYPED, "company": provider.kvk})
    assert [each.tenant for each in cases(session)] == [None, None]


def test_a_provider_who_is_suspended_begins_nothing(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    provider = a_provider(session)
    place(session, complaint(SUBJECT, groups=BOTH))
    sign_in(app, client, Role.PROVIDER)
    page = client.get(ADDRESS_OF)
    provider.status = ProviderStatus.SUSPENDED
    session.commit()
    assert send(client, page, TYPED).status_code == 403
    assert cases(session) == []


def test_a_branch_does_not_speak_for_the_whole_company(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT, groups=BOTH))
    sign_in_as(app, client, user_with(app, Role.PROVIDER, kvk=KVK, branch="000037178601"))
    assert client.get(ADDRESS_OF).status_code == 403


def test_the_receipt_of_a_provider_goes_to_its_contact_person(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    provider = a_provider(session)
    place(session, complaint(SUBJECT, groups=BOTH))
    sign_in(app, client, Role.PROVIDER)
    page = send(client, client.get(ADDRESS_OF), TYPED)
    assert provider.contact_email in page.text


def test_a_registrar_finds_the_provider_by_name_or_number_and_gets_its_form(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    a_provider(session)
    a_provider(session, "69599084", display_name="Academie West")
    company = drawn("bedrijf", "string", label="Bedrijf", prefill="${company['display_name']}")
    place(session, complaint(SUBJECT, company, groups=BOTH))
    sign_in(app, client, Role.REGISTRAR)
    page = client.get(ADDRESS_OF, follow_redirects=True)
    assert heading(page) == "Voor welke aanbieder begint u?"
    for text in ("academie", "6959 9084".replace(" ", "")):
        found = client.get(SEARCH, query_string={"zoek": text})
        assert "Academie West" in found.text
        assert "De Leerkring" not in found.text
    assert "Geen aanbieders gevonden" in client.get(SEARCH, query_string={"zoek": "xyz"}).text
    shown = client.get(f"{ADDRESS_OF}?aanbieder=69599084")
    assert "Academie West (KvK 69599084)" in shown.text
    assert field(shown, "company") == "69599084"
    assert field(shown, "veld_bedrijf") == "Academie West"


@pytest.mark.parametrize("number", ["12345678", "geen nummer", "<b>&\x1b"])
def test_an_address_with_a_provider_that_is_not_there_asks_again_for_one(
    app: Flask, client: FlaskClient, session: Session, number: str
) -> None:
    a_provider(session)
    place(session, complaint(SUBJECT, groups=BOTH))
    sign_in(app, client, Role.REGISTRAR)
    page = client.get(ADDRESS_OF, query_string={"aanbieder": number}, follow_redirects=True)
    assert heading(page) == "Voor welke aanbieder begint u?"
    assert "Geen aanbieders gevonden" in page.text
    assert 'name="company"' not in page.text


def test_what_was_typed_and_chosen_stays_when_an_answer_is_missing(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    a_provider(session)
    place(session, complaint(SUBJECT, STORY, groups=BOTH, review=True))
    sign_in(app, client, Role.REGISTRAR)
    page = send(client, client.get(FOR), {"company": KVK, "veld_verhaal": "Al twee keer."})
    assert page.status_code == 422
    assert field(page, "company") == KVK
    assert "De Leerkring (KvK 68750110)" in page.text
    assert "Al twee keer." in page.text
    review = send(client, page, {**TYPED, "company": KVK})
    assert heading(review) == "Controleer uw antwoorden"
    assert "De Leerkring (KvK 68750110)" in review.text
    assert field(review, "company") == KVK


@pytest.mark.parametrize("sent_from", [FOR, ADDRESS_OF], ids=["form", "review"])
def test_the_provider_is_still_chosen_after_the_session_ended(
    app: Flask, client: FlaskClient, session: Session, sent_from: str
) -> None:
    a_provider(session)
    place(session, complaint(SUBJECT, groups=BOTH))
    user = sign_in(app, client, Role.REGISTRAR)
    hidden = {
        name: field(client.get(FOR), name) for name in ("csrf_token", "submission_id", "version")
    }
    for ended in session.scalars(select(WebSession)):
        ended.seen_at = now() - timedelta(hours=3)
    session.commit()
    name = cookie_name(app.config["LOKET_SETTINGS"])
    former = client.get_cookie(name)
    assert former
    typed = {**hidden, **TYPED, "company": KVK}
    client.post(ADDRESS_OF, data=typed, headers={"Referer": f"http://localhost{sent_from}"})
    sign_in_as(app, client, user, cookies={name: former.value})
    page = client.get(sent_from)
    assert "De Leerkring (KvK 68750110)" in page.text
    assert field(page, "company") == KVK
    assert field(page, "veld_onderwerp") == TYPED["veld_onderwerp"]


def test_the_provider_sees_the_case_and_who_began_it(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    provider = a_provider(session)
    place(session, complaint(SUBJECT, groups=BOTH))
    sign_in(app, client, Role.REGISTRAR)
    send(client, client.get(FOR), {**TYPED, "company": provider.kvk})
    (instance,) = cases(session)
    assert "namens De Leerkring" in client.get("/zaken").text
    assert "De Leerkring" in client.get(f"/zaken/{instance.id}").text
    company = app.test_client()
    sign_in(app, company, Role.PROVIDER)
    assert "Klacht behandelen" in company.get("/zaken").text
    page = company.get(f"/zaken/{instance.id}")
    assert "Een medewerker van het register begon deze zaak namens uw bedrijf." in page.text
    case = session.scalars(select(BegunCase)).one()
    copy = company.get(f"/starten/ontvangst/{case.submission_id}")
    assert "door een medewerker van het register, namens De Leerkring" in copy.text
    assert "De gegevens kloppen niet" in copy.text
    other = app.test_client()
    sign_in(app, other, Role.PROVIDER, kvk="69599084")
    assert other.get(f"/zaken/{instance.id}").status_code == 404


def test_the_contact_person_is_told_that_staff_began_a_case(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    provider = a_provider(session)
    place(session, complaint(SUBJECT, groups=BOTH))
    sign_in(app, client, Role.REGISTRAR)
    send(client, client.get(FOR), {**TYPED, "company": provider.kvk})
    case = session.scalars(select(BegunCase)).one()
    letter = case_received(session, case.submission_id)
    assert (letter.recipient, letter.kvk) == (provider.contact_email, provider.kvk)
    assert letter.subject == f"Wij begonnen een zaak voor u: Klacht behandelen ({case.reference})"
    assert "Een medewerker van het register begon" in letter.text
    assert f"/starten/ontvangst/{case.submission_id}" in letter.text
    assert "De gegevens kloppen niet" not in letter.text
    for text in (letter.text, letter.html):
        assert "omdat u bent opgegeven als contactpersoon" in text
        assert "bij het versturen is ingevuld" not in text


def test_of_one_case_at_a_time_staff_is_shown_the_one_that_runs_and_loses_nothing(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    provider = a_provider(session)
    place(session, complaint(SUBJECT, groups=BOTH, business_key="${kvk}"))
    company = app.test_client()
    sign_in(app, company, Role.PROVIDER)
    send(company, company.get(ADDRESS_OF), TYPED)
    sign_in(app, client, Role.REGISTRAR)
    page = send(client, client.get(FOR), {**TYPED, "company": provider.kvk})
    assert page.status_code == 409
    case = session.scalars(select(BegunCase)).one()
    assert case.reference in page.text
    assert f'href="/register/{provider.id}"' in page.text
    assert field(page, "veld_onderwerp") == "De gegevens kloppen niet"
    assert len(cases(session)) == 1


def test_the_limit_of_open_cases_of_a_company_counts_for_staff(
    app: Flask, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = a_provider(session)
    place(session, complaint(SUBJECT, groups=BOTH))
    monkeypatch.setattr(beginning, "MOST_OPEN", 1)
    sign_in(app, client, Role.REGISTRAR)
    send(client, client.get(FOR), {**TYPED, "company": provider.kvk})
    page = send(client, client.get(FOR), {**TYPED, "company": provider.kvk})
    assert page.status_code == 429
    assert "Deze aanbieder heeft hiervan al vijftig zaken open" in page.text
    send(client, client.get(NOBODY), {**TYPED, "company": ""})
    (first, second) = cases(session)
    assert {first.tenant, second.tenant} == {provider.kvk, None}


def test_staff_without_the_role_registrar_begins_for_no_provider(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    provider = a_provider(session)
    place(session, complaint(SUBJECT, groups="provider, operator"))
    sign_in(app, client, Role.OPERATOR)
    assert client.get(SEARCH).status_code == 403
    page = client.get(FOR)
    assert "De Leerkring" not in page.text
    send(client, page, {**TYPED, "company": provider.kvk})
    assert [each.tenant for each in cases(session)] == [None]


def test_a_registrar_who_may_not_begin_it_finds_no_provider_there(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    a_provider(session)
    place(session, complaint(SUBJECT, groups="provider"))
    sign_in(app, client, Role.REGISTRAR)
    assert client.get(f"{SEARCH}?zoek=leer").status_code == 404
    assert client.get(FOR).status_code == 404


def test_nobody_binds_a_company_on_behalf_of_it(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    a_provider(session)
    seed_requirements(session)
    place(session, complaint(groups=BOTH, start=' camunda:formKey="quality-requirements"'))
    sign_in(app, client, Role.REGISTRAR)
    page = client.get(FOR)
    assert page.status_code == 200
    assert "De Leerkring" not in page.text
    assert 'name="company"' not in page.text
