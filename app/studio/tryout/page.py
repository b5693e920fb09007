"""View model of the try-out page, with its forms."""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import request
from markupsafe import Markup

from app.studio.tryout.subject import Subject
from app.studio.tryout.tasks import Situation, TaskForm, TryOutCase, forms_of
from app.web.access import Role, current_user
from app.web.db import db
from app.web.form_pages.start_forms import block_of_page, start_form_class
from app.web.form_pages.uploads import form_sent
from forms.owners.tryout import (
    AnswerForm,
    BeginForm,
    EventForm,
    InsteadForm,
    KeepScenarioForm,
    WaitForm,
    error_label,
    lines_of,
)
from processes.engine.diagram import graph
from processes.engine.diagram.beginning import Beginning, beginning_of
from processes.engine.diagram.elements import apart, read
from processes.engine.diagram.same_names import told_apart
from processes.engine.registry import DELEGATES
from processes.tryout import runs, sandbox, world
from processes.tryout.actions import Action
from processes.tryout.models import TryOut
from processes.tryout.outcome import ActionResult, OpenEvent, OpenJob, Outcome
from processes.tryout.play import Play, beside
from processes.tryout.scenarios.coverage import coverage
from processes.tryout.scenarios.scenario import is_told
from workers.registry import SERVICE_TASKS


@dataclass(frozen=True)
class JobCard:
    """An open job, with the form to answer it."""

    job: OpenJob
    title: str
    form: AnswerForm
    is_sent: bool


@dataclass(frozen=True)
class EventCard:
    """A message or signal that the instance waits for."""

    event: OpenEvent
    name: str  # of the element that waits
    form: EventForm
    is_sent: bool


@dataclass
class TryOutPage:
    """A subject, its actions so far, and the possible next actions."""

    subject: Subject
    run: TryOut | None
    actions: list[Action]
    outcome: Outcome | None = None
    is_too_heavy: bool = False
    has_failed: bool = False
    _names: dict[str, str] = field(default_factory=dict)

    @property
    def has_changed(self) -> bool:
        """Whether the diagram changed since the last action."""
        return self.run is not None and self.run.xml != self.subject.xml

    @property
    def tenant(self) -> str:
        return (self.actions[0].tenant or "") if self.actions else ""

    @cached_property
    def task_forms(self) -> list[TaskForm]:
        """The forms of the chosen task."""
        chosen = self.chosen_task
        if chosen is None or self.outcome is None:
            return []
        drawn = list(read(self.subject.xml.encode()).elements.values())
        return forms_of(Situation(self.tenant, chosen, self.outcome, drawn))

    @cached_property
    def chosen_task(self) -> Any:
        """The task whose form is shown."""
        tasks = self.outcome.tasks if self.outcome else ()
        asked = request.form if _does("task") else request.args
        names = ("_element", "_which") if _does("task") else ("taak", "nummer")
        element, which = asked.get(names[0]), asked.get(names[1], "0")
        same = [each for each in tasks if (each.element, str(each.which)) == (element, which)]
        return next(iter(same or ([] if _does("task") else tasks)), None)

    @cached_property
    def begin(self) -> Any:
        """The form to begin with: a BeginForm, and the fields of the start form."""
        beginning = world.beginning_of(self.subject.key)
        companies = [(one.kvk, one.label) for one in world.COMPANIES]
        form_class: Any = BeginForm.among(companies, self.starts)
        if not _does("begin") or request.form.get("begin_at") in {None, self.how.start_id}:
            form_class = start_form_class(form_class, self.how, self._begin_case)
        if _does("begin"):
            return form_class(form_sent(form_class, None))
        return form_class(None, data={"company": beginning.tenant})

    @property
    def _begin_case(self) -> TryOutCase:
        """The company that the start form is about, before anything is known of its case."""
        usual = world.beginning_of(self.subject.key).tenant
        return TryOutCase(request.form.get("company", usual or ""), {})

    def begin_part(self, block: str) -> Markup:
        """A block of the page of the form with which the process begins."""
        return block_of_page(self.how, block, self.begin, self._begin_case)

    @cached_property
    def how(self) -> Beginning:
        """How people begin the process."""
        try:
            return beginning_of(graph.read(self.subject.xml.encode()), self.subject.key)
        except LookupError:  # a draft without a process: nothing to begin yet
            return Beginning(self.subject.key, self.subject.name)

    @cached_property
    def starts(self) -> list[tuple[str, str]]:
        """The start events of the process, if there is a choice."""
        scopes = graph.read(self.subject.xml.encode()).processes
        events = {
            node.id or "": node.name or apart(node.kind, node.id or "")
            for scope in scopes
            if scope.id == self.subject.key
            for node in scope.nodes
            if node.kind == "startEvent"
        }
        return list(told_apart(events).items()) if len(events) > 1 else []

    @cached_property
    def jobs(self) -> list[JobCard]:
        waiting = [job for job in (self.outcome.jobs if self.outcome else ()) if not job.has_failed]
        return [self._job(job) for job in waiting]

    def _job(self, job: OpenJob) -> JobCard:
        sent = _does("job") and _is_about(job.element, job.which)
        known = SERVICE_TASKS.get(job.topic)
        codes = _codes(self.subject.xml, job.element, known.throws if known else ())
        start = {"answer": "ok", "values": lines_of(world.RESULTS.get(job.topic, {}))}
        prefix = "" if sent else f"{job.element}-{job.which}-"
        data = request.form if sent else None
        form = AnswerForm(data, data=None if sent else start, codes=codes)
        _rename(form, prefix)
        return JobCard(job, known.title if known else job.topic, form, sent)

    @cached_property
    def events(self) -> list[EventCard]:
        return [self._event(event) for event in (self.outcome.events if self.outcome else ())]

    def _event(self, event: OpenEvent) -> EventCard:
        sent = _does("event") and _is_about(event.element, 0)
        form = EventForm(request.form if sent else None)
        _rename(form, f"{event.element}-")
        return EventCard(event, self.names.get(event.element, event.element), form, sent)

    @cached_property
    def wait(self) -> WaitForm:
        if _does("wait"):
            return WaitForm(request.form)
        return WaitForm(None, data={"number": 1, "unit": "dag"})

    @cached_property
    def instead(self) -> InsteadForm | None:
        """For the automatic steps of the diagram, if it has any."""
        steps = list(_automatic_steps(self.subject.xml))
        form_class = InsteadForm.for_steps(steps)
        form = form_class(request.form if _does("instead") else None)
        return form if steps else None

    @cached_property
    def keep(self) -> KeepScenarioForm:
        return KeepScenarioForm(request.form if _does("keep") else None)

    @property
    def may_keep(self) -> bool:
        """Whoever may edit, also says what must stay as it is."""
        return Role.PROCESS_OWNER in current_user().roles

    @cached_property
    def names(self) -> dict[str, str]:
        """The names of all elements."""
        elements = read(self.subject.xml.encode()).elements
        return {id_: each.name for id_, each in elements.items()}

    @property
    def story(self) -> list[tuple[ActionResult, list[str]]]:
        """What happened, and the names of what the tokens came by after each action."""
        acted = [action.element for action in self.actions]
        log = self.outcome.log if self.outcome else ()
        return [
            (one, [each.name for each in one.passed if is_told(each) and each.element != element])
            for one, element in zip(log, acted, strict=False)
        ]

    @cached_property
    def passed(self) -> tuple[str, ...]:
        """Elements and flows that the tokens came by, without where they are now."""
        if self.outcome is None:
            return ()
        here = set(self.outcome.waits_at)
        covered = coverage(self.subject.xml, [self.outcome]).covered
        return tuple(id_ for id_ in covered if id_ not in here)

    @property
    def sent_form(self) -> Any:
        """The form that was sent and has errors, for the summary above the page."""
        cards: list[Any] = [*self.task_forms, *self.jobs, *self.events]
        sent = [each.form for each in cards if each.is_sent]
        named = {"begin": self.begin, "wait": self.wait, "keep": self.keep}
        if self.instead is not None:
            named["instead"] = self.instead
        sent += [form for name, form in named.items() if _does(name)]
        return next(iter(sent), None)


