"""Statistics page of a process: heat map, figures, comparison of versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import Form, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than stubs

from app.studio.deploy.versions import Version, versions_of
from app.studio.insight import charts
from app.studio.insight.blueprint import bp
from app.web.access import STUDIO_READERS, requires
from app.web.db import db
from forms.fields import DutchDateField, ReadField
from processes.engine.diagram import graph
from processes.engine.insight import case_figures, statistics
from processes.engine.insight.case_figures import Asked
from processes.engine.insight.case_rows import Period
from processes.engine.insight.statistics import Frequency, Summary
from processes.engine.words.outline import needed_tasks, outline

TERM = 14  # days: an onboarding that takes longer gets a reminder (R67)
LONGEST_TERM = 3650
COMPARED = 6  # versions beside each other
ALL = "alle"
GONE = "niet in dit diagram"
SELDOM = frozenset({"Begin", "Einde", "Keuze", "Keuze, een of meer", "Tegelijk", "Samenkomen"})
"""What takes no time: its figures stand apart, to be opened."""


class DaysField(ReadField):
    """A number of days."""

    def read(self, text: str) -> int:
        """The number. Raises ValueError."""
        if not (text.isascii() and text.isdigit() and 0 < int(text[:5]) <= LONGEST_TERM):
            message = f"Vul een aantal dagen in, van 1 tot {LONGEST_TERM}."
            raise ValueError(message)
        return int(text)


class InsightForm(Form):
    """The filter of the page."""

    versie = SelectField("Versie", default=ALL)
    vergelijk = SelectField("Vergelijken met", default="")
    van = DutchDateField("Begonnen vanaf", asks_far=False)
    tot = DutchDateField("Begonnen tot en met", asks_far=False)
    termijn = DaysField("Termijn in dagen")

    def offer(self, versions: Sequence[Version]) -> None:
        """Set the versions to choose from; an unknown choice is ignored."""
        numbers = [str(one.definition.version) for one in versions]
        choices = [SelectChoice(number, f"versie {number}") for number in numbers]
        self.versie.choices = [SelectChoice(ALL, "Alle versies"), *choices]
        self.vergelijk.choices = [SelectChoice("", "Niet vergelijken"), *choices]
        self.versie.data = self.versie.data if self.versie.data in numbers else ALL
        self.vergelijk.data = self.vergelijk.data if self.vergelijk.data in numbers else ""
        if not (self.termijn.raw_data and any(self.termijn.raw_data)):
            self.termijn.raw_data = [str(TERM)]

    @staticmethod
    def pairs(field: SelectField) -> list[tuple[str, str]]:
        """The choices of a field as pairs."""
        return [(choice.value, choice.label) for choice in field.choices or []]  # type: ignore[union-attr]

    @property
    def days(self) -> int:
        """Within how many days an instance should be ready."""
        asked: Any = self.termijn.data
        return asked or TERM

    @property
    def term(self) -> timedelta:
        return timedelta(days=self.days)

    @property
    def period(self) -> Period:
        """The days on which the cases began."""
        first: Any = self.van.data
        last: Any = self.tot.data
        return Period(first, last)


@dataclass(frozen=True)
class Line:
    """One row of the table: an element with its figures, here and in another version."""

    id: str
    what: str
    name: str
    measured: Frequency | None
    other: Frequency | None
    standing: int

    @property
    def is_work(self) -> bool:
        """Whether tokens spend time there."""
        return self.what.partition(", ")[0] not in SELDOM


@bp.get("/<key>/inzicht")
@requires(*STUDIO_READERS)
def insight(key: str) -> ResponseReturnValue:
    versions = versions_of(db.session(), key) or abort(404)
    form = InsightForm(request.args)
    form.offer(versions)
    is_right = form.validate()
    if not is_right:
        form.van.data = form.tot.data = form.termijn.data = None
    chosen = [one for one in versions if str(one.definition.version) == form.versie.data]
    other = [one for one in versions if str(one.definition.version) == form.vergelijk.data]
    page = _page(form, versions, chosen, other)
    return page if is_right else (page, 422)


def _page(
    form: InsightForm,
    versions: Sequence[Version],
    chosen: Sequence[Version],
    other: Sequence[Version],
) -> str:
    session, shown = db.session(), (chosen or versions)[0].definition
    every, of = _ids(versions), _ids(chosen or versions)
    asked = case_figures.figures(session, every, form.period, form.term)
    found = asked.of(of)
    whole = statistics.summary(found, form.term)
    measured = statistics.frequencies(found)
    compared = statistics.frequencies(asked.of(_ids(other)))
    standing = statistics.waiting_per_element(found)
    xml = shown.xml.encode()
    drawn = _drawn(xml, shown.key)
    stages = statistics.stages(found, needed_tasks(xml, shown.key))
    return render_template(
        "studio/insight.html",
        form=form,
        versions=versions,
        shown=shown,
        other=other[0].definition if other else None,
        whole=whole,
        since=asked.period.first if asked.is_part else None,
        heat=charts.heat(measured),
        lines=_lines(drawn, measured, compared, standing),
        bars=charts.histogram(whole.lengths),
        funnel=charts.funnel({id_: name for id_, _, name in drawn}, stages, whole),
        leaving=statistics.cancellations(found),
        comparison=_comparison(form, versions, asked),
    )


def _lines(
    drawn: Sequence[tuple[str, str, str]],
    measured: Sequence[Frequency],
    compared: Sequence[Frequency],
    standing: dict[str, int],
) -> list[Line]:
    """Every element that somebody came to, in reading order; then what only other versions have."""
    ours = {each.element_id: each for each in measured}
    theirs = {each.element_id: each for each in compared}
    known = {id_ for id_, _, _ in drawn}
    gone = {**theirs, **ours}
    lost = [(id_, GONE, each.name) for id_, each in gone.items() if id_ not in known]
    return [
        Line(id_, what, name, ours.get(id_), theirs.get(id_), standing.get(id_, 0))
        for id_, what, name in [*drawn, *lost]
        if id_ in gone or id_ in standing
    ]


def _drawn(xml: bytes, key: str) -> list[tuple[str, str, str]]:
    """Each element of the diagram with its words, in reading order."""
    nodes, found = graph.read(xml).by_id, list[tuple[str, str, str]]()
    for step in outline(xml, key):
        found.append((step.id, step.what, step.name))
        edges = nodes[step.id].boundaries if step.id in nodes else []
        found += [(edge.id or "", "Gebeurtenis", edge.name or step.name) for edge in edges]
    told = {id_ for id_, _, _ in found}
    return found + [
        (id_, "Samenkomen", "Takken komen samen") for id_ in nodes if id_ and id_ not in told
    ]


def _comparison(
    form: InsightForm, versions: Sequence[Version], asked: Asked
) -> list[tuple[Version, Summary]]:
    return [
        (one, statistics.summary(asked.of(_ids([one])), form.term)) for one in versions[:COMPARED]
    ]


def _ids(versions: Sequence[Version]) -> list[UUID]:
    return [version.definition.id for version in versions]
