"""A page to try decisions with values: what is asked, what was typed, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.studio.tables.drafting import draft_with
from app.studio.tables.table_view import decisions_in, tables_in
from app.studio.tables.views import version_of
from app.web.access import STUDIO_READERS, requires
from app.web.limits import Rate, limited
from app.web.pages import add_helpers
from app.web.process_rights import may_process
from processes.engine.decisions.deciding import decided
from processes.engine.decisions.reads import ReadVariable, variables_read
from processes.engine.decisions.tables import Decided, DecisionError
from processes.engine.deployment.definitions import DECISION
from processes.engine.language import declared_dates
from processes.engine.language.expressions import ExpressionError
from processes.engine.language.feel.showing import text_of
from processes.engine.language.feel_expressions import compiled
from processes.engine.store.permission_models import Right
from processes.reading.dates import ImpossibleDateError, NoDateError, date_of
from processes.reading.numbers import NoNumberError, decimal_of

LONGEST = 1000  # signs of one value
WORDS = {"ja": True, "true": True, "nee": False, "false": False}

bp = Blueprint("table_tries", __name__, url_prefix="/processen/tabellen")
add_helpers(bp)


class UnreadableValueError(ValueError):
    """What was typed is no such value; the reason is Dutch."""


@dataclass(frozen=True)
class Subject:
    """What is tried: a draft or a version."""

    name: str
    xml: str
    back: str  # the address of its page
    draft_id: UUID | None = None


@bp.route("/concepten/<uuid:draft_id>/proberen", methods=["GET", "POST"])
@requires(*STUDIO_READERS)
@limited(Rate.TRY_OUT)
def draft(draft_id: UUID) -> ResponseReturnValue:
    """Try a draft."""
    found = draft_with(draft_id)
    back = url_for("table_drafts.show", draft_id=draft_id)
    return _page(Subject(f"{found.name}, concept", found.xml, back, draft_id))


@bp.route("/<key>/<int:number>/proberen", methods=["GET", "POST"])
@requires(*STUDIO_READERS)
@limited(Rate.TRY_OUT)
def version(key: str, number: int) -> ResponseReturnValue:
    """Try a version."""
    found = version_of(key, number).definition
    back = url_for("tables.version", key=key, number=number)
    return _page(Subject(f"{found.name}, versie {number}", found.xml, back))


def _page(subject: Subject) -> ResponseReturnValue:
    """The form, with what comes of what was typed."""
    xml = subject.xml.encode()
    asked, decisions = variables_read(xml), decisions_in(subject.xml)
    typed = typed_in_form(asked)
    chosen = request.form.get("decision") or next(iter(decisions), "")
    given: dict[str, Any] = {"outcome": (), "problem": "", "wrong": {}}
    if request.method == "POST":
        given |= _tried(xml, chosen, asked, typed)
    page = render_template(
        "studio/table_try.html",
        subject=subject,
        asked=asked,
        decisions=decisions,
        chosen=chosen,
        typed=typed,
        tables={each.id: each for each in tables_in(subject.xml)},
        text_of=text_of,
        may_keep=may_process(Right.EDIT, f"{DECISION}{chosen}"),
        **given,
    )
    return page, 422 if given["problem"] or given["wrong"] else 200


def _tried(
    xml: bytes, chosen: str, asked: list[ReadVariable], typed: Mapping[str, str]
) -> dict[str, Any]:
    values, wrong = values_of(asked, typed)
    if wrong:
        return {"wrong": wrong}
    dates = {each.name: frozenset[str]() for each in asked if each.type == "date"}
    try:
        with declared_dates.declared(dates):
            outcome: list[Decided] = decided(xml, chosen, values)
    except (DecisionError, ExpressionError) as error:
        return {"problem": str(error)}
    return {"outcome": outcome}


def values_of(
    asked: list[ReadVariable], typed: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The values that were typed, and in Dutch what cannot be read, both by name."""
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for each in asked:
        text = typed[each.name].strip()
        if len(text) > LONGEST:
            wrong[each.name] = f"Vul hoogstens {LONGEST} tekens in. U vulde er {len(text)} in."
            continue
        try:
            values[each.name] = value_of(text, each.type)
        except UnreadableValueError as problem:
            wrong[each.name] = str(problem)
    return values, wrong


def typed_in_form(asked: list[ReadVariable]) -> dict[str, str]:
    """What was typed for each variable."""
    return {each.name: request.form.get(f"v-{each.name}", "") for each in asked}


def value_of(text: str, type_: str) -> Any:
    """What somebody typed, as a variable would hold it. Raises UnreadableValueError."""
    if not text:
        return None
    if type_ == "number":
        return _number(text)
    if type_ == "date":
        return _date(text)
    if type_ == "boolean":
        return _truth(text)
    return text if type_ == "string" else _any(text)


def _number(text: str) -> int | float:
    try:
        found = decimal_of(text)
    except NoNumberError:
        message = "Vul een getal in."
        raise UnreadableValueError(message) from None
    return int(found) if found == found.to_integral_value() else float(found)


def _date(text: str) -> str:
    try:
        return date_of(text).isoformat()
    except ImpossibleDateError as error:
        raise UnreadableValueError(str(error)) from None
    except NoDateError:
        message = "Vul een datum in, bijvoorbeeld 1-3-2027."
        raise UnreadableValueError(message) from None


def _truth(text: str) -> bool:
    if text.lower() in WORDS:
        return WORDS[text.lower()]
    message = "Vul ja of nee in."
    raise UnreadableValueError(message)


def _any(text: str) -> Any:
    """Lists, maps, texts in quotes, numbers, ja and nee; anything else is a text."""
    if text.lower() in WORDS:
        return WORDS[text.lower()]
    if text[0] in '[{"':
        try:
            return compiled(f"= {text}")[1]({})
        except ExpressionError as error:
            raise UnreadableValueError(str(error)) from None
    try:
        return _number(text)
    except UnreadableValueError:
        return text