def page_of(subject: Subject) -> TryOutPage:
    """The page now: the actions are replayed."""
    session = db.session()
    run = runs.run_of(session, subject.id, str(current_user().id))
    page = TryOutPage(subject, run, runs.actions_of(run))
    if not page.actions or not subject.can_be_tried:
        return page
    files = beside(session, subject.xml)
    session.rollback()  # hold no lock while somebody else works
    try:
        page.outcome = sandbox.play(Play(subject.xml, subject.key, page.actions, files))
    except sandbox.TooHeavyError:
        page.is_too_heavy = True
    except sandbox.PlayFailedError:
        page.has_failed = True
    return page


def _does(what: str) -> bool:
    return request.method == "POST" and request.form.get("_do") == what


def _is_about(element: str, which: int) -> bool:
    given = request.form
    return (given.get("_element"), given.get("_which", "0")) == (element, str(which))


def _rename(form: Any, prefix: str) -> None:
    """Other ids than those of the same form elsewhere on the page; the names stay."""
    for each in form:
        each.id = f"{prefix or 'verstuurd-'}{each.name}"
        each.label.field_id = each.id


def _codes(xml: str, element: str, throws: Collection[str]) -> dict[str, str]:
    """The errors that the diagram knows here, and those that the function may throw."""
    drawn = graph.read(xml.encode())
    errors = drawn.roots("error")
    node = drawn.by_id.get(element)
    found = {
        errors[reference].get("errorCode") or "": boundary.name or ""
        for boundary in (node.boundaries if node else ())
        for definition in boundary.definitions
        if (reference := definition.get("errorRef") or "") in errors
    }
    said = dict.fromkeys(sorted(throws), "")
    return {code: name for code, name in {**said, **found}.items() if code}


def _automatic_steps(xml: str) -> Any:
    for id_, element in read(xml.encode()).elements.items():
        known = DELEGATES.get(element.delegate or "")
        if known is None:
            continue
        for code, name in _codes(xml, id_, known.throws).items():
            yield f"{id_}|error|{code}", f"{element.choice}: {error_label(code, name)}"
        yield f"{id_}|ok|", f"{element.choice}: gelukt, zonder het echt te doen"
        yield f"{id_}|failure|", f"{element.choice}: technisch mislukt"
