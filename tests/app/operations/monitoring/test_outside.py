"""What operators see of workers outside: what waits, who fetches it, and that nobody does."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.base import now, set_clock
from tests.app.api.external.workers import TOPIC, begin, worker
from tests.app.operations.monitoring.test_metrics import metrics
from tests.app.signing_in import sign_in


def dashboard(app: Flask) -> str:
    client = app.test_client()
    sign_in(app, client, Role.OPERATOR)
    return " ".join(client.get("/beheer").text.split())


def later(time: timedelta) -> None:
    moment = now() + time
    set_clock(lambda: moment)


def test_without_workers_outside_nothing_is_told_of_them(app: Flask) -> None:
    assert "van buiten" not in dashboard(app)


def test_a_topic_that_no_opening_names_and_nobody_ever_fetched_is_told(
    app: Flask, session: Session
) -> None:
    begin(session)
    assert "Niemand haalt" not in dashboard(app), "a moment of patience"
    later(timedelta(minutes=6))
    page = dashboard(app)
    assert f"Niemand haalt “{TOPIC}” op" in page
    assert "vroeg ooit om deze taken" in page
    assert f"loket openings add NAAM --topic {TOPIC}" in page


def test_a_lane_tells_what_waits_what_is_held_and_who_asked_last(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    caller = worker(client, session, name="belrobot")
    for key in "abc":
        begin(session, business_key=key)
    caller.fetch()
    page = dashboard(app)
    lane = page[page.index("Programma") :]
    assert [lane.count(f'class="num">{number}</td>') > 0 for number in (2, 1)] == [True, True]
    assert "belrobot" in lane
    assert "Niemand haalt" not in page
    found = metrics(client)
    assert found["loket_outside_jobs_waiting", frozenset({TOPIC})] == 2
    assert found["loket_outside_fetch_age_seconds", frozenset({TOPIC})] >= 0
    later(timedelta(minutes=6))
    page = dashboard(app)
    assert f"Niemand haalt “{TOPIC}” op" in page
    assert "Kijk of het programma nog werkt." in page
