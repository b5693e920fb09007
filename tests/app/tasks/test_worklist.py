"""/taken for every role: the list, who takes a task, handing over, later, the term."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.web.access import Role, User
from processes.base import set_clock
from processes.engine.execution import instances
from processes.engine.store.models import TaskStatus, UserTask
from processes.engine.tasks.directory import remember
from processes.register.changes import AuditEvent
from tests.app.onboarding import Employee, heading, prepare
from tests.app.signing_in import KVK, sign_in, sign_in_as, user_with
from tests.app.tasks.test_drawn_fields import place
from tests.processes.engine.diagrams import process, straight, user
from tests.processes.engine.form_fields import field as drawn
from tests.processes.engine.form_fields import form

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
REMARK = drawn("opmerking", "string", label="Opmerking")
Begin = Callable[..., UserTask]


@pytest.fixture(autouse=True)
def _standing_clock() -> None:
    set_clock(lambda: NOW)


@pytest.fixture
def begin(session: Session) -> Begin:
    """Begins a case with one task for these groups."""

    def start(groups: str, tenant: str | None = None, **drawn_too: str) -> UserTask:
        prepare(session)
        attributes = {f"camunda_{name}": value for name, value in drawn_too.items()}
        asked = user("a", form(REMARK), camunda_candidateGroups=groups, **attributes)
        after = user("b", form(REMARK), camunda_candidateGroups=groups)
        xml = process(straight(asked, after, ids=("a", "b")), "klacht").decode()
        place(session, xml.replace('camunda:formKey="a"', "").replace('camunda:formKey="b"', ""))
        instances.start_process(session, "klacht", tenant=tenant, started_by="test")
        session.commit()
        return open_task(session)

    return start


def open_task(session: Session) -> UserTask:
    session.expire_all()
    return instances.open_user_tasks(session, process_key="klacht")[0]


def events(session: Session) -> dict[str, dict[str, Any]]:
    found = session.scalars(select(AuditEvent).where(AuditEvent.action.like("task-%")))
    return {each.action: {"actor": each.actor, **each.details} for each in found}


class Browser(Employee):
    """Somebody in a browser, at a task."""

    def __init__(self, client: FlaskClient, user: User) -> None:
        super().__init__(client)
        self.user = user

    def at(self, task: UserTask) -> TestResponse:
        return self.open(f"/taken/{task.id}")

    def do(self, task: UserTask, verb: str, **answers: str) -> TestResponse:
        page = self.open(f"/taken/{task.id}/regelen")
        named = {f"{verb}-{name}": answer for name, answer in answers.items()}
        return self.press(page, f"/taken/{task.id}/{verb}", named)

    def send(self, page: TestResponse, text: str, **more: str) -> TestResponse:
        (address,) = set(re.findall(r'class="loket-form"[^>]*action="([^"]+)"', page.text))
        return self.press(page, address, {"veld_opmerking": text, **more})


def browser(app: Flask, session: Session, role: Role, **who: Any) -> Browser:
    client = app.test_client()
    found = sign_in_as(app, client, user_with(app, role, **who))
    remember(session, found.person)
    session.commit()
    return Browser(client, found)


def listed(page: TestResponse) -> list[str]:
    return re.findall(r'data-label="Taak"><span><a[^>]*>([^<]*)<', page.text)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_list_and_can_do_its_task(
    app: Flask, session: Session, begin: Begin, role: Role
) -> None:
    task = begin(role.value, KVK)
    someone = browser(app, session, role)

    page = someone.open("/taken")
    assert heading(page) == "Taken"
    assert listed(page) == ["a"]

    page = someone.send(someone.at(task), "gezien")
    assert heading(page) == "b"  # the next task of the same case is theirs too
    assert "De taak “a” is afgerond." in page.text
    assert session.get_one(UserTask, task.id, populate_existing=True).completed_by_user == (
        someone.user.person.reference
    )
    page = someone.send(page, "klaar")
    assert heading(page) == "Taken"
    assert "De taak “b” is afgerond." in page.text
    assert "Klaar (2)" in page.text


@pytest.mark.parametrize("role", [Role.TEACHER, Role.OPERATOR, Role.PROVIDER])
def test_the_tasks_of_others_are_neither_listed_nor_opened(
    app: Flask, session: Session, begin: Begin, role: Role
) -> None:
    task = begin("registrar", "90004760")
    someone = browser(app, session, role)
    assert listed(someone.open("/taken?lijst=groep")) == []
    for address in ("", "/regelen"):
        assert someone.open(f"/taken/{task.id}{address}").status_code == 404
    page = someone.open("/taken")
    for verb in ("oppakken", "loslaten", "overnemen", "overdragen", "later", "termijn", ""):
        address = f"/taken/{task.id}/{verb}".rstrip("/")
        assert someone.press(page, address, {}).status_code == 404, verb


def test_a_task_is_taken_and_left(app: Flask, session: Session, begin: Begin) -> None:
    task = begin("registrar")
    anna = browser(app, session, Role.REGISTRAR)

    page = anna.press(anna.at(task), f"/taken/{task.id}/oppakken", {})
    assert "U bent met deze taak bezig." in page.text
    assert "Van mij (1)" in anna.open("/taken").text
    page = anna.press(page, f"/taken/{task.id}/loslaten", {})
    assert "Nog niemand is met deze taak bezig." in page.text
    assert set(events(session)) == {"task-claimed", "task-released"}


def test_who_comes_second_hears_who_was_first(app: Flask, session: Session, begin: Begin) -> None:
    task = begin("registrar")
    anna, bas = (browser(app, session, Role.REGISTRAR) for _ in range(2))
    seen_by_bas = bas.at(task)
    anna.press(anna.at(task), f"/taken/{task.id}/oppakken", {})

    page = bas.press(seen_by_bas, f"/taken/{task.id}/oppakken", {})

    assert "is al met deze taak bezig" in page.text
    assert open_task(session).assignee == anna.user.person.reference


def test_completing_what_another_has_asks_first_and_loses_nothing(
    app: Flask, session: Session, begin: Begin
) -> None:
    task = begin("registrar")
    anna, bas = (browser(app, session, Role.REGISTRAR) for _ in range(2))
    anna.press(anna.at(task), f"/taken/{task.id}/oppakken", {})

    page = bas.send(bas.at(task), "van Bas")

    assert page.status_code == 409
    told = page.text.index("is met deze taak bezig")
    assert told < page.text.index('<form class="loket-form"')  # above the task, however long
    assert f'action="/taken/{task.id}/overnemen"' not in page.text  # that would lose the text
    assert "van Bas" in page.text
    assert open_task(session).status is TaskStatus.OPEN
    page = bas.send(page, "van Bas", overnemen=anna.user.person.reference)
    assert heading(page) == "b"
    assert events(session)["task-completed"]["taken_over_from"] == "Test registrar"


def test_a_yes_to_taking_over_counts_for_who_had_it_then(
    app: Flask, session: Session, begin: Begin
) -> None:
    task = begin("registrar")
    anna, bas, cas = (browser(app, session, Role.REGISTRAR) for _ in range(3))
    page = bas.at(task)
    cas.press(cas.at(task), f"/taken/{task.id}/oppakken", {})
    page = bas.send(page, "van Bas", overnemen=anna.user.person.reference)
    assert page.status_code == 409


def test_a_draft_of_another_is_not_overwritten(app: Flask, session: Session, begin: Begin) -> None:
    task = begin("registrar")
    anna, bas = (browser(app, session, Role.REGISTRAR) for _ in range(2))
    anna.press(anna.at(task), f"/taken/{task.id}/oppakken", {})
    anna.press(anna.at(task), f"/taken/{task.id}/concept", {"veld_opmerking": "van Anna"})

    page = bas.press(bas.at(task), f"/taken/{task.id}/concept", {"veld_opmerking": "van Bas"})

    assert page.status_code == 409
    assert "van Anna" in anna.at(task).text


def test_a_task_is_handed_over_with_a_reason(app: Flask, session: Session, begin: Begin) -> None:
    task = begin("registrar")
    anna, bas = (browser(app, session, Role.REGISTRAR) for _ in range(2))
    to = bas.user.person.reference

    page = anna.do(task, "overdragen", to=to, reason="")
    assert page.status_code == 422
    assert "Schrijf op waarom" in page.text
    page = anna.do(task, "overdragen", to="staff:x", reason="omdat")
    assert "Kies aan wie" in page.text
    page = anna.do(task, "overdragen", to=to, reason="Anna is ziek")
    assert "U hebt de taak overgedragen aan Test registrar." in page.text

    assert open_task(session).assignee == to
    assert events(session)["task-handed-over"]["reason"] == "Anna is ziek"
    assert listed(bas.open("/taken?lijst=mijn")) == ["a"]


def test_a_task_is_put_away_until_a_day(app: Flask, session: Session, begin: Begin) -> None:
    task = begin("teacher")
    dirk = browser(app, session, Role.TEACHER)

    assert dirk.do(task, "later", until="1-3-2027", reason="x").status_code == 422
    page = dirk.do(task, "later", until="5-3-2027", reason="wacht op de school")
    assert "bij Later" in page.text
    assert listed(dirk.open("/taken?lijst=groep")) == []
    assert "Later (1)" in dirk.open("/taken").text

    set_clock(lambda: NOW + timedelta(days=4))
    sign_in_as(app, dirk.client, dirk.user)
    assert listed(dirk.open("/taken?lijst=groep")) == ["a"]


def test_the_register_changes_a_term_and_a_provider_does_not(
    app: Flask, session: Session, begin: Begin
) -> None:
    task = begin("provider, registrar", KVK, dueDate="P7D")
    anna = browser(app, session, Role.REGISTRAR)
    employee = browser(app, session, Role.PROVIDER)

    page = anna.do(task, "termijn", due="31-3-2027", reason="uitstel gevraagd")
    assert "31 maart 2027" in page.text
    assert events(session)["task-due-changed"] == {
        "actor": "Test registrar",
        "element": "a",
        "step": "a",
        "before": "2027-03-08T09:00:00+00:00",
        "after": "2027-03-31T23:59:59+02:00",
        "reason": "uitstel gevraagd",
    }
    page = employee.do(task, "termijn", due="31-12-2027", reason="graag later")
    assert "Dat kan niet" in page.text
    assert "Termijn veranderen" not in employee.open(f"/taken/{task.id}/regelen").text
    assert open_task(session).due_at == datetime(2027, 3, 31, 21, 59, 59, tzinfo=UTC)


def test_late_and_urgent_are_said_in_words(app: Flask, session: Session, begin: Begin) -> None:
    task = begin("registrar", dueDate="2027-02-26", priority="75")
    anna = browser(app, session, Role.REGISTRAR)
    for page in (anna.open("/taken"), anna.at(task)):
        assert "te laat" in page.text
        assert "Spoed" in page.text


def test_a_link_to_a_task_that_is_done_says_so(app: Flask, session: Session, begin: Begin) -> None:
    task = begin("registrar")
    anna = browser(app, session, Role.REGISTRAR)
    anna.send(anna.at(task), "gezien")
    page = anna.at(task)
    assert heading(page) == "Deze stap is al afgerond"
    assert "Naar uw taken" in page.text


def test_what_is_in_the_address_never_breaks_the_list(app: Flask, client: FlaskClient) -> None:
    sign_in(app, client, Role.OPERATOR)
    for words in (
        "lijst=x",
        "termijn=x",
        "na=x",
        "na=~~~",
        "zoek=%25_",
        "proces=x&zoek=" + "y" * 500,
    ):
        assert client.get(f"/taken?{words}").status_code == 200, words


def test_the_registration_goes_on_as_it_was(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    prepare(session)
    sign_in(app, client, Role.PROVIDER)
    page = Employee(client).begin()
    assert "met deze taak bezig" not in page.text
    assert listed(client.get("/taken")) == ["Kwaliteitseisen beantwoorden"]
