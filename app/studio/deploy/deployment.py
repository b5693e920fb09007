"""Pages for deploying a draft: impact, hindrances, deploy."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.studio.deploy import hindrances, migrations
from app.studio.deploy.impact import Impact, Target, impacts, running_versions
from app.studio.deploy.people import current_person, four_eyes
from app.web.access import STUDIO_READERS, Role, is_no_try, needs_recent_login_when, requires
from app.web.db import Begins, begins, db
from app.web.diagrams.element_mapping import sent_mapping
from app.web.limits import Rate, limited
from app.web.pages import add_helpers
from forms.owners.deployment import DeployForm
from processes.engine.checks.rules.webhooks import unreachable_addresses
from processes.engine.checks.unsent_messages import unsent_messages
from processes.engine.deployment import drafts, reviews
from processes.engine.deployment.definitions import (
    DECISION,
    RejectedDeploymentError,
    UnknownProcessError,
    deployed_xml,
    keys_of,
    latest_definition,
    latest_of,
)
from processes.engine.deployment.drafts import ProcessDraft, StaleDraftError, UnknownDraftError
from processes.engine.store.models import ProcessDefinition
from processes.tryout import deployment as gate
from processes.tryout.gate import FailedScenario
from processes.unit_of_work import unit_of_work
from workers.vocabulary import messages_from_elsewhere, vocabulary

bp = Blueprint("deployment", __name__, url_prefix="/processen/concepten")
add_helpers(bp)


@bp.get("/<uuid:draft_id>/in-gebruik")
@requires(*STUDIO_READERS)
def prepare(draft_id: UUID) -> ResponseReturnValue:
    draft = _draft(draft_id)
    return _page(draft, _empty_form(draft))


@bp.post("/<uuid:draft_id>/toetsen")
@requires(*STUDIO_READERS)
@limited(Rate.UPLOAD)
@begins(Begins.WHEN_WRITING)
def judge(draft_id: UUID) -> ResponseReturnValue:
    """Run the scenarios; with htmx, only that fragment.

    The whole page computes the impact on what runs, which nobody should wait for: it is read anew.
    """
    session, draft = db.session(), _draft(draft_id)
    judged = gate.all_that_counts(session, draft)
    failing = gate.judge(session, draft)
    if failing:
        return _judged(_draft(draft_id), failing)
    unit_of_work(session).begin_writing()
    draft = _draft(draft_id)
    gate.remember(session, draft, current_person(), judged)
    if not _is_fragment():
        unit_of_work(session).commit()
        return redirect(url_for("deployment.prepare", draft_id=draft_id, _anchor="scenarios"))
    part = _judged(draft, [])  # made before others can remove what it shows
    unit_of_work(session).commit()
    return part


def _is_fragment() -> bool:
    return "HX-Request" in request.headers


def _judged(draft: ProcessDraft, failing: Sequence[FailedScenario]) -> str:
    if not _is_fragment():
        return _page(draft, _empty_form(draft), failing=failing)
    return render_template("studio/gate.html", draft=draft, gate=_gate(draft, failing))


@bp.post("/<uuid:draft_id>/in-gebruik")
@requires(Role.PROCESS_DEPLOYER)
@needs_recent_login_when(is_no_try)
@begins(Begins.WHEN_WRITING)
def deploy(draft_id: UUID) -> ResponseReturnValue:
    """Recompute with the chosen mapping, or deploy the draft."""
    draft, form = _draft(draft_id), DeployForm(request.form)
    if request.form.get("action") == "try":
        return _page(draft, form)
    hindered = [*hindrances.hindrances(draft), *hindrances.changed_since(draft)]
    is_valid = form.validate()
    failing: list[FailedScenario] = []
    if is_valid and not hindered:
        failing = gate.judge(db.session(), draft)
        draft = _draft(draft_id)
    if not is_valid or hindered or failing or hindrances.is_faulty(draft):
        return _page(_draft(draft_id), form, hindered=hindered, failing=failing), 422
    unit_of_work(db.session()).begin_writing()
    return _placed(draft_id, form)


def _placed(draft_id: UUID, form: DeployForm) -> ResponseReturnValue:
    """Looked at again, now that nobody else writes; then it becomes a version."""
    draft = _draft(draft_id)
    hindered = [*hindrances.hindrances(draft), *hindrances.changed_since(draft)]
    if hindered:
        return _page(draft, form, hindered=hindered), 422
    try:
        deployed = _deploy(draft, form.note.data or "")
    except (RejectedDeploymentError, StaleDraftError):
        db.session().rollback()
        draft = _draft(draft_id)
        return _page(
            draft, form, hindered=[hindrances.faults(draft), *hindrances.changed_since(draft)]
        ), 422
    runs = _migrate(deployed) if form.running.data == "all" else []
    unit_of_work(db.session()).commit()
    (latest, *_) = deployed
    if len(deployed) > 1:
        names = ", ".join(f"{each.name} (versie {each.version})" for each in deployed)
        flash(f"In gebruik: {names}. Nieuwe zaken beginnen ermee.", "ok")
    else:
        flash(f"Versie {latest.version} is in gebruik. Nieuwe zaken beginnen ermee.", "ok")
    if len(runs) == 1:
        return redirect(url_for("migrations.show", key=latest.key, run_id=runs[0]))
    return redirect(url_for("studio.process", key=latest.key))


def _deploy(draft: ProcessDraft, note: str) -> list[ProcessDefinition]:
    """The draft becomes a version, and is told of in the history and the audit trail."""
    action = gate.ROLLED_BACK if _known_note(draft) else gate.DEPLOYED
    order = gate.Order(current_person(), note, vocabulary(), four_eyes(), action)
    return gate.deploy_draft(db.session(), draft, hindrances.number("version"), order)


def _migrate(deployed: list[ProcessDefinition]) -> list[UUID]:
    """Begin to move all that runs on older versions; the ids of the runs."""
    session, mapping = db.session(), sent_mapping(request.form)
    return [
        migrations.begin(session, old, new, mapping).id
        for new in deployed
        for old, _running in running_versions(session, new.key)
        if old.id != new.id
    ]


def _page(
    draft: ProcessDraft,
    form: DeployForm,
    *,
    hindered: list[hindrances.Hindrance] | None = None,
    failing: Sequence[FailedScenario] = (),
) -> str:
    session = db.session()
    hindered = list(hindrances.hindrances(draft)) if hindered is None else hindered
    return render_template(
        "studio/deploy.html",
        draft=draft,
        form=form,
        hindered=hindered,
        latest=_latest(draft),
        looked_at=hindrances.newest(draft),
        others=_others(draft),
        warnings=_warnings(draft) if draft.is_deployable else [],
        impacts=_impacts(draft) if draft.is_deployable else [],
        is_decision=draft.key.startswith(DECISION),
        review=_review(draft),
        content=reviews.content_of(draft),
        gate=_gate(draft, failing),
        events=reviews.events_of(session, draft.id),
    )


def _gate(draft: ProcessDraft, failing: Sequence[FailedScenario]) -> dict[str, Any]:
    session = db.session()
    return {
        "number": len(gate.scenarios_for(session, draft)),
        "is_open": gate.is_open(session, draft),
        "failing": failing,
    }


def _empty_form(draft: ProcessDraft) -> DeployForm:
    return DeployForm(data={"note": _known_note(draft)})


def _review(draft: ProcessDraft) -> dict[str, Any]:
    session = db.session()
    return {
        "asked": four_eyes(),
        "state": reviews.state_of(session, draft),
        "own": reviews.is_own_work(session, draft, current_person()),
    }


def _impacts(draft: ProcessDraft) -> list[Impact]:
    xml, mapping = draft.xml.encode(), sent_mapping(request.form)
    return [
        found
        for key in keys_of(xml)
        if not key.startswith(DECISION)
        for found in impacts(db.session(), Target(key, xml), mapping)
    ]


def _warnings(draft: ProcessDraft) -> list[tuple[str, str]]:
    """What does not stand in the way, with its title: whom it takes may come later."""
    session, xml = db.session(), draft.xml.encode()
    if draft.key.startswith(DECISION):
        return []
    addresses = unreachable_addresses(xml, vocabulary(session))
    unsent = unsent_messages(xml, deployed_xml(session), messages_from_elsewhere(session))
    return [
        *(("Een webhook komt nog nergens aan", each) for each in addresses),
        *(("Op dit bericht wacht een zaak voor niets", each) for each in unsent),
    ]


def _latest(draft: ProcessDraft) -> ProcessDefinition | None:
    try:
        return latest_definition(db.session(), draft.key)
    except UnknownProcessError:
        return None


def _others(draft: ProcessDraft) -> list[tuple[str, ProcessDefinition | None, bool]]:
    """The other processes of the file: name, version in use, whether that is of another file."""
    session = db.session()
    base = session.get(ProcessDefinition, draft.based_on) if draft.based_on else None
    found = [
        (name, latest_of(session, key))
        for key, name in hindrances.keys(draft).items()
        if key != draft.key
    ]
    return [
        (name, its, its is not None and (base is None or its.sha256 != base.sha256))
        for name, its in found
    ]


def _known_note(draft: ProcessDraft) -> str:
    """A note to begin with, when the draft is an earlier version unchanged; else nothing."""
    query = (
        select(ProcessDefinition.version)
        .where(ProcessDefinition.key == draft.key)
        .where(ProcessDefinition.sha256 == reviews.content_of(draft))
        .order_by(ProcessDefinition.version.desc())
    )
    number = db.session().scalars(query.limit(1)).first()
    return "" if number is None else f"Terug naar versie {number}."


def _draft(draft_id: UUID) -> ProcessDraft:
    try:
        return drafts.draft_of(db.session(), draft_id)
    except UnknownDraftError:
        abort(404)
