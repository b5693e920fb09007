"""Clicks at the same moment, on a database where commits are real (R15, R30)."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.web.access import Role, User
from processes.engine.store.models import Incident
from processes.register.offers.offers import Offer, OfferStatus
from processes.register.providers.providers import Provider
from tests.app.offers.offer_world import a_provider, an_offer, deploy_offer_publication, form_of
from tests.app.signing_in import sign_in_as, user_with
from tests.sizes import so_many

AT_ONCE = 4
ROUNDS = so_many(3, when_long=10)
Click = Callable[[FlaskClient], int]


@pytest.fixture
def busy_app(app_with_threads: Flask) -> Flask:
    app_with_threads.testing = True
    app_with_threads.config["WTF_CSRF_ENABLED"] = False
    return app_with_threads


@pytest.fixture
def session(own_engine: Engine) -> Iterator[Session]:
    with Session(own_engine, expire_on_commit=False) as session:
        deploy_offer_publication(session)
        session.commit()
        yield session


@pytest.fixture
def provider(session: Session) -> Provider:
    return a_provider(session)


@pytest.fixture
def user(busy_app: Flask, provider: Provider) -> User:
    return user_with(busy_app, Role.PROVIDER, kvk=provider.kvk)


def all_at_once(app: Flask, user: User, click: Click) -> list[int]:
    """Each in a browser of its own, started at the same instant; gives the status codes."""
    browsers = [app.test_client() for _ in range(AT_ONCE)]
    for browser in browsers:
        sign_in_as(app, browser, user)
    start = Barrier(AT_ONCE)

    def go(browser: FlaskClient) -> int:
        start.wait()
        return click(browser)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sorted(pool.map(go, browsers))


def status_of(browser: FlaskClient, address: str, sent: dict[str, Any]) -> int:
    return browser.post(address, data=sent).status_code


def count(session: Session, table: type[Offer] | type[Incident]) -> int:
    number = session.scalar(select(func.count()).select_from(table)) or 0
    session.commit()
    return number


def test_clicks_on_new_at_the_same_moment_make_one_activity(
    busy_app: Flask, session: Session, user: User
) -> None:
    for made in range(1, ROUNDS + 1):
        sent = form_of()
        codes = all_at_once(busy_app, user, partial(status_of, address="/aanbod/nieuw", sent=sent))
        assert codes == [302] * AT_ONCE
        assert count(session, Offer) == made


def test_of_those_who_save_at_the_same_moment_one_wins_and_the_others_are_told(
    busy_app: Flask, session: Session, user: User, provider: Provider
) -> None:
    offer = an_offer(session, provider)
    address = f"/aanbod/{offer.id}/bewerken"
    for number in range(ROUNDS):
        session.refresh(offer)
        based_on = offer.version
        session.commit()

        def save(browser: FlaskClient, number: int = number, based_on: int = based_on) -> int:
            sent = form_of(title=f"Titel {number} {id(browser)}", based_on=based_on)
            return browser.post(address, data=sent).status_code

        codes = all_at_once(busy_app, user, save)
        assert codes == [302] + [409] * (AT_ONCE - 1)
    assert count(session, Incident) == 0


def test_publishing_at_the_same_moment_publishes_once(
    busy_app: Flask, session: Session, user: User, provider: Provider
) -> None:
    for _ in range(ROUNDS):
        offer = an_offer(session, provider)
        address = f"/aanbod/{offer.id}/publiceren"
        codes = all_at_once(busy_app, user, partial(status_of, address=address, sent={}))
        assert codes == [302] * AT_ONCE
        session.refresh(offer)
        assert offer.status is OfferStatus.PUBLISHED
        session.commit()
    assert count(session, Incident) == 0
