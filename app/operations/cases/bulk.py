"""Suspends, resumes and cancels instances: one, selected, or all of a filter, with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from app.operations.blueprint import bp
from app.operations.cases.filter import InstanceFilter
from app.operations.changes import CHANGES, Change, change_all, change_in_background
from app.web.access import Role, current_user, needs_recent_login, requires
from app.web.db import db
from app.web.process_rights import hidden_processes
from forms.operators.operations import ReasonForm
from processes.engine.store.models import ProcessInstance
from processes.engine.store.permission_models import Right

MOST = 200  # while somebody waits for the page; more is done in the background
MOST_OF_ALL = 10_000  # in one go
SHOWN = 100


@dataclass(frozen=True)
class Chosen:
    """The selected instances: ticked ones, or all of a filter."""

    ids: list[UUID]
    total: int
    words: Mapping[str, str]  # of the filter; empty when they were ticked

    @classmethod
    def read(cls, sent: MultiDict[str, str]) -> Self:
        if sent.get("alle"):
            return cls._of_filter({name: sent.get(name, "") for name in InstanceFilter().words})
        try:
            asked = [UUID(word) for word in sent.getlist("zaak")[:MOST]]
        except ValueError:
            abort(400)
        query = select(ProcessInstance.id).where(
            ProcessInstance.id.in_(asked),
            ProcessInstance.process_key.not_in(hidden_processes(Right.OPERATE)),
        )
        ids = list(db.session().scalars(query.order_by(ProcessInstance.started_at)))
        return cls(ids, len(ids), {})

    @classmethod
    def _of_filter(cls, words: Mapping[str, str]) -> Self:
        wanted, session = InstanceFilter.read(words), db.session()
        having = wanted.having(session)
        if having is not None:
            return cls([id_ for _since, id_ in having.keys], len(having.keys), words)
        ids = wanted.query().with_only_columns(ProcessInstance.id)
        total = session.scalar(select(func.count()).select_from(ids.subquery())) or 0
        return cls(list(session.scalars(ids.limit(MOST_OF_ALL))), total, words)

    def shown(self) -> list[ProcessInstance]:
        """The first of them, to look at."""
        query = select(ProcessInstance).where(ProcessInstance.id.in_(self.ids[:SHOWN]))
        return list(db.session().scalars(query.order_by(ProcessInstance.started_at)))


@bp.get("/beheer/processen/wijzigen")
@requires(Role.OPERATOR)
def ask_reason() -> ResponseReturnValue:
    """Confirmation page: which instances, which change; nothing happens yet."""
    chosen = Chosen.read(request.args)
    if "wat" not in request.args or not chosen.ids:
        flash("Kies eerst een of meer zaken.", "warning")
        return redirect(url_for("operations.instance_list"))
    return _ask(_change_of(request.args), chosen, ReasonForm())


@bp.post("/beheer/processen/wijzigen")
@requires(Role.OPERATOR)
@needs_recent_login
def change_instances() -> ResponseReturnValue:
    change = _change_of(request.form)
    chosen, form = Chosen.read(request.form), ReasonForm(request.form)
    if not chosen.ids:
        abort(400)
    if not form.validate():
        return _ask(change, chosen, form), 422
    if chosen.words and str(chosen.total) != request.form.get("aantal"):
        form.form_errors.append("Het aantal zaken is intussen veranderd. Kijk of dit nog klopt.")
        return _ask(change, chosen, form), 422
    return _perform(change, chosen, form.reason.data or "")


def _perform(change: Change, chosen: Chosen, reason: str) -> ResponseReturnValue:
    by = current_user().label
    if len(chosen.ids) > MOST:
        job = change_in_background(db.session(), change, chosen.ids, by=by, reason=reason)
        flash("Dit gebeurt op de achtergrond. Hieronder ziet u hoe ver het is.", "info")
        return redirect(url_for("operations.job", job_id=job.id))
    outcomes = change_all(db.session(), change, chosen.ids, by=by, reason=reason)
    return render_template("operations/changed.html", change=change, outcomes=outcomes)


def _ask(change: Change, chosen: Chosen, form: ReasonForm) -> str:
    return render_template("operations/change.html", change=change, chosen=chosen, form=form)


def _change_of(sent: MultiDict[str, str]) -> Change:
    return CHANGES.get(sent.get("wat", "")) or abort(400)
