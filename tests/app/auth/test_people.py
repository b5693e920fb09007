"""The people of a company: names, rights on every route, invitations, the last administrator."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app.web.access import Role, right_for, roles_of
from processes.engine.store.models import Job
from processes.register.changes import AuditEvent
from processes.register.providers import expired_invitations
from processes.register.providers.people import Invitation, ProviderUser, Right
from processes.register.providers.web_sessions import WebSession
from tests.app.offers.offer_world import a_provider
from tests.app.onboarding import field
from tests.app.signing_in import KVK, sign_in, sign_in_as, user_with
from tests.app.web.test_access import address

PAGE = "/bedrijf/mensen"
OTHER = "b" * 64
THIRD = "c" * 64
SAYS = (b"Er is niets gewijzigd", b"U bent lezer")  # the page of a missing right


@pytest.fixture
def noor(app: Flask, client: FlaskClient, session: Session) -> FlaskClient:
    """The first of a company that is registered."""
    a_provider(session)
    sign_in(app, client, Role.PROVIDER)
    return client


@pytest.fixture
def bram(app: Flask, noor: FlaskClient) -> FlaskClient:  # noqa: ARG001 - comes after her
    """A colleague who came later."""
    other = app.test_client()
    sign_in(app, other, Role.PROVIDER, employee=OTHER)
    return other


def person(session: Session, employee: str = OTHER) -> ProviderUser:
    session.expire_all()
    return session.scalars(select(ProviderUser).filter_by(kvk=KVK, subject=employee)).one()


def post(client: FlaskClient, path: str, **fields: str) -> int:
    token = field(client.get(PAGE), "csrf_token")
    return client.post(path, data={"csrf_token": token, **fields}).status_code


@pytest.mark.rule("R3", "R4")
def test_the_first_of_a_company_is_its_administrator_and_who_comes_later_an_editor(
    bram: FlaskClient, session: Session
) -> None:
    assert person(session, "a" * 64).right is Right.ADMINISTRATOR
    assert person(session).right is Right.EDITOR
    assert "Uitnodigen" not in bram.get(PAGE).text


def for_providers(app: Flask) -> list[tuple[Rule, str, Right]]:
    """Every route that a provider may use, with each method and the right that it asks."""
    found = []
    for rule in app.url_map.iter_rules():
        if Role.PROVIDER in (roles_of(app, rule.endpoint) or set()):
            view = app.view_functions[rule.endpoint]
            methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
            found += [(rule, method, right_for(method, view)) for method in methods]
    return found


@pytest.mark.parametrize("right", list(Right))
def test_every_route_asks_the_right_that_it_needs(
    app: Flask, bram: FlaskClient, session: Session, right: Right
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    routes = for_providers(app)
    assert {needed for _, _, needed in routes} == set(Right)
    own = session.scalars(select(WebSession).filter_by(user_id=person(session).id)).one()
    own.right = person(session).right = right
    session.commit()
    allowed = 0
    for rule, method, needed in routes:
        answer = bram.open(address(rule), method=method)
        refused_here = any(words in answer.data for words in SAYS)
        if right.is_enough_for(needed):
            assert not refused_here, (rule, method)
            allowed += 1
        else:
            assert answer.status_code == 403, (rule, method)
            assert refused_here, (rule, method)
    assert allowed


def test_nobody_gets_at_the_people_of_another_company(
    app: Flask, bram: FlaskClient, session: Session
) -> None:
    other = app.test_client()
    sign_in(app, other, Role.PROVIDER, kvk="69599084")
    a_provider(session, kvk="69599084")
    found = person(session)
    assert post(other, f"{PAGE}/{found.id}/recht", right="beheerder") == 404
    assert post(other, f"{PAGE}/{found.id}/beeindigen") == 404
    assert person(session).right is Right.EDITOR
    assert bram.get(PAGE).status_code == 200


def test_a_name_that_somebody_chose_stands_in_the_trail(
    bram: FlaskClient, session: Session
) -> None:
    assert post(bram, f"{PAGE}/naam", name="Bram de Boer") == 303
    assert person(session).shown_name == "Bram de Boer (medewerker 2)"
    event = session.scalars(select(AuditEvent).filter_by(action="person-renamed")).one()
    assert event.details["person"] == ["medewerker 2", "Bram de Boer (medewerker 2)"]
    assert "Bram de Boer (medewerker 2)" in bram.get("/aanbod").text


def test_two_people_have_no_name_in_common(
    noor: FlaskClient, bram: FlaskClient, session: Session
) -> None:
    assert post(noor, f"{PAGE}/naam", name="Noor") == 303
    assert post(bram, f"{PAGE}/naam", name="NOOR") == 422
    assert person(session).name is None
    assert post(noor, f"{PAGE}/naam", name="") == 303
    assert person(session, "a" * 64).shown_name == "medewerker 1"


def test_a_right_that_is_taken_away_counts_at_once(
    noor: FlaskClient, bram: FlaskClient, session: Session
) -> None:
    assert bram.get("/aanbod/nieuw").status_code == 200
    assert post(noor, f"{PAGE}/{person(session).id}/recht", right="lezer") == 303
    assert bram.get("/aanbod/nieuw").status_code == 403
    page = bram.get("/aanbod")
    assert page.status_code == 200
    assert "Nieuwe activiteit toevoegen" not in page.text
    assert "geschorst" not in page.text
    event = session.scalars(select(AuditEvent).filter_by(action="person-right-changed")).one()
    assert event.details["right"] == ["bewerker", "lezer"]
    assert post(noor, f"{PAGE}/{person(session).id}/recht", right="koning") == 422


def test_who_has_no_access_any_more_is_out_at_once_and_not_let_in_again(
    app: Flask, noor: FlaskClient, bram: FlaskClient, session: Session
) -> None:
    assert post(noor, f"{PAGE}/{person(session).id}/beeindigen") == 303
    assert bram.get("/aanbod").location.startswith("/inloggen")
    assert person(session).ended_at is not None
    assert post(noor, f"{PAGE}/{person(session).id}/herstellen") == 303
    sign_in(app, bram, Role.PROVIDER, employee=OTHER)
    assert bram.get("/aanbod").status_code == 200
    assert person(session).right is Right.READER


@pytest.mark.parametrize("way", ["recht", "beeindigen"])
def test_the_last_administrator_stays_one(
    noor: FlaskClient, bram: FlaskClient, session: Session, way: str
) -> None:
    me = person(session, "a" * 64)
    assert post(noor, f"{PAGE}/{me.id}/{way}", right="lezer") == 409
    assert person(session, "a" * 64).right is Right.ADMINISTRATOR
    assert post(noor, f"{PAGE}/{person(session).id}/recht", right="beheerder") == 303
    assert post(noor, f"{PAGE}/{me.id}/{way}", right="lezer") == 303
    assert post(bram, f"{PAGE}/{person(session).id}/{way}", right="lezer") == 409


def test_an_invitation_gives_the_right_once(
    app: Flask, noor: FlaskClient, session: Session
) -> None:
    once = str(uuid4())
    asked = {"email": "cas@example.nl", "right": "lezer", "submission_id": once}
    assert post(noor, f"{PAGE}/uitnodigen", **asked) == 303
    assert post(noor, f"{PAGE}/uitnodigen", **asked) == 303
    assert session.scalars(select(Invitation)).one().right is Right.READER
    job = session.scalars(select(Job).filter_by(topic="send-invitation")).one()
    assert job.arguments == {"invitation_id": once}
    assert "cas@example.nl" in noor.get(PAGE).text
    cas = app.test_client()
    sign_in(app, cas, Role.PROVIDER, employee=THIRD)
    path = f"{PAGE}/uitnodigingen/{UUID(once)}"
    assert "uitgenodigd als lezer" in cas.get(path).text
    assert post(cas, path) == 303
    assert person(session, THIRD).right is Right.READER
    assert cas.get(path).status_code == 404
    assert "cas@example.nl" not in noor.get(PAGE).text


def test_an_invitation_is_of_its_company_and_can_be_taken_back(
    app: Flask, noor: FlaskClient, session: Session
) -> None:
    asked = {"email": "cas@example.nl", "right": "beheerder", "submission_id": str(uuid4())}
    assert post(noor, f"{PAGE}/uitnodigen", **asked) == 303
    path = f"{PAGE}/uitnodigingen/{asked['submission_id']}"
    other = app.test_client()
    sign_in(app, other, Role.PROVIDER, kvk="69599084")
    assert other.get(path).status_code == 404
    assert post(noor, f"{path}/intrekken") == 303
    assert noor.get(path).status_code == 404
    assert session.scalars(select(Invitation)).all() == []


def test_an_invitation_that_nobody_took_is_not_kept(noor: FlaskClient, session: Session) -> None:
    """Whoever was invited is nobody's contact: their address goes when the link opens nothing."""
    asked = {"email": "cas@example.nl", "right": "lezer", "submission_id": str(uuid4())}
    assert post(noor, f"{PAGE}/uitnodigen", **asked) == 303
    ends = session.scalars(select(Invitation)).one().expires_at
    assert not expired_invitations.EXPIRED.ask(session, ends - timedelta(seconds=1))
    expired_invitations.drop_expired(session, ends - timedelta(seconds=1))
    assert session.scalars(select(Invitation.email)).all() == ["cas@example.nl"]
    assert expired_invitations.EXPIRED.ask(session, ends)
    expired_invitations.drop_expired(session, ends)
    assert session.scalars(select(Invitation)).all() == []
    assert not expired_invitations.EXPIRED.ask(session, ends)


