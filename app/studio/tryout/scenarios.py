"""Pages of a draft's scenarios: run, accept, drop; replay of finished instances."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.studio.tryout.subject import Subject, of_draft
from app.studio.tryout.views import bp
from app.web.access import STUDIO_READERS, Role, current_user, requires
from app.web.db import db
from app.web.limits import Rate, limited
from app.web.pages import whole_number
from forms.owners.tryout import ScenarioReasonForm
from processes.tryout import gate, replay
from processes.tryout.scenarios import store
from processes.tryout.scenarios.coverage import coverage
from processes.tryout.scenarios.store import UnknownScenarioError
from processes.unit_of_work import unit_of_work


@bp.get("/concepten/<uuid:draft_id>/scenarios")
@requires(*STUDIO_READERS)
def scenarios(draft_id: UUID) -> ResponseReturnValue:
    return _page(of_draft(draft_id))


@bp.post("/concepten/<uuid:draft_id>/scenarios/<uuid:scenario_id>")
@requires(Role.PROCESS_OWNER)
@limited(Rate.TRY_OUT)
def change_scenario(draft_id: UUID, scenario_id: UUID) -> ResponseReturnValue:
    """Accept the outcome on this draft, or drop the scenario, with a reason."""
    subject, form = of_draft(draft_id), ScenarioReasonForm(request.form)
    if not form.validate():
        return _page(subject, sent=(scenario_id, form)), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        changed = _drop if request.form.get("_do") == "drop" else _accept
        flash(changed(subject, scenario_id, str(form.reason.data)), "ok")
    except UnknownScenarioError:
        abort(404)
    unit_of_work(db.session()).commit()
    back = url_for("tryout.scenarios", draft_id=draft_id)
    return redirect(back, HTTPStatus.SEE_OTHER)


@bp.get("/concepten/<uuid:draft_id>/naspelen")
@requires(*STUDIO_READERS)
def replayed(draft_id: UUID) -> ResponseReturnValue:
    """Replay finished instances, limited in number and time; nothing is stored."""
    subject = of_draft(draft_id)
    days = min(max(request.args.get("dagen", replay.DAYS, type=whole_number), 1), replay.MOST_DAYS)
    result = None
    if "dagen" in request.args and subject.can_be_tried:
        session, key, xml = db.session(), subject.key, subject.xml
        cases = replay.finished_instances(session, key, days=days)
        result = replay.replay(session, cases, key, xml)
    return render_template(
        "studio/replay.html",
        subject=of_draft(draft_id),
        days=days,
        result=result,
        most=replay.MOST,
        seconds=int(replay.SECONDS),
    )


def _accept(subject: Subject, scenario_id: UUID, reason: str) -> str:
    if subject.findings:
        abort(HTTPStatus.CONFLICT)
    verdict, played_on = gate.judge_one(db.session(), scenario_id, subject.xml)
    if verdict.outcome is None:
        abort(HTTPStatus.CONFLICT)
    by, session = current_user().label, db.session()
    row = store.accept(session, scenario_id, verdict.outcome, played_on, by=by, reason=reason)
    return f"Het scenario “{row.name}” verwacht nu wat er op dit concept gebeurt."


def _drop(_subject: Subject, scenario_id: UUID, reason: str) -> str:
    store.drop(db.session(), scenario_id, by=current_user().label, reason=reason)
    return "Het scenario doet niet meer mee."


def _page(subject: Subject, sent: tuple[UUID, Any] | None = None) -> str:
    judged = _judge(subject)
    outcomes = [each.verdict.outcome for each in judged if each.verdict.outcome]
    covered = coverage(subject.xml, outcomes) if subject.can_be_tried else None
    forms: dict[UUID, Any] = {each.kept.id: ScenarioReasonForm() for each in judged}
    forms |= {sent[0]: sent[1]} if sent else {}
    for id_, form in forms.items():
        form.reason.id = f"reason-{id_}"
        form.reason.label.field_id = form.reason.id
    return render_template(
        "studio/scenarios.html",
        subject=subject,
        judged=judged,
        covered=covered,
        forms=forms,
        sent_form=sent[1] if sent else None,
        may_change=Role.PROCESS_OWNER in current_user().roles,
    )


def _judge(subject: Subject) -> list[gate.ScenarioVerdict]:
    return [] if subject.findings else gate.judge(db.session(), subject.xml)
