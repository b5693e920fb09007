"""Hostile text in every field of every form: kept, shown, mailed, exported, found; nothing runs.

The forms are found by looking at every page, as whoever may open it, and in the registry. Each is
filled in until it is taken; a form or field that takes no hostile text is named here, with why.
"""

import importlib
import json
import pkgutil
import re
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
import wtforms
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

import app as web
import forms as forms_of_code
from app.setup.tables import all_tables
from app.web.access import Role, User
from forms.drawn.values import PREFIX
from forms.fields import LineField, TextField
from forms.registry import FORMS
from processes.base import now, set_clock
from processes.casework.exports.contents import contents_of
from processes.casework.exports.tables import ExportKind
from processes.engine.execution.instances import open_user_tasks, start_process, variables
from processes.engine.store.models import Job, ProcessInstance
from processes.platform.settings import Settings
from tests.app.api.programs import program
from tests.app.signing_in import sign_in, sign_in_as, user_with
from tests.app.web.every_page import address_of, gets
from tests.app.web.hostile.files import parts_of, values_in
from tests.app.web.hostile.texts import (
    MARK,
    Sent,
    as_kept,
    forms_on,
    hostile,
    number_in,
    runs,
    send,
)
from tests.app.web.hostile.world import DRAWN, HostileWorld, hostile_offer, hostile_world
from tests.processes.engine.diagrams import define, node, process, straight
from tests.processes.engine.form_fields import form as drawn_form
from workers.clients import mail as smtp
from workers.handlers.mail import sending
from workers.job_context import JobContext
from workers.registry import SERVICE_TASKS

# What is shown is asked of the same code on both databases: one is enough.
on_one_database = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

NOT_TAKEN = {
    "offers.confirm_deletion": "asks to type a word",
    "portfolio.erase_all": "asks to type a word",
    "operations.variables": "asks for a value of a kind that the case has",
    "registrar.begin_merge": "asks for two providers of which nothing is going on",
    "registrar.begin_transfer": "asks for a company that is no provider",
    "tasks.submit": "of assess-claim: asks for an account of the older register",
}
"""Forms of the pages that are sent and shown again, with the text in them, and never taken."""
NOT_OPENED = {
    "app.demo.login_forms.EHerkenningForm": "of the simulator",
    "app.demo.login_forms.SamlForm": "of the simulator",
    "forms.offers.offers.DeleteManyForm": "asks to type a word",
    "forms.offers.offers.DeleteOfferForm": "asks to type a word",
    "forms.offers.offers.OverviewFilterForm": "sent by GET, filters",
    "forms.offers.reports.AssessHiddenOfferForm": "of an offer that is hidden; as AssessOfferForm",
    "forms.offers.runs.RunForm": "may stay empty, and does when it complains of all its fields",
    "forms.operators.break_glass.BreakGlassForm": "a name, password and code, which are looked up",
    "forms.operators.operations.GivenForm": "a value that VariableForm judges",
    "forms.operators.operations.GroupForm": "of a list of cases; as ReasonForm",
    "forms.operators.operations.TokenForm": "of a place in a case; as ReasonForm",
    "forms.operators.operations.VariableForm": "asks for a value of a kind that the case has",
    "forms.owners.deployment.RemarkForm": "of a draft that somebody else made; as NoteForm",
    "forms.owners.texts.LetterForm": "refuses what is no name of a fact; as TextForm",
    "forms.owners.texts.TextForm": "one of the texts by its name",
    "forms.owners.texts.WordsForm": "refuses what is no list of words",
    "forms.owners.tryout.AnswerForm": "of a try-out that is going on",
    "forms.owners.tryout.KeepScenarioForm": "of a try-out that is going on",
    "forms.owners.tryout.ScenarioReasonForm": "of a scenario",
    "forms.portfolio.EraseForm": "asks to type a word",
    "forms.provider.claims.AssessClaimForm": "asks for an account of the older register",
    "forms.provider.profile.TypedProfileForm": "of a company that the trade register does not know",
    "forms.provider.registration.AddressFields": "the same",
    "forms.provider.registration.TypedCompanyForm": "the same",
    "forms.work.DelegationForm": "asks for a person who is known",
    "forms.work.HandOverForm": "asks for a person who is known",
    "forms.work.TermForm": "of a case with a legal term",
    "forms.work.WithdrawForm": "of a case that may be withdrawn",
}
"""Forms that no page of this world takes: their fields are typed in by themselves, below."""
SENT_BACK = ("remark", "opmerking_")
"""Fields of comments, which count when an answer is sent back; here it is approved."""
MADE = "forms.drawn.generated."  # classes with drawn fields
RICH = {"contribution", "content"}
"""Fields of HTML: elements that are not among ours go, what stands in them stays."""


