"""Two start forms at the same instant, on a database where commits stay."""

from functools import partial

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.web.access import Role
from processes.engine.deployment.definitions import deploy
from processes.engine.store.models import ProcessInstance
from processes.engine.store.start_models import BegunCase
from tests.app.begin.complaints import ADDRESS_OF, SUBJECT, complaint
from tests.app.onboarding import field, heading
from tests.app.signing_in import sign_in
from tests.app.tasks.test_races import at_once, portal
from workers.vocabulary import vocabulary

__all__ = ["portal"]  # a fixture

TYPED = {"veld_onderwerp": "De cursus ging niet door"}


def place(engine: Engine, business_key: str = "") -> None:
    xml = complaint(SUBJECT, groups="provider", business_key=business_key)
    with Session(engine) as session:
        deploy(session, xml, vocabulary=vocabulary(), deployed_by="petra")
        session.commit()


def browser(portal: Flask, number: int) -> FlaskClient:
    client = portal.test_client()
    sign_in(portal, client, Role.PROVIDER, employee=f"{number:064d}")
    return client


def answers(page: TestResponse) -> dict[str, str]:
    hidden = ("csrf_token", "submission_id", "version")
    return {name: field(page, name) for name in hidden} | TYPED


def cases(engine: Engine) -> list[ProcessInstance]:
    with Session(engine) as session:
        return list(session.scalars(select(ProcessInstance)))


def test_a_double_click_is_one_case(portal: Flask, own_engine: Engine) -> None:
    place(own_engine)
    first = browser(portal, 1)
    page = first.get(ADDRESS_OF)
    second = portal.test_client()
    for name in ("loket", "loket-login"):
        kept = first.get_cookie(name)
        assert kept
        second.set_cookie(name, kept.value)
    sent = partial(first.post, ADDRESS_OF, data=answers(page))
    again = partial(second.post, ADDRESS_OF, data=answers(page))
    told = at_once(sent, again)
    assert [each.status_code for each in told] == [303, 303]
    assert len({each.location for each in told}) == 1
    assert len(cases(own_engine)) == 1
    with Session(own_engine) as session:
        assert len(session.scalars(select(BegunCase)).all()) == 1


def test_two_colleagues_begin_one_case_of_their_company(portal: Flask, own_engine: Engine) -> None:
    place(own_engine, "${kvk}")
    people = [browser(portal, number) for number in (1, 2)]
    pages = [each.get(ADDRESS_OF) for each in people]
    told = at_once(
        *(
            partial(each.post, ADDRESS_OF, data=answers(page))
            for each, page in zip(people, pages, strict=True)
        )
    )
    assert sorted(each.status_code for each in told) == [303, 409]
    (instance,) = cases(own_engine)
    refused = next(each for each in told if each.status_code == 409)
    assert f"/zaken/{instance.id}" in refused.text
    assert heading(refused) == "Klacht behandelen"
