"""A version with live counts: figures that lead to the cases, in the diagram and in a table."""

import json
import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.execution.instances import start_process
from processes.engine.store.models import Incident, ProcessInstance
from tests.app.signing_in import sign_in
from tests.processes.engine.diagrams import boundary, chain, define, node, process, timer, user

XML = process(
    node("startEvent", "start") + node("endEvent", "end") + user("a") + user("late")
    + boundary("t", "a", timer("timeDuration", "P1D"), interrupting=False)
    + chain("start", "a", "end") + chain("t", "late", "end")
)  # fmt: skip


@pytest.fixture(autouse=True)
def operator(app: Flask, client: FlaskClient, session: Session) -> None:
    sign_in(app, client, Role.OPERATOR)
    define(session, XML)


def a_case(session: Session, key: str) -> ProcessInstance:
    one = start_process(session, "p", business_key=key, started_by="test")
    session.commit()
    return one


def badges(page: str) -> list[dict[str, Any]]:
    found = re.search(r'data-badges="([^"]*)"', page)
    assert found
    return list(json.loads(unescape(found[1])))


def test_the_figures_lead_to_the_cases_that_they_count(
    client: FlaskClient, session: Session
) -> None:
    one, _other = a_case(session, "zaak-1"), a_case(session, "zaak-2")
    session.add(
        Incident(instance_id=one.id, job_id=None, element_id="a", kind="budget", message="Stop.")
    )
    session.commit()
    page = client.get("/beheer/versies/p/1")
    assert 'data-live="tellingen"' in page.text
    found = {each["mark"]: each for each in badges(page.text)}
    assert {each["id"] for each in found.values()} == {"a"}  # the timer goes with its task
    assert found["token"]["told"] == "2 zaken wachten bij a"
    assert found["incident"]["told"] == "1 incident bij a"
    listed = client.get(found["token"]["href"]).text
    assert "2 zaken" in listed
    stuck = client.get(found["incident"]["href"]).text
    assert "zaak-1" in stuck
    assert "zaak-2" not in stuck
    for href in (found["token"]["href"], found["incident"]["href"]):
        assert f'href="{href.replace("&", "&amp;")}"' in page.text  # in the table too


def test_only_the_counts_are_asked_again(client: FlaskClient, session: Session) -> None:
    address = "/beheer/versies/p/1"
    empty = client.get(address, headers={"HX-Request": "true"}).text
    assert badges(empty) == []
    assert "<html" not in empty
    assert "Er wacht nu geen zaak van deze versie" in empty
    a_case(session, "zaak-1")
    again = client.get(address, headers={"HX-Request": "true"}).text
    assert [each["text"] for each in badges(again)] == ["1"]
    assert f'hx-get="{address}"' in again


def test_each_version_has_its_own_page_and_file(client: FlaskClient, session: Session) -> None:
    a_case(session, "zaak-1")
    define(session, XML)
    page = client.get("/beheer/versies/p/2").text
    assert badges(page) == []
    assert 'href="/beheer/versies/p/1">versie 1</a>' in page
    assert client.get("/beheer/versies/p/1/diagram.bpmn").status_code == 200
    assert client.get("/beheer/versies/p/3").status_code == 404
    assert client.get("/beheer/versies/q/1").status_code == 404
    assert 'href="/beheer/versies/p/1"' in client.get("/beheer").text


def test_others_do_not_see_it(app: Flask) -> None:
    other = app.test_client()
    sign_in(app, other, Role.PROCESS_OWNER)
    assert other.get("/beheer/versies/p/1").status_code == 403