def test_an_address_that_is_none_is_told_at_its_field(noor: FlaskClient) -> None:
    assert post(noor, f"{PAGE}/uitnodigen", email="cas", right="lezer") == 422
    assert post(noor, f"{PAGE}/uitnodigen", email="cas@example.nl", right="") == 422


def test_an_administrator_of_one_branch_does_not_manage_the_company(
    app: Flask, session: Session
) -> None:

    a_provider(session)
    client = app.test_client()
    sign_in_as(app, client, user_with(app, Role.PROVIDER, branch="000012345678"))
    asked = {"email": "cas@example.nl", "right": "lezer"}
    assert post(client, f"{PAGE}/uitnodigen", **asked) == 403
    whole = app.test_client()
    sign_in(app, whole, Role.PROVIDER, employee=OTHER)
    assert person(session).right is Right.ADMINISTRATOR
    assert post(whole, f"{PAGE}/uitnodigen", **asked) == 303


@pytest.mark.rule("R54")
@pytest.mark.parametrize("way", ["recht", "beeindigen"])
def test_who_has_a_mandate_for_one_branch_is_no_other_administrator(
    noor: FlaskClient, bram: FlaskClient, session: Session, way: str
) -> None:
    me = person(session, "a" * 64)
    assert bram.get("/aanbod").status_code == 200
    colleague = person(session)
    colleague.right, colleague.branch = Right.ADMINISTRATOR, "000012345678"
    session.commit()
    assert post(noor, f"{PAGE}/{me.id}/{way}", right="lezer") == 409
    assert person(session, "a" * 64).right is Right.ADMINISTRATOR
