"""A process owner sees where cases of a version stand, and those cases: never who they are."""

import json
import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.execution.instances import start_process
from processes.engine.store.models import Incident, ProcessInstance
from tests.app.signing_in import KVK, sign_in
from tests.processes.engine.diagrams import define, process, straight, user
from tests.processes.engine.playing import do

XML = process(straight(user("a"), user("b"), ids=("a", "b")))


@pytest.fixture
def cases(app: Flask, client: FlaskClient, session: Session) -> list[ProcessInstance]:
    """One at `a` with an incident there, one at `b`, one of a newer version."""
    sign_in(app, client, Role.PROCESS_OWNER)
    define(session, XML)
    found = [start_process(session, "p", business_key=KVK, tenant=KVK, started_by="test")]
    do(session, "a")
    found.insert(0, start_process(session, "p", business_key="2", started_by="test"))
    session.add(
        Incident(
            instance_id=found[0].id, job_id=None, element_id="a", kind="budget", message="Stop."
        )
    )
    define(session, XML)
    found.append(start_process(session, "p", business_key="3", started_by="test"))
    session.commit()
    return found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", [0, 1, 2]),
        ("versie=1", [0, 1]),
        ("wacht=a", [0, 2]),
        ("wacht=a&versie=2", [2]),
        ("wacht=elders", []),
        ("incident=ja", [0]),
        ("onderdeel=a", [0]),
        ("onderdeel=b", []),
        ("versie=onzin&incident=x&status=x", [0, 1, 2]),
    ],
)
def test_cases_are_found_by_version_and_by_where_they_are(
    client: FlaskClient, cases: list[ProcessInstance], words: str, found: list[int]
) -> None:
    page = client.get(f"/processen/p/zaken?{words}").text
    shown = [number for number, one in enumerate(cases) if f"/processen/zaken/{one.id}" in page]
    assert shown == found
    assert KVK not in page


@pytest.mark.usefixtures("cases")
def test_the_figures_of_a_version_lead_to_its_cases(client: FlaskClient) -> None:
    page = client.get("/processen/p/1").text
    assert 'data-live="tellingen"' in page
    badges = re.search(r'data-badges="([^"]*)"', page)
    assert badges
    told = {each["told"]: each["href"] for each in json.loads(unescape(badges[1]))}
    assert list(told) == ["1 zaak wacht bij a", "1 incident bij a", "1 zaak wacht bij b"]
    for href in told.values():
        assert ">1 zaak<" in re.sub(r"\s+", " ", client.get(href).text)
    again = client.get("/processen/p/1", headers={"HX-Request": "true"}).text
    assert "<html" not in again
    assert 'hx-get="/processen/p/1"' in again
