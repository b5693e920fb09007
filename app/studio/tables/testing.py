"""Page of the tests that are kept with a decision table; they are made where it is tried."""

import json
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from typing import Any, NoReturn
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.json import dumps
from flask.typing import ResponseReturnValue

from app.studio.tables.drafting import draft_with
from app.studio.tables.trying import typed_in_form, values_of
from app.web.access import STUDIO_READERS, Role, current_user, requires
from app.web.db import db
from app.web.pages import add_helpers
from app.web.process_rights import may_process
from processes.engine.decisions.reads import variables_read
from processes.engine.deployment.definitions import DECISION, keys_of, latest_definition, latest_of
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

CHANGED = (
    "De tabel beslist nu anders dan u zag. Bekijk de uitkomst, en bewaar de test dan nog eens."
)

bp = Blueprint("table_tests", __name__, url_prefix="/processen/tabellen")
add_helpers(bp)


@bp.app_template_global("seal_of_outcome")
def seal_of(outputs: Mapping[str, Any]) -> str:
    """A short text that is another one for another outcome."""
    return sha256(dumps(outputs, sort_keys=True).encode()).hexdigest()


@bp.get("/<key>/tests")
@requires(*STUDIO_READERS)
def show(key: str) -> ResponseReturnValue:
    return _page(key)


@bp.post("/<key>/tests/bewaren")
@requires(Role.PROCESS_OWNER)
def keep(key: str) -> ResponseReturnValue:
    """Keep these values as a test, with the outcome that somebody saw and that still comes of it.

    The table decides again: what a browser sends says which outcome was seen, and is none itself.
    """
    xml = _file(key)
    asked = variables_read(xml)
    typed = typed_in_form(asked)
    given, wrong = values_of(asked, typed)
    tried = None if wrong else table_tests.try_out(xml, key, given).decided
    if tried is None:
        return redirect(_try_at(key), 307)  # the page that says why gets all that was typed
    outputs = dict(tried.outputs)
    if request.form.get("seen") != seal_of(outputs):
        return _refused(key, typed, outputs, changed=CHANGED)
    name = characters.line(request.form.get("name", ""))
    if not characters.is_visible(name):
        return _refused(key, typed, outputs, problem="Geef de test een naam.")
    test = TableTest(name[:LONGEST_NAME], key, given, json.loads(dumps(outputs)))
    try:
        table_tests.keep(db.session(), test, by=current_user().label)
    except NameTakenError:
        return _refused(key, typed, outputs, problem="Er is al een test met deze naam.")
    except TooManyScenariosError:
        return _refused(key, typed, outputs, problem="Deze tabel heeft al 100 tests.")
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


def _refused(
    key: str, typed: Mapping[str, str], outputs: Mapping[str, Any], **why: str
) -> ResponseReturnValue:
    """What was typed is kept on the page, to be sent again with the outcome of now."""
    return _page(key, typed=typed, outcome=outputs, **why), 422


def _page(key: str, **more: Any) -> str:
    xml, session = _file(key), db.session()
    given: dict[str, Any] = {
        "tests": table_tests.run(session, key, xml),
        "name": keys_of(xml)[f"{DECISION}{key}"],
        "draft_id": _draft_id(),
        "may_edit": may_process(Right.EDIT, f"{DECISION}{key}"),
        "try_at": _try_at(key),
        "typed": {},
        "outcome": {},
        "typed_name": request.form.get("name", ""),
        "problem": "",
        "changed": "",
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


def _try_at(key: str) -> str:
    draft_id = _draft_id()
    if draft_id is not None:
        return url_for("table_tries.draft", draft_id=draft_id)
    latest = latest_definition(db.session(), f"{DECISION}{key}")
    return url_for("table_tries.version", key=key, number=latest.version)
