"""A task for one person alone stands under Van mij, whether it is held for them or names them."""

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.execution import instances
from processes.engine.store.models import UserTask
from tests.app.onboarding import prepare
from tests.app.tasks.test_drawn_fields import place
from tests.app.tasks.test_worklist import Browser, browser, listed, open_task
from tests.processes.engine.diagrams import process, straight, user
from tests.processes.engine.form_fields import field, form

INITIATOR = {"camunda_assignee": "${initiator}"}
IN_LIST = "/taken?lijst="


def begun(session: Session, by: Browser, groups: str, drawn: dict[str, str]) -> UserTask:
    """The task of a case that this person began."""
    prepare(session)
    remark = field("opmerking", "string", label="Opmerking")
    asked = user("a", form(remark), camunda_candidateGroups=groups, **drawn)
    xml = process(straight(asked, ids=("a",)), "klacht").decode()
    place(session, xml.replace('camunda:formKey="a"', ""))
    instances.start_process(
        session,
        "klacht",
        tenant=by.user.kvk,
        started_by="test",
        initiator=by.user.person.reference,
    )
    session.commit()
    return open_task(session)


@pytest.mark.parametrize(
    ("role", "drawn"),
    [
        (Role.TEACHER, {}),  # the group is narrowed to the teacher who began
        (Role.TEACHER, INITIATOR),
        (Role.PROVIDER, INITIATOR),
        (Role.REGISTRAR, INITIATOR),
    ],
)
def test_a_task_of_one_person_alone_is_theirs(
    app: Flask, session: Session, role: Role, drawn: dict[str, str]
) -> None:
    anna = browser(app, session, role)
    task = begun(session, anna, role.value, drawn)

    page = anna.open(f"{IN_LIST}mijn")

    assert listed(page) == ["a"]
    assert "Van mij (1)" in page.text
    assert 'data-label="Wie">u<' in page.text
    group = anna.open(f"{IN_LIST}groep")
    assert listed(group) == []
    assert re.search(r"Van mijn (groep|bedrijf) \(0\)", group.text)
    anna.send(anna.at(task), "gezien")
    assert "Klaar (1)" in anna.open("/taken").text


def test_colleagues_see_what_is_held_for_one_of_them_with_their_group(
    app: Flask, session: Session
) -> None:
    anna, bas = (browser(app, session, Role.REGISTRAR) for _ in range(2))
    begun(session, anna, "registrar", INITIATOR)
    assert listed(bas.open(f"{IN_LIST}mijn")) == []
    assert listed(bas.open(f"{IN_LIST}groep")) == ["a"]


def test_one_of_two_candidates_takes_it_and_leaves_it(app: Flask, session: Session) -> None:
    anna = browser(app, session, Role.TEACHER)
    task = begun(session, anna, "teacher,registrar", {})
    assert listed(anna.open(f"{IN_LIST}mijn")) == []
    assert listed(anna.open(f"{IN_LIST}groep")) == ["a"]

    page = anna.press(anna.at(task), f"/taken/{task.id}/oppakken", {})

    assert "U bent met deze taak bezig." in page.text
    assert listed(anna.open(f"{IN_LIST}mijn")) == ["a"]
    page = anna.press(page, f"/taken/{task.id}/loslaten", {})
    assert "Nog niemand is met deze taak bezig." in page.text
    assert listed(anna.open(f"{IN_LIST}groep")) == ["a"]
