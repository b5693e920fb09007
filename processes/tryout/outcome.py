"""The outcome of a run: history, open tasks, jobs, timers and events, variables; as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from processes.engine.diagram.form_fields import FieldType, FormField


@dataclass(frozen=True)
class OpenTask:
    """A user task that can be filled in."""

    element: str
    name: str
    which: int
    form_key: str | None
    groups: Sequence[str]
    due_at: str | None
    variables: Mapping[str, Any]
    answers: Mapping[str, Any] | None = None  # what its form opens with, in a multi-instance
    documentation: str = ""  # as drawn where the token is, which may be in a called process
    drawn_fields: Sequence[Mapping[str, Any]] = ()
    title: str = ""  # for people: its name, with what tells it from others of that name

    @property
    def form_fields(self) -> tuple[FormField, ...]:
        """The form fields of the diagram that the task stands in."""
        return tuple(map(_form_field, self.drawn_fields))


def _form_field(given: Mapping[str, Any]) -> FormField:
    """A field as it was before it became JSON, with the columns of a table."""
    return FormField(
        **{
            **given,
            "type": FieldType(given["type"]),
            "choices": tuple((value, label) for value, label in given["choices"]),
            "columns": tuple(map(_form_field, given["columns"])),
            "kinds": tuple(given["kinds"]),
        }
    )


@dataclass(frozen=True)
class OpenJob:
    """A job that waits for its answer; a failed one waits for an operator."""

    element: str
    name: str
    which: int
    topic: str
    arguments: Mapping[str, Any]
    has_failed: bool


@dataclass(frozen=True)
class OpenTimer:
    element: str
    name: str
    due_at: str


@dataclass(frozen=True)
class OpenEvent:
    """A message or signal that is waited for."""

    element: str
    kind: str
    name: str  # of the message or signal
    key: str | None
    place: str = ""  # the name of the element, as drawn where the token is


@dataclass(frozen=True)
class Trouble:
    """An incident of the run."""

    element: str
    name: str
    message: str


@dataclass(frozen=True)
class Visit:
    """An element that a token left, and how: completed, cancelled, error."""

    element: str
    name: str
    type: str
    result: str
    unclear: tuple[str, ...] = field(default=(), compare=False)
    """Dutch: of each condition behind it that FEEL could not tell, why."""


@dataclass(frozen=True)
class ActionResult:
    """One action, and its consequences."""

    moment: str
    what: str  # Dutch
    passed: tuple[Visit, ...] = ()
    problem: str = ""  # Dutch


@dataclass(frozen=True)
class Outcome:
    """The state at the end of a run."""

    status: str  # none, active, completed, cancelled
    moment: str
    log: tuple[ActionResult, ...] = ()
    tasks: tuple[OpenTask, ...] = ()
    jobs: tuple[OpenJob, ...] = ()
    timers: tuple[OpenTimer, ...] = ()
    events: tuple[OpenEvent, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    waiting: tuple[tuple[str, str], ...] = ()  # element, and a Dutch sentence
    variables: Mapping[str, Any] = field(default_factory=dict)
    offer: Mapping[str, Any] = field(default_factory=dict)  # the made-up activity, as it is now
    onward: tuple[tuple[str, str], ...] = ()  # element, and an element to which a token went on
    stopped_at: int | None = None  # the action that does not fit the diagram
    reason: str = ""  # Dutch: why not

    @property
    def path(self) -> tuple[Visit, ...]:
        """All that was passed, in order."""
        return tuple(passed for happened in self.log for passed in happened.passed)

    @property
    def waits_at(self) -> list[str]:
        """The elements where something is open."""
        every: list[Any] = [*self.tasks, *self.jobs, *self.timers, *self.events]
        return list(dict.fromkeys(each.element for each in every))

    @property
    def open_names(self) -> list[tuple[str, str]]:
        """Those elements, each with its name as drawn where it is: also in a called process."""
        every: list[Any] = [*self.tasks, *self.jobs, *self.timers]
        named = [(each.element, each.name) for each in every]
        awaited = [(each.element, each.place or each.element) for each in self.events]
        return list(dict.fromkeys([*named, *awaited]))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """What `as_json` gave."""
        kinds: dict[str, Any] = {
            "tasks": OpenTask,
            "jobs": OpenJob,
            "timers": OpenTimer,
            "events": OpenEvent,
            "troubles": Trouble,
        }
        made = {name: tuple(kind(**each) for each in given[name]) for name, kind in kinds.items()}
        log = tuple(
            ActionResult(**{**each, "passed": tuple(map(_visit, each["passed"]))})
            for each in given["log"]
        )
        pairs = {name: tuple(map(tuple, given[name])) for name in ("waiting", "onward")}
        return cls(**{**given, **made, "log": log, **pairs})


def _visit(given: Mapping[str, Any]) -> Visit:
    return Visit(**{**given, "unclear": tuple(given.get("unclear", ()))})


def unclear(chosen: Mapping[str, Any]) -> Iterator[str]:
    """Of each condition in `ActivityInstance.chosen` that FEEL could not tell: which, and why."""
    for condition in chosen.get("conditions", ()):
        if condition["reason"]:
            yield f"“{condition['text']}” geldt niet: {condition['reason']}."
