"""What the editors of FEEL ask: the names that decisions may read, the functions, and faults."""

from collections.abc import Iterable
from dataclasses import asdict
from uuid import UUID

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from app.studio.draw.completion import functions
from app.studio.tables.askers import files_of_askers
from app.studio.tables.drafting import draft_with
from app.web.access import STUDIO_READERS, requires
from app.web.db import db
from app.web.limits import Rate, limited
from processes.engine.checks.known_names import known_names
from processes.engine.deployment.definitions import keys_of
from processes.engine.diagram.graph import read
from processes.engine.language.feel.assistance import fault_in
from workers.vocabulary import vocabulary

LONGEST = 20_000  # signs of an expression
MOST_NAMES = 500

bp = Blueprint("feel", __name__, url_prefix="/processen/tabellen")


@bp.get("/concepten/<uuid:draft_id>/feel")
@requires(*STUDIO_READERS)
def names(draft_id: UUID) -> ResponseReturnValue:
    """The built-in functions, and the variables of the processes that ask these decisions."""
    draft = draft_with(draft_id)
    files = files_of_askers(db.session(), keys_of(draft.xml.encode()))
    return jsonify(functions=functions(), variables=_variables(files))


@bp.post("/feel")
@requires(*STUDIO_READERS)
@limited(Rate.AUTOSAVE)
def check() -> ResponseReturnValue:
    """Where an expression or a cell is no FEEL: `{"faults": [{start, end, message}]}`."""
    text = request.form.get("text", "")[:LONGEST]
    known = request.form.getlist("name")[:MOST_NAMES]
    fault = fault_in(text, known, is_cell=request.form.get("kind") == "cell")
    return jsonify(faults=[asdict(fault)] if fault else [])


def _variables(files: Iterable[bytes]) -> list[dict[str, str]]:
    """The names that these diagrams give a value, each with the question that asks for it."""
    found: dict[str, str] = {}
    known = vocabulary()
    for each in (name for file in files for name in known_names(read(file), known)):
        found[each.name] = found.get(each.name) or ("" if each.within else each.info)
    return [{"name": name, "info": found[name]} for name in sorted(found)]
