"""Diff pages: a draft against its base version, or two versions."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.studio.deploy.versions import version_of, versions_of
from app.web.access import STUDIO_READERS, requires
from app.web.db import db
from app.web.pages import add_helpers, whole_number
from processes.engine.deployment.diff import Difference, Kind, differences
from processes.engine.deployment.drafts import ProcessDraft, UnknownDraftError, draft_of
from processes.engine.diagram.graph import UnreadableDiagramError
from processes.engine.store.models import ProcessDefinition

bp = Blueprint("compare", __name__, url_prefix="/processen")
add_helpers(bp)

SYMBOLS = {Kind.ADDED: "+", Kind.REMOVED: "−", Kind.CHANGED: "≠", Kind.MOVED: "↔"}  # noqa: RUF001
WORDS = {
    Kind.ADDED: "nieuw",
    Kind.REMOVED: "weg",
    Kind.CHANGED: "veranderd",
    Kind.MOVED: "verplaatst",
}


@dataclass(frozen=True)
class Side:
    """One of the two files: its name, and the address of its diagram."""

    title: str
    xml: bytes
    src: str


@bp.get("/concepten/<uuid:draft_id>/verschillen")
@requires(*STUDIO_READERS)
def draft(draft_id: UUID) -> ResponseReturnValue:
    """The draft against its base version."""
    try:
        found = draft_of(db.session(), draft_id)
    except UnknownDraftError:
        abort(404)
    base = db.session().get(ProcessDefinition, found.based_on) if found.based_on else None
    newest = next(iter(versions_of(db.session(), found.key)), None)
    overtaken = newest.definition if base and newest and newest.definition.id != base.id else None
    old = _side(base) if base else None
    return _page(old, draft_side(found), draft=found, base=base, overtaken=overtaken)


@bp.get("/<key>/verschillen")
@requires(*STUDIO_READERS)
def versions(key: str) -> ResponseReturnValue:
    """Two versions; by default the newest and the one before it."""
    known = versions_of(db.session(), key) or abort(404)
    newest = known[0].definition.version
    to = request.args.get("naar", newest, type=whole_number)
    since = request.args.get("van", max(to - 1, 1), type=whole_number)
    old, new = (version_of(db.session(), key, each) or abort(404) for each in (since, to))
    return _page(_side(old.definition), _side(new.definition), key=key, versions=known, van=since)


def draft_side(found: ProcessDraft) -> Side:
    """A draft as one of the two."""
    return Side("Concept", found.xml.encode(), url_for("drafts.diagram", draft_id=found.id))


def _side(definition: ProcessDefinition) -> Side:
    src = url_for("studio.diagram", key=definition.key, number=definition.version)
    return Side(f"Versie {definition.version}", definition.xml.encode(), src)


def _page(old: Side | None, new: Side, **more: Any) -> ResponseReturnValue:
    """The two of them; without an old one all is new, and there is nothing to compare."""
    problem, found = "", []
    if old is not None:
        try:
            found = differences(old.xml, new.xml)
        except UnreadableDiagramError as error:
            problem = str(error)
    name = more["draft"].name if "draft" in more else more["versions"][0].definition.name
    return render_template(
        "studio/differences.html",
        old=old,
        new=new,
        found={kind: [each for each in found if each.kind is kind] for kind in Kind},
        old_marks=marks_of(found, Kind.REMOVED),
        new_marks=marks_of(found, Kind.ADDED),
        symbols=SYMBOLS,
        words=WORDS,
        problem=problem,
        name=name,
        **more,
    )


def marks_of(found: list[Difference], own: Kind) -> list[dict[str, str]]:
    """The marks in one of the two diagrams."""
    shown = (own, Kind.CHANGED, Kind.MOVED)
    return [
        {
            "id": each.element_id,
            "mark": each.kind.value,
            "text": f"{SYMBOLS[each.kind]} {WORDS[each.kind]}",
        }
        for each in sorted(found, key=lambda each: each.kind is Kind.MOVED)
        if each.kind in shown
    ]
