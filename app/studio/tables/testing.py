"""Page on which a decision table is tried alone, with the tests that are kept with it."""

import json
from contextlib import suppress
from typing import Any, NoReturn
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.studio.tables.drafting import draft_with
from app.web.access import STUDIO_READERS, Role, current_user, requires
from app.web.db import db
from app.web.limits import Rate, limited
from app.web.pages import add_helpers
from app.web.process_rights import may_process
from processes.engine.decisions.asked import AskedValue, asked_values
from processes.engine.deployment.definitions import DECISION, keys_of, latest_of
from processes.engine.store.permission_models import Right
from processes.reading import characters
from processes.tryout.scenarios import table_tests
from processes.tryout.scenarios.scenario import LONGEST_NAME
from processes.tryout.scenarios.store import (
    NameTakenError,
    TooManyScenariosError,
    UnknownScenarioError,
)
from processes.tryout.scenarios.table_tests import TableTest
from processes.unit_of_work import unit_of_work

LONGEST = 2000  # signs of one value
GIVEN = "value:"  # begins the name of a field

bp = Blueprint("table_tests", __name__, url_prefix="/processen/tabellen")
add_helpers(bp)


@bp.get("/<key>/tests")
@requires(*STUDIO_READERS)
def show(key: str) -> ResponseReturnValue:
    return _page(key)


@bp.post("/<key>/tests")
@requires(*STUDIO_READERS)
@limited(Rate.TRY_OUT)
def try_out(key: str) -> ResponseReturnValue:
    """Decide with the values that were typed, and keep nothing."""
    tried = table_tests.try_out(_file(key), key, _values(_asked(key)))
    return _page(key, tried=tried)


@bp.post("/<key>/tests/bewaren")
@requires(Role.PROCESS_OWNER)
def keep(key: str) -> ResponseReturnValue:
    """Keep what the table decides with these values as a test."""
    given, name = _values(_asked(key)), characters.line(request.form.get("name", ""))
    tried = table_tests.try_out(_file(key), key, given)
    if tried.decided is None or not characters.is_visible(name):
        return _page(key, tried=tried, problem="Geef de test een naam."), 422
    test = TableTest(name[:LONGEST_NAME], key, given, tried.decided.outputs)
    try:
        table_tests.keep(db.session(), test, by=current_user().label)
    except NameTakenError:
        return _page(key, tried=tried, problem="Er is al een test met deze naam."), 422
    except TooManyScenariosError:
        return _page(key, tried=tried, problem="Deze tabel heeft al 100 tests."), 422
    unit_of_work(db.session()).commit()
    flash("De test is bewaard. Een nieuwe versie moet hem doorstaan.", "ok")
    return redirect(_address(key), 303)


@bp.post("/<key>/tests/<uuid:test_id>/weghalen")
@requires(Role.PROCESS_OWNER)
def drop(key: str, test_id: UUID) -> ResponseReturnValue:
    with suppress(UnknownScenarioError):  # it is gone already
        table_tests.drop(db.session(), key, test_id, by=current_user().label)
    unit_of_work(db.session()).commit()
    flash("De test is weggehaald.", "ok")
    return redirect(_address(key), 303)


def _page(key: str, **more: Any) -> str:
    xml, session = _file(key), db.session()
    given = {
        "asked": _asked(key),
        "typed": {name.removeprefix(GIVEN): value for name, value in request.form.items()},
        "tests": table_tests.run(session, key, xml),
        "name": keys_of(xml)[f"{DECISION}{key}"],
        "draft_id": _draft_id(),
        "may_edit": may_process(Right.EDIT, f"{DECISION}{key}"),
        "tried": None,
        "problem": "",
    }
    return render_template("studio/table_tests.html", key=key, **(given | more))


def _file(key: str) -> bytes:
    """The draft that the address names, else the version in use; 404 where there is neither."""
    draft_id = _draft_id()
    if draft_id is not None:
        xml = draft_with(draft_id).xml
    else:
        latest = latest_of(db.session(), f"{DECISION}{key}")
        xml = latest.xml if latest is not None else _missing()
    return xml.encode() if f"{DECISION}{key}" in keys_of(xml.encode()) else _missing()


def _missing() -> NoReturn:
    abort(404)


def _draft_id() -> UUID | None:
    return request.args.get("concept", type=UUID)


def _address(key: str) -> str:
    return url_for("table_tests.show", key=key, concept=_draft_id())


def _asked(key: str) -> list[AskedValue]:
    return asked_values(_file(key))


def _values(asked: list[AskedValue]) -> dict[str, Any]:
    """What was typed, by name; what was left empty is not given."""
    typed = {each: request.form.get(f"{GIVEN}{each.name}", "")[:LONGEST] for each in asked}
    return {each.name: _value(text, each) for each, text in typed.items() if text.strip()}


def _value(text: str, asked: AskedValue) -> Any:
    """A number, true, false or other JSON as that; else, and for a column of texts, as typed."""
    if asked.is_text:
        return characters.line(text)
    try:
        return json.loads(text, parse_constant=_refused)
    except (ValueError, RecursionError):
        return characters.line(text)


def _refused(constant: str) -> NoReturn:
    raise ValueError(constant)