@dataclass
class Walk:
    """What was sent by whom, and what the forms made of it."""

    sent: dict[str, Sent] = field(default_factory=dict)
    takes: dict[str, set[str]] = field(default_factory=dict)  # fields, by the name of their form
    pages: list[tuple[FlaskClient, str]] = field(default_factory=list)


@pytest.fixture
def takes(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """The fields in which a valid form had hostile text, by form class and its base classes."""
    known: dict[str, set[str]] = {}
    validate = wtforms.Form.validate

    def noted(form: wtforms.Form, *args: Any, **more: Any) -> bool:
        is_valid = bool(validate(form, *args, **more))
        if is_valid:
            names = {
                each.short_name for each in form if isinstance(each.data, str) and MARK in each.data
            }
            for base in type(form).__mro__:
                known.setdefault(f"{base.__module__}.{base.__name__}", set()).update(names)
        return is_valid

    monkeypatch.setattr(wtforms.Form, "validate", noted)
    return known


def walk(app: Flask, world: HostileWorld, takes: dict[str, set[str]]) -> Walk:
    """Send each form of each page, as whoever may open it."""
    done = Walk(takes=takes)
    objects, processes = world.objects, world.processes
    people = {role: user_with(app, role) for role in Role}
    people |= {Role.PROVIDER: objects.ours.user, Role.TEACHER: objects.teacher.user}
    theirs = {Role.PROVIDER: objects.ours, Role.TEACHER: objects.teacher}
    of_role = {}
    clients = {role: app.test_client() for role in people}
    for role, user in people.items():
        sign_in_as(app, clients[role], user)
        named = {**processes.process, **objects.teacher.objects, **objects.ours.of_branch}
        named |= theirs[role].objects if role in theirs else {}
        of_role[role] = [address_of(rule, processes, named, objects) for rule in gets(app, role)]
    # What the registry adds comes first: who leaves, or is suspended, has no tasks any more.
    for addresses in (world.more, of_role):
        for role, user in people.items():
            for address in addresses[role]:
                _send_all(app, clients[role], user, address, done)
    return done


def _send_all(app: Flask, client: FlaskClient, user: User, address: str, done: Walk) -> None:
    shown = client.get(address)
    if shown.status_code == HTTPStatus.OK and shown.mimetype == "text/html":
        for form in forms_on(shown.text, address):
            if form.where not in done.sent:
                _later()
                done.sent[form.where] = send(app, client, user, form)
    done.pages.append((client, address))


def _later() -> None:
    """Time passes: nobody fills in a form at once."""
    moment = now() + timedelta(seconds=5)
    set_clock(lambda: moment)


def endpoint_of(app: Flask, where: str) -> str:
    found: str = app.url_map.bind("").match(where.partition("?")[0], method="POST")[0]
    return found


def typed_fields() -> Iterator[tuple[str, str]]:
    """Each form class that stands in our code, and its fields in which any text may be typed.

    Not those that are made for a page: other tests leave some.
    """
    for package in (forms_of_code, web):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "migrations" not in module.name and not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    waiting, seen = [wtforms.Form], set()
    while waiting:
        each = waiting.pop()
        waiting += each.__subclasses__()
        stands = getattr(sys.modules[each.__module__], each.__name__, None) is each
        if each in seen or not stands or not each.__module__.startswith(("forms.", "app.")):
            continue
        seen.add(each)
        yield from ((f"{each.__module__}.{each.__name__}", name) for name in text_fields(each))


def text_fields(form: type[wtforms.Form]) -> Iterator[str]:
    for name in dir(form):
        kind = getattr(getattr(form, name, None), "field_class", None)
        if kind in {LineField, TextField}:
            yield name


def everything_kept(session: Session) -> list[str]:
    """Every text in every row of every table."""
    found: list[str] = []
    for table in all_tables().sorted_tables:
        for row in session.execute(select(table)):
            for value in row:
                found += _texts_in(value)
    for case in session.scalars(select(ProcessInstance)):
        found += values_in("application/json", json.dumps(variables(session, case)).encode())
    return [text for text in found if MARK in text]


def _texts_in(value: object) -> Iterator[str]:
    """The texts of a column, of JSON or of the runs of an activity too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        yield from values_in("application/json", json.dumps(value).encode())
    elif isinstance(value, tuple):
        for run in value:
            yield from (each for each in asdict(run).values() if isinstance(each, str))


def _nothing(done: int, total: int) -> None:
    assert done <= total


def mails(session: Session, monkeypatch: pytest.MonkeyPatch) -> list[smtp.Message]:
    """What the mail jobs that wait would send."""
    sent: list[smtp.Message] = []

    def take(_settings: Settings, message: smtp.Message) -> str:
        sent.append(replace(message, recipient="anna@scholing.example"))  # some are of no domain
        return "250 OK"

    monkeypatch.setattr(smtp, "send", take)
    monkeypatch.setattr(sending, "_keep", lambda *_: None)
    for job in session.scalars(select(Job)):
        task = SERVICE_TASKS.get(job.topic)
        if task is not None and task.queue == "mail":
            context = JobContext(
                job.id,
                job.idempotency_key,
                1,
                job.tenant,
                lambda: nullcontext(session),
                _nothing,
                lambda: None,
            )
            if job.arguments:  # the job of the test world has none
                task.perform(**job.arguments, job=context)
    return sent


def said_in(page: str) -> Iterator[str]:
    """What a page says: the text of each element, and what stands in its fields."""
    tree = html.document_fromstring(page)
    yield tree.text_content()
    for each in tree.iter():
        yield from each.attrib.values()


@on_one_database
def test_hostile_text_in_every_field_of_every_form(
    app: Flask,
    session: Session,
    settings: Settings,
    takes: dict[str, set[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    world = hostile_world(app, session)
    hostile_offer(session, world.objects)
    done = walk(app, world, takes)
    assert [sent for sent in done.sent.values() if is_wrong(sent)] == []
    untaken = {endpoint_of(app, sent.where) for sent in done.sent.values() if not sent.is_taken}
    assert untaken - set(NOT_TAKEN) == set()
    valid = [key for key, each in FORMS.items() if f"{each.__module__}.{each.__name__}" in takes]
    typed_in = {key for key, each in FORMS.items() if any(True for _ in text_fields(each))}
    assert typed_in - set(valid) == {"assess-claim"}  # those of the registry come by themselves
    never = {(form, name) for form, name in typed_fields() if name not in takes.get(form, set())}
    assert {form for form, _ in never} - set(NOT_OPENED) == set()
    drawn = set().union(*(names for form, names in takes.items() if form.startswith(MADE)))
    assert drawn >= {f"{PREFIX}regel", f"{PREFIX}verhaal"}
    assert lost(session, done) == []
    assert shown_wrong(done) == []
    letters = mails(session, monkeypatch)
    assert any(MARK in letter.subject for letter in letters)
    for letter in letters:
        text, formatted = parts_of(smtp.as_email(settings, letter))
        assert not runs(formatted)
        assert set(WRITTEN.findall(text)) == set(WRITTEN.findall("".join(said_in(formatted))))
        assert "\n" not in letter.subject


WRITTEN = re.compile(rf"<{MARK}\d+")


def is_wrong(sent: Sent) -> bool:
    is_page = sent.answer.mimetype == "text/html"
    broke = sent.answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    return broke or sent.is_lost or (is_page and runs(sent.answer.text))


def lost(session: Session, done: Walk) -> list[tuple[str, str]]:
    """The fields of forms that were taken whose text stands in no row as it was typed."""
    whole = "\n".join(everything_kept(session))
    return [
        (sent.where, name)
        for sent in done.sent.values()
        for name, text in sent.kept.items()
        if name not in RICH
        and not any(each in whole for each in as_kept(text))
        and not name.startswith(SENT_BACK)
    ]


def _stands_in(said: str, text: str) -> bool:
    """Whether the text is said, or its begin where a page shows no more of something long."""
    begin = len(text.partition(MARK)[0]) + len(MARK) + len(number_in(text))
    return text in said or any(f"{text[:end]}..." in said for end in range(begin, len(text)))


def shown_wrong(done: Walk) -> list[tuple[str, str]]:
    """The pages and files that break, run something, or show text in another way than typed."""
    typed = {
        number_in(text): {" ".join(each.split()) for each in as_kept(text)}
        for sent in done.sent.values()
        for name, text in sent.kept.items()
        if name not in RICH
    }
    wrong = []
    shown = set()
    for client, address in done.pages:
        page = client.get(address)
        if page.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR and address != "/healthz":
            wrong.append((address, "broke"))
        if page.status_code != HTTPStatus.OK or not page.data:
            continue
        if page.mimetype == "text/html":
            said = [*said_in(page.text)]
            wrong += [(address, "runs")] if runs(page.text) else []
        else:
            said = list(values_in(page.mimetype or "", page.data))
        for text in said:
            flat = " ".join(text.split())
            for number in WRITTEN_NUMBER.findall(text):
                shown.add(number)
                if number in typed and not any(_stands_in(flat, each) for each in typed[number]):
                    wrong.append((address, flat))
    assert len(shown & set(typed)) > len(typed) / 3
    return wrong


WRITTEN_NUMBER = re.compile(rf"<{MARK}(\d+)")


def test_each_field_keeps_what_is_typed_and_writes_it_back_as_text() -> None:
    """Also the fields of forms that no page takes."""
    wrong = []
    for form, name in typed_fields():
        module, _, of_class = form.rpartition(".")
        made = getattr(sys.modules[module], of_class)
        text = hostile()
        filled = made(MultiDict({name: text}))
        written = html.fragment_fromstring(str(filled[name]()), create_parent=True)
        values = {
            *written.xpath(".//@value"),
            *(each.strip() for each in written.xpath(".//textarea/text()")),
        }
        if filled[name].data not in as_kept(text) or not values & {*as_kept(text), text}:
            wrong.append((form, name, values))
    assert wrong == []


@on_one_database
def test_an_offer_is_found_exported_and_told_by_the_api_as_it_was_typed(
    app: Flask, session: Session
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    world = hostile_world(app, session)
    typed = hostile_offer(session, world.objects)
    client = app.test_client()
    number = number_in(typed["title"])
    found = client.get("/catalogus", query_string={"zoek": f"{MARK}{number}"})
    assert not runs(found.text)
    assert any(typed["title"] in text for text in said_in(found.text))
    sign_in_as(app, client, world.objects.ours.user)
    for kind in ("csv", "xlsx"):
        file = client.post(f"/aanbod/bestanden/aanbod.{kind}")
        values = set(values_in(file.mimetype or "", file.data))
        assert {text for name, text in typed.items() if name not in RICH} <= values
    contents = contents_of(session, ExportKind.PROVIDER, world.objects.ours.user.kvk or "")
    told = {text for part in contents.parts for row in part.cells for text in row}
    assert typed["title"] in told
    for address in ("/api/v1/catalogus", "/api/v1/edudex-programmas", "/catalogus.atom"):
        file = client.get(address)
        assert typed["title"] in set(values_in(file.mimetype or "", file.data)), address


def test_a_program_gets_back_what_it_sent(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    """On both databases: what is stored is JSON."""
    group = {"camunda_candidateGroups": "registrar"}
    tasks = [node("userTask", each, drawn_form(*DRAWN), **group) for each in ("a", "b")]
    define(session, process(straight(*tasks, ids=("a", "b"))))
    case = start_process(session, "p", started_by="test")
    session.commit()
    sender = program(client, session, groups=["registrar"])
    (first,) = open_user_tasks(session, group="registrar")
    answers = {"regel": hostile(), "verhaal": hostile()}
    done = sender.post(f"taken/{first.id}/afronden", {"variables": answers})
    assert done.status_code == HTTPStatus.OK, done.text
    session.expire_all()
    kept = variables(session, case)
    assert all(kept[name] in as_kept(text) for name, text in answers.items())
    (second,) = open_user_tasks(session, group="registrar")
    headers = {"Authorization": f"Bearer {sender.token}"}
    told = client.get(f"/api/v1/taken/{second.id}", headers=headers)
    texts = set(values_in("application/json", told.data))
    assert {kept["regel"], kept["verhaal"]} <= texts
    sign_in(app, client, Role.REGISTRAR)
    page = client.get(f"/taken/{second.id}")
    assert not runs(page.text)
    flat = " ".join(" ".join(said_in(page.text)).split())
    assert all(" ".join(str(kept[name]).split()) in flat for name in answers)


def test_text_that_is_not_escaped_is_seen(app: Flask) -> None:
    """The null of the tests above."""
    assert runs(f"<p>{hostile()}</p>")
    assert runs("<p>49${7*7}</p>")
    with app.test_request_context():
        assert not runs(app.jinja_env.from_string("<p>{{ text }}</p>").render(text=hostile()))
    cells = b"naam;plaats\r\n=1+1;Gouda\r\n"
    with pytest.raises(AssertionError):
        list(values_in("text/csv", cells))
    with pytest.raises(AssertionError):
        list(values_in("text/calendar", b"SUMMARY:a\r\nBcc: x@x.example\r\n"))
    assert list(values_in("text/csv", cells.replace(b"=1+1", b"'=1+1")))[2] == "=1+1"
