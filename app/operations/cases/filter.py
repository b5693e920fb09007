"""The filter of the list of cases: read from an address, and as a query on both databases."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from app.operations.cases.variables import VariableCondition
from app.web.pages import LONGEST_NUMBER
from app.web.process_rights import hidden_processes
from processes.base import AMSTERDAM
from processes.engine.insight.counts import is_one_of
from processes.engine.insight.live_counts import waits_at
from processes.engine.store.models import (
    Incident,
    IncidentStatus,
    InstanceStatus,
    ProcessDefinition,
    ProcessInstance,
)
from processes.engine.store.permission_models import Right
from processes.reading import characters
from processes.reading.dates import date_of
from processes.register.providers.providers import Provider
from processes.register.search_words import folded

A_DAY = timedelta(days=1)
AT_ONCE = 1000  # states that are read together
ENDED = (InstanceStatus.COMPLETED, InstanceStatus.CANCELLED)  # each has an index of its moments
LOOKED_AT = 5000  # cases of which the variables are read for one page

Condition = ColumnElement[bool]
Key = tuple[datetime, UUID]
"""The place of a case in the list: when it began, and its id."""


@dataclass(frozen=True)
class Looked:
    """Of the cases whose variables were read: those in which the condition holds."""

    keys: list[Key]
    until: Key | None  # the last that was looked at; None where there is no older one


@dataclass(frozen=True)
class InstanceFilter:
    """The filters; invalid values are ignored. Days are those of Amsterdam."""

    key: str | None = None
    status: InstanceStatus | None = None
    text: str = ""  # business key or KvK number
    company: str = ""  # KvK number, or part of the company's name
    version: int | None = None
    incident: str = ""  # ja, nee: whether one is open
    cause: str = ""  # of an open incident
    element: str = ""  # id of an element with an open incident
    waits_at: str = ""  # id of an element where it waits
    since: date | None = None  # begun on this day or later
    until: date | None = None  # begun on this day or before
    ended_since: date | None = None
    ended_until: date | None = None
    variable: VariableCondition = field(default_factory=VariableCondition)
    looks_from: Key | None = None  # only older ones are looked at for their variables

    @classmethod
    def read(cls, words: Mapping[str, str]) -> Self:
        status, incident = words.get("status", ""), words.get("incident", "")
        return cls(
            key=words.get("proces") or None,
            status=InstanceStatus(status) if status in set(InstanceStatus) else None,
            text=characters.line(words.get("zoek", "")),
            company=characters.line(words.get("bedrijf", "")),
            version=_number(words.get("versie", "")),
            incident=incident if incident in ("ja", "nee") else "",
            cause=characters.line(words.get("oorzaak", "")),
            element=characters.line(words.get("onderdeel", "")),
            waits_at=characters.line(words.get("wacht", "")),
            since=_day(words.get("vanaf", "")),
            until=_day(words.get("tot", "")),
            ended_since=_day(words.get("einde_vanaf", "")),
            ended_until=_day(words.get("einde_tot", "")),
            variable=VariableCondition.read(words),
            looks_from=key_of(words.get("verder", "")),
        )

    @property
    def words(self) -> dict[str, str]:
        """The filter as it stands in an address; what does not limit is empty."""
        return {
            "proces": self.key or "",
            "status": self.status or "",
            "zoek": self.text,
            "bedrijf": self.company,
            "versie": str(self.version or ""),
            "incident": self.incident,
            "oorzaak": self.cause,
            "onderdeel": self.element,
            "wacht": self.waits_at,
            "vanaf": _iso(self.since),
            "tot": _iso(self.until),
            "einde_vanaf": _iso(self.ended_since),
            "einde_tot": _iso(self.ended_until),
            **self.variable.words,
            "verder": place_of(self.looks_from) if self.looks_from else "",
        }

    @property
    def is_narrow(self) -> bool:
        """Whether more is asked than the process, its state and a key."""
        wide = ("proces", "status", "zoek", "incident")
        return any(value for name, value in self.words.items() if name not in wide)

    @property
    def is_of_versions(self) -> bool:
        """Whether nothing is asked but the process, its version and the state."""
        of_versions = ("proces", "status", "versie")
        return not any(value for name, value in self.words.items() if name not in of_versions)

    def query(self) -> Select[ProcessInstance]:
        """The instances that this lets through, the newest first; the variable is not in it."""
        return (
            select(ProcessInstance)
            .options(joinedload(ProcessInstance.definition))
            .where(*self._conditions())
            .order_by(ProcessInstance.started_at.desc(), ProcessInstance.id.desc())
        )

    def having(self, session: Session) -> Looked | None:
        """The cases in which the variable is so, the newest first; None if none is asked.

        The variables stand in the states, which SQL cannot read: they are read here, of the newest
        `LOOKED_AT` that the rest of the filter lets through, in one statement.
        """
        if not self.variable.name:
            return None
        begun, id_, state = (
            getattr(ProcessInstance, name) for name in ("started_at", "id", "state")
        )
        query = self.query().with_only_columns(begun, id_, state)
        if self.looks_from is not None:
            query = query.where(beyond(self.looks_from, is_back=False))
        query = query.limit(LOOKED_AT + 1)
        with session.execute(query, execution_options={"yield_per": AT_ONCE}) as rows:
            return self._looked(rows)

    def _looked(self, rows: Iterable[Any]) -> Looked:
        keys: list[Key] = []
        last: Key | None = None
        for number, (since, one, blob) in enumerate(rows):
            if number == LOOKED_AT:
                return Looked(keys, last)
            last = (since, one)
            if self.variable.holds_in(blob):
                keys.append(last)
        return Looked(keys, None)

    def _conditions(self) -> Iterator[Condition]:
        equal: tuple[tuple[Any, Any], ...] = (
            (ProcessInstance.process_key, self.key),
            (ProcessInstance.status, self.status),
        )
        yield from (column == value for column, value in equal if value)
        if hidden := hidden_processes(Right.OPERATE):
            yield ProcessInstance.process_key.not_in(hidden)
        if self.text:
            is_it = (ProcessInstance.business_key, ProcessInstance.tenant)
            yield or_(*(column.in_(_spellings(self.text)) for column in is_it))
        if self.company:
            yield self._of_company()
        if self.version is not None:
            of_version = ProcessDefinition.version == self.version
            versions = select(ProcessDefinition.id).where(of_version)
            yield ProcessInstance.definition_id.in_(versions)
        if self.waits_at:
            yield waits_at(self.waits_at)
        yield from self._about_incidents()
        yield from _within(ProcessInstance.started_at, self.since, self.until)
        if ended := list(_within(ProcessInstance.ended_at, self.ended_since, self.ended_until)):
            yield or_(*(and_(is_one_of(ProcessInstance.status, [each]), *ended) for each in ENDED))

    def _of_company(self) -> Condition:
        named = select(Provider.kvk).where(
            Provider.search_name.contains(folded(self.company), autoescape=True)
        )
        tenant = ProcessInstance.tenant
        return or_(tenant.in_(_spellings(self.company)), tenant.in_(named))

    def _about_incidents(self) -> Iterator[Condition]:
        stuck = select(Incident.id).where(
            Incident.instance_id == ProcessInstance.id, Incident.status == IncidentStatus.OPEN
        )
        if self.incident == "nee":
            yield ~exists(stuck)
        if self.cause:
            stuck = stuck.where(Incident.cause == self.cause)
        if self.element:
            stuck = stuck.where(Incident.element_id == self.element)
        if self.incident == "ja" or self.cause or self.element:
            yield exists(stuck)


def _spellings(text: str) -> list[str]:
    """The text, and of a number that is typed in parts (68 75 01 10) the number."""
    number = re.sub(r"[\s.]", "", text)
    return sorted({text, number} if number.isdecimal() else {text})


DAYS = ("vanaf", "tot", "einde_vanaf", "einde_tot")


def unreadable(words: Mapping[str, str]) -> dict[str, str]:
    """By its word, the Dutch message for a date or version that cannot be, or cannot be read."""
    given = {name: words.get(name, "").strip() for name in ("versie", *DAYS)}
    faults = {name: "Vul een datum in, zoals 31-12-2026." for name in DAYS if given[name]}
    faults = {name: text for name, text in faults.items() if _day(given[name]) is None}
    for first, last in (DAYS[:2], DAYS[2:]):
        start, end = _day(given[first]), _day(given[last])
        if start and end and end < start:
            faults[last] = "Deze dag is eerder dan de dag waarop de periode begint."
    if given["versie"] and _number(given["versie"]) is None:
        faults["versie"] = "Een versie is een getal, zoals 2."
    return faults


def beyond(start: Key, *, is_back: bool) -> Condition:
    """The cases after this place in the list: older ones, or back to newer ones."""
    at, id_ = start
    begun, its_id = ProcessInstance.started_at, ProcessInstance.id
    if is_back:
        return or_(begun > at, and_(begun == at, its_id > id_))
    return or_(begun < at, and_(begun == at, its_id < id_))


def place_of(key: Key) -> str:
    """The place of a case, as an address says it."""
    begun, id_ = key
    return f"{begun.isoformat()}~{id_}"


def key_of(text: str) -> Key | None:
    """The place that an address says; None for any other text."""
    at, _, id_ = text.partition("~")
    try:
        begun = datetime.fromisoformat(at)
        return (begun.astimezone(UTC), UUID(id_)) if begun.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _within(column: Any, since: date | None, until: date | None) -> Iterator[Condition]:
    if since:
        yield column >= _midnight(since)
    if until:
        yield column < _midnight(until + A_DAY)


def _day(text: str) -> date | None:
    try:
        return date_of(text)
    except ValueError:
        return None


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), AMSTERDAM).astimezone(UTC)


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if is_number else None
