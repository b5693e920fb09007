"""Pages of a process as text, for screen readers and paper."""

from uuid import UUID

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from app.studio.deploy.versions import versions_of
from app.studio.insight.blueprint import bp
from app.web.access import STUDIO_READERS, requires
from app.web.db import db
from processes.engine.deployment.definitions import DECISION, definitions, tables
from processes.engine.deployment.drafts import UnknownDraftError, draft_of
from processes.engine.words.outline import outline, outline_of_draft
from processes.engine.words.outline_parts import Outline
from processes.engine.words.work import Called
from processes.platform.roles import ROLE_NAMES


@bp.get("/<key>/<int:number>/lezen")
@requires(*STUDIO_READERS)
def read(key: str, number: int) -> ResponseReturnValue:
    versions = versions_of(db.session(), key)
    found = next((one for one in versions if one.definition.version == number), None) or abort(404)
    told = in_words(found.definition.xml, key)
    return render_template("studio/reading.html", version=found, outline=told, draft=None)


@bp.get("/<key>/lezen")
@requires(*STUDIO_READERS)
def read_latest(key: str) -> ResponseReturnValue:
    (latest, *_) = versions_of(db.session(), key) or abort(404)
    return read(key, latest.definition.version)


@bp.get("/concepten/<uuid:draft_id>/lezen")
@requires(*STUDIO_READERS)
def read_draft(draft_id: UUID) -> ResponseReturnValue:
    try:
        draft = draft_of(db.session(), draft_id)
    except UnknownDraftError:
        abort(404)
    told = outline_of_draft(draft.xml.encode(), draft.key, ROLE_NAMES, _called())
    return render_template("studio/reading.html", draft=draft, outline=told, version=None)


@bp.app_template_global("process_in_words")
def in_words(xml: str, key: str) -> Outline:
    """The outline of a process, with our names of the groups and of what it calls."""
    return outline(xml.encode(), key, ROLE_NAMES, _called())


def _called() -> Called:
    """Processes and decision tables in use, by their names of now."""
    session = db.session()
    return Called(
        {each.key: each.name for each in definitions(session)},
        {each.key.removeprefix(DECISION): each.name for each in tables(session)},
    )
