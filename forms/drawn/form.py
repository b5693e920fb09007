"""A form with the fields of a diagram: which are asked now, in which group, and what they give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Any, ClassVar

from wtforms import Field, HiddenField

from forms.drawn.values import DrawnField, as_data, as_json, name_of
from forms.registry import UserTaskForm
from forms.tables import TableField
from forms.uploads import UploadField

NOTHING: Mapping[str, Any] = MappingProxyType({})
ASKED = "veld-gevraagd"  # no id of a field has a hyphen


@dataclass(frozen=True)
class Box:
    """The place of one field on the page; empty while it is not asked."""

    drawn: DrawnField
    field: Field
    is_asked: bool


@dataclass(frozen=True)
class Run:
    """Fields of one group that stand together."""

    number: int
    heading: str
    boxes: tuple[Box, ...]

    @property
    def is_shown(self) -> bool:
        """Whether any of them is asked."""
        return any(box.is_asked for box in self.boxes)


class AskedField(HiddenField):
    """The conditional fields that the page showed: what is new since then is asked first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._of: Any = kwargs.get("_form")

    def _value(self) -> str:
        return " ".join(each.id for each, _field in self._of.drawn_fields if each.visible)


class DrawnForm(UserTaskForm):
    """A form with generated fields, below its own if it has any."""

    drawn: ClassVar[tuple[DrawnField, ...]] = ()
    given: ClassVar[Mapping[str, Any]] = NOTHING  # what read-only fields show, and leave alone
    around: ClassVar[Mapping[str, Any]] = NOTHING  # the variables and facts around the form
    _is_judged = False

    @property
    def drawn_fields(self) -> list[tuple[DrawnField, Field]]:
        """The fields that are asked with the answers so far, in the order of the diagram."""
        if all(each.visible is None for each in self.drawn):
            return [(each, self[name_of(each)]) for each in self.drawn]
        values, found = dict(self.around), []
        for each in self.drawn:
            field = self[name_of(each)]
            is_asked = each.is_shown(values)
            if is_asked:
                found.append((each, field))
            if each.id not in self.given:
                values[each.id] = self._value_of(each, field) if is_asked else None
        return found

    @property
    def drawn_runs(self) -> list[Run]:
        """Every field, asked now or not, under the headings of their groups."""
        asked = {each.id for each, _field in self.drawn_fields}
        boxes = [Box(each, self[name_of(each)], each.id in asked) for each in self.drawn]
        runs = groupby(boxes, key=lambda box: box.drawn.group)
        return [Run(number, name, tuple(run)) for number, (name, run) in enumerate(runs)]

    def boxes_after(self, changed: str) -> tuple[list[Box], list[Box]]:
        """The field of this name, judged; and those that its answer made appear or disappear."""
        before = set((self[ASKED].data or "").split()) if ASKED in self else set()
        boxes = [box for run in self.drawn_runs for box in run.boxes]
        now = [box for box in boxes if box.field.name == changed]
        for box in now:
            box.field.validate(self)
        others = [box for box in boxes if box.drawn.visible and box not in now]
        return now, [box for box in others if box.is_asked != (box.drawn.id in before)]

    @property
    def takes_files(self) -> bool:
        return any(isinstance(field, UploadField) for field in self)

    @property
    def own_fields(self) -> list[Field]:
        drawn = {ASKED, *map(name_of, self.drawn)}
        return [field for field in super().own_fields if field.name not in drawn]

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Judge what is asked; a question that appears by an answer is asked first."""
        super().validate(extra_validators)
        self._is_judged = True
        asked = {each.id for each, _field in self.drawn_fields}
        for each in self.drawn:
            if each.id not in asked:
                self[name_of(each)].errors = ()
        self.form_errors = [*self.form_errors, *self._news()]
        return not self.errors

    def _news(self) -> list[str]:
        """The optional questions that appeared: who was never asked them, gave no answer."""
        if ASKED not in self:
            return []
        before = set((self[ASKED].data or "").split())
        new = [
            (each, field)
            for each, field in self.drawn_fields
            if each.visible and each.id not in before and not field.errors and not field.data
        ]
        labels = [each.label for each, _field in new if not each.is_readonly]
        return [f"Door uw antwoorden is er een vraag bij gekomen: {label}" for label in labels]

    def variables(self) -> dict[str, Any]:
        """The form's own variables, and the answer per generated field; None without one."""
        answers: dict[str, Any] = {each.id: None for each in self.drawn if self._gives(each)}
        for each, field in self.drawn_fields:
            if self._gives(each):
                answers[each.id] = self._answer(each, field)
        return super().variables() | answers

    def _gives(self, drawn: DrawnField) -> bool:
        return drawn.id not in self.given

    def _answer(self, drawn: DrawnField, field: Field) -> Any:
        if drawn.is_readonly:
            return drawn.default
        # Who goes back has not been judged: only what would do becomes a variable.
        is_valid = not field.errors if self._is_judged else field.validate(self)
        return as_json(drawn, field.data) if is_valid else None

    def _value_of(self, drawn: DrawnField, field: Field) -> Any:
        """The answer as conditions see it."""
        return drawn.default if drawn.is_readonly else as_json(drawn, field.data)

    def draft(self) -> dict[str, Any]:
        typed = super().draft()
        for each in self.drawn:
            if isinstance(field := self[name_of(each)], TableField):
                typed |= field.draft()
        return typed

    @classmethod
    def data_from(cls, variables: Mapping[str, Any]) -> dict[str, Any]:
        asked = [each for each in cls.drawn if not each.is_readonly]
        answers = {
            name_of(each): as_data(each, variables[each.id])
            for each in asked
            if each.id in variables
        }
        opening = {
            name_of(each): as_data(each, each.opens_with(cls.around))
            for each in asked
            if each.prefill and each.id not in variables
        }
        known = {name: value for name, value in opening.items() if value is not None}
        return super().data_from(variables) | known | answers
