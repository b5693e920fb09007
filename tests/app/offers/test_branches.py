"""The branches of a company: which there are, and which of them an activity belongs to (R54)."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.register.changes import AuditEvent
from processes.register.providers.providers import Provider
from tests.app.offers.offer_world import (
    a_provider,
    a_published_offer,
    an_employee,
    an_offer,
    deploy_offer_publication,
)

MAIN, OTHER, ELSEWHERE = "000038509504", "000037178598", "000011112222"


@pytest.fixture
def provider(app: Flask, client: FlaskClient, session: Session) -> Provider:
    app.config["WTF_CSRF_ENABLED"] = False
    deploy_offer_publication(session)
    provider = a_provider(session)
    provider.company = provider.company | {"branch": MAIN, "branches": [MAIN, OTHER]}
    session.commit()
    an_employee(app, client)
    return provider


@pytest.mark.rule("R54")
def test_every_branch_is_listed_with_its_activities(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    a_published_offer(session, provider, branch=MAIN)
    an_offer(session, provider, branch=ELSEWHERE)
    page = client.get("/aanbod/vestigingen").text
    assert f"{MAIN}</a> (hoofdvestiging)" in page
    assert OTHER in page
    assert "niet in het handelsregister gevonden" in page
    assert page.index(MAIN) < page.index(ELSEWHERE) < page.index(OTHER)


@pytest.mark.rule("R54")
def test_an_activity_goes_to_a_branch_and_back_to_the_whole_company(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    path = f"/aanbod/{offer.id}/vestiging"
    assert client.post(path, data={"vestiging": OTHER}).status_code == 303
    session.expire_all()
    assert offer.branch == OTHER
    event = session.scalars(select(AuditEvent).filter_by(action="offer-branch-changed")).one()
    assert event.details["branch"] == [None, OTHER]
    assert client.post(path, data={"vestiging": "000099999999"}).status_code == 400
    assert client.post(path, data={"vestiging": ""}).status_code == 303
    session.expire_all()
    assert offer.branch is None


@pytest.mark.rule("R54")
def test_who_is_limited_to_a_branch_moves_nothing_to_another(
    app: Flask, session: Session, provider: Provider
) -> None:
    offer = an_offer(session, provider, branch=OTHER)
    limited = app.test_client()
    an_employee(app, limited, employee="b" * 64, branch=OTHER)
    answer = limited.post(f"/aanbod/{offer.id}/vestiging", data={"vestiging": MAIN})
    assert answer.status_code == 303
    assert "U bent ingelogd voor één vestiging" in limited.get(f"/aanbod/{offer.id}").text
    page = limited.get("/aanbod/vestigingen").text
    assert OTHER in page
    assert MAIN not in page
    session.expire_all()
    assert offer.branch == OTHER
