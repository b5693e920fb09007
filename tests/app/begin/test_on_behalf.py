"""Who a case belongs to: a provider's own company, or the one that a registrar names."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.execution.instances import variables
from processes.engine.store.models import Job, ProcessInstance
from processes.engine.store.start_models import BegunCase
from processes.register.changes import AuditEvent
from processes.register.providers.providers import ProviderStatus
from tests.app.begin.complaints import ADDRESS_OF, SUBJECT, complaint, place, send
from tests.app.offers.offer_world import a_provider
from tests.app.onboarding import field, heading
from tests.app.signing_in import KVK, sign_in, sign_in_as, user_with

TYPED = {"veld_onderwerp": "De gegevens kloppen niet"}
BOTH = "provider, registrar, teacher"


def cases(session: Session) -> list[ProcessInstance]:
    session.expire_all()
    return list(session.scalars(select(ProcessInstance)))


def test_a_registrar_begins_on_behalf_of_a_provider(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    provider = a_provider(session)
    place(session, complaint(SUBJECT, groups=BOTH, business_key="${kvk}"))
    sign_in(app, client, Role.REGISTRAR)
    page = send(client, client.get(ADDRESS_OF), {**TYPED, "company": provider.kvk})
    assert heading(page) == "Wij hebben het ontvangen"
    (instance,) = cases(session)
    assert (instance.tenant, instance.business_key) == (provider.kvk, provider.kvk)
    assert variables(session, instance)["kvk"] == provider.kvk
    assert session.scalars(select(BegunCase)).one().mailed_to == provider.contact_email
    assert session.scalars(select(Job)).one().tenant == provider.kvk
    event = session.scalars(select(AuditEvent).filter_by(action="process-started")).one()
    assert event.kvk == provider.kvk


def test_a_company_that_is_no_provider_is_refused_at_its_place(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT, groups=BOTH))
    sign_in(app, client, Role.REGISTRAR)
    page = send(client, client.get(ADDRESS_OF), {**TYPED, "company": "12345678"})
    assert page.status_code == 422
    assert "niet van een aanbieder in het register" in page.text
    assert field(page, "company") == "12345678"
    assert cases(session) == []


def test_a_registrar_may_begin_for_nobody_and_a_teacher_never_for_a_company(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    provider = a_provider(session)
    place(session, complaint(SUBJECT, groups=BOTH))
    sign_in(app, client, Role.REGISTRAR)
    send(client, client.get(ADDRESS_OF), {**TYPED, "company": ""})
    teacher = app.test_client()
    sign_in(app, teacher, Role.TEACHER)
    page = teacher.get(ADDRESS_OF)
    assert "Namens welke aanbieder" not in page.text
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
