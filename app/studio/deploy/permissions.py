"""Page of who may do what with one process: for its owners, and for operators who administer it."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import STUDIO_READERS, Role, current_user, needs_recent_login, requires
from app.web.db import db
from app.web.pages import add_helpers
from app.web.process_rights import may_process, refuse_unless
from forms.owners.deployment import PermissionsForm
from processes.engine.deployment.definitions import latest_of
from processes.engine.deployment.drafts import ProcessDraft
from processes.engine.deployment.permissions import candidates, named_for, set_named
from processes.engine.store.permission_models import ProcessPermission, Right
from processes.register.changes import record_event
from processes.unit_of_work import unit_of_work

bp = Blueprint("permissions", __name__, url_prefix="/processen/<key>/rechten")
add_helpers(bp)


@bp.get("")
@requires(*STUDIO_READERS, Role.OPERATOR)
def show(key: str) -> ResponseReturnValue:
    name, form = _name(key), _form(key)
    if not (_administers() or may_process(Right.SEE, key)):
        abort(404)
    return _page(key, name, form)


@bp.post("")
@requires(Role.PROCESS_OWNER, Role.OPERATOR)
@needs_recent_login
def save(key: str) -> ResponseReturnValue:
    """Name exactly the ticked people; each right that changes is an event in the trail."""
    name, form = _name(key), _form(key)
    if not _administers():
        refuse_unless(Right.EDIT, [key])
    if not form.validate():
        return _page(key, name, form), 422
    session, by = db.session(), current_user().label
    for right in Right:
        before, after = set_named(session, key, right, form[right].data or [], by=by)
        if before != after:
            _record(session, key, right, before, after)
    unit_of_work(session).commit()
    flash("Bewaard: dit zijn nu de rechten bij dit proces.", "ok")
    is_seen = _administers() or may_process(Right.SEE, key)
    target = url_for("permissions.show", key=key) if is_seen else url_for("studio.index")
    return redirect(target, 303)


def _administers() -> bool:
    """An operator can always mend the permissions of a process, also of one they do not operate."""
    return Role.OPERATOR in current_user().roles


def _name(key: str) -> str:
    """The name of a process or decision table that is deployed, drawn or has permissions."""
    session = db.session()
    if (latest := latest_of(session, key)) is not None:
        return latest.name or key
    draft = session.scalars(select(ProcessDraft).where(ProcessDraft.key == key).limit(1)).first()
    if draft is None and not named_for(session, key):
        abort(404)
    return draft.name if draft and draft.name else key


def _form(key: str) -> PermissionsForm:
    """With whom can be named: who has the role, and who was named before."""
    session = db.session()
    named = named_for(session, key)
    given = {right: [each.person for each in named if each.right is right] for right in Right}
    form = PermissionsForm(request.form or None, data={str(each): given[each] for each in Right})
    for right in Right:
        form.offer(str(right), _people(session, right, named))
    return form


def _people(
    session: Session, right: Right, named: list[ProcessPermission]
) -> list[tuple[str, str]]:
    people = {each.reference: each.name for each in candidates(session, right)}
    gone = {each.person: each.name for each in named if each.right is right}
    gone = {person: f"{name} (heeft deze rol niet meer)" for person, name in gone.items()}
    return sorted((gone | people).items(), key=lambda pair: pair[1])


def _record(session: Session, key: str, right: Right, before: list[str], after: list[str]) -> None:
    record_event(
        session,
        "process-permissions-changed",
        actor=current_user().label,
        subject=f"process:{key}",
        kind=str(right),
        before=", ".join(before) or None,
        after=", ".join(after) or None,
    )


def _page(key: str, name: str, form: PermissionsForm) -> str:
    may_change = _administers() or may_process(Right.EDIT, key)
    return render_template(
        "studio/permissions.html", key=key, name=name, form=form, may_change=may_change
    )
