"""Pages of what people begin: the list, the start form, the review, the receipt."""

from http import HTTPStatus
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.begin.blueprint import bp
from app.begin.receipt import tell, tell_refusal
from app.begin.start_form import (
    CHOSEN,
    StartForm,
    address_for_receipt,
    chosen_provider,
    form_class_of,
    is_on_behalf,
    provider_for,
    rows_of,
    start_case,
    start_place,
    typed_elsewhere,
)
from app.begin.starter import groups_of, refuse_branch, starter_of
from app.web.access import (
    Role,
    current_user,
    not_theirs,
    refuse_without,
    requires,
)
from app.web.db import Begins, begins, db
from app.web.form_pages.drawn_check import judged_field
from app.web.form_pages.start_forms import block_of_page, keep_declared
from app.web.form_pages.uploads import Sent, files_in, form_sent
from app.web.kept_forms import kept_fields
from app.web.limits import Rate, limited
from app.web.pages import form_submission_id, page_number, whole_number
from app.web.serving.request_size import takes_files
from forms.registry import form_of
from processes.engine.deployment.definitions import latest_of
from processes.engine.deployment.start_rights import (
    beginning_of,
    may_begin,
    startable,
)
from processes.engine.diagram.beginning import Beginning
from processes.engine.execution.events.delivery import AlreadyRunningError
from processes.engine.execution.starting.beginning import (
    AlreadySubmittedError,
    BusinessKeyError,
    MayNotBeginError,
    TooManyCasesError,
    begin,
    case_of_submission,
    refuse,
)
from processes.engine.execution.steps import StepFailedError
from processes.engine.store.models import ProcessDefinition, ProcessInstance
from processes.engine.store.start_models import BegunCase
from processes.engine.tasks import files
from processes.engine.tasks.rights import Verb, may
from processes.reading import characters
from processes.register.providers.finding import LONGEST_SEARCH, find_providers
from processes.register.providers.people import Right
from processes.unit_of_work import unit_of_work

ANYBODY = tuple(Role)
REFUSALS = (MayNotBeginError, TooManyCasesError, BusinessKeyError)
REASONS = {
    MayNotBeginError: ("refused", HTTPStatus.FORBIDDEN),
    TooManyCasesError: ("many-begun", HTTPStatus.TOO_MANY_REQUESTS),
    BusinessKeyError: ("no-key", HTTPStatus.UNPROCESSABLE_ENTITY),
    StepFailedError: ("failed", HTTPStatus.INTERNAL_SERVER_ERROR),
}
"""Why nothing began: what the page says, and with which status."""


@bp.get("")
@requires(*ANYBODY)
def index() -> ResponseReturnValue:
    """What this user may begin, by name."""
    session = db.session()
    found = startable(session, groups_of(current_user()))
    listed = [beginning_of(session, each.id) for each in found]
    return render_template("begin/list.html", listed=[each for each in listed if each.is_listed])


@bp.get("/<key>")
@requires(*ANYBODY)
def show(key: str) -> ResponseReturnValue:
    definition, begun = _startable(key)
    form_class = form_class_of(begun, current_user())
    kept = kept_fields(url_for("begin.send", key=key))
    if kept is not None:
        return _page(definition, form_class.from_draft(kept), was_kept=True)
    given: dict[str, Any] = {}
    if is_on_behalf(begun, current_user()):
        asked, chosen = request.args.get(CHOSEN), chosen_provider()
        if asked is None or (asked and chosen is None):  # in an old address: it left, or moved
            return redirect(url_for("begin.choose_provider", key=key, zoek=asked))
        given["company"] = chosen
    return _page(definition, form_class(None, data={**form_class.data_from({}), **given}))


@bp.get("/<key>/aanbieder")
@requires(Role.REGISTRAR)
@limited(Rate.SEARCH)
def choose_provider(key: str) -> ResponseReturnValue:
    """Staff find the provider for whom they begin, by name or KvK number."""
    _definition, begun = _startable(key)
    if not is_on_behalf(begun, current_user()):
        return redirect(url_for("begin.show", key=key))
    text = characters.line(request.args.get("zoek", ""))[:LONGEST_SEARCH]
    page = find_providers(db.session(), text, page_number()) if text else None
    return render_template("begin/choose_provider.html", begun=begun, text=text, page=page)


@bp.post("/<key>")
@requires(*ANYBODY)
@takes_files
@begins(Begins.WHEN_WRITING)
def send(key: str) -> ResponseReturnValue:
    if (before := _sent_before()) is not None:
        return before
    definition = latest_of(db.session(), key) or abort(404)
    begun = beginning_of(db.session(), definition.id)
    form_class = form_class_of(begun, current_user())
    form = form_class(request.form)
    try:
        refuse(db.session(), definition, starter_of(form))
    except REFUSALS as error:
        return _refused(definition, form, error)
    sent = form_sent(form_class, start_place(current_user()))
    form = form_class(sent)
    if (answer := _not_yet(definition, begun, form, sent)) is not None:
        return answer
    unit_of_work(db.session()).begin_writing()
    newest = latest_of(db.session(), key) or definition
    if newest.id != definition.id:  # deployed since this request began
        _startable(key)
        return _of_other_version(newest, form)
    if form.on_behalf_of and form.provider is None:  # it got another number since
        form.validate()
        return _page(definition, form), HTTPStatus.UNPROCESSABLE_ENTITY
    return _begin(definition, begun, form)


@bp.post("/<key>/veld")
@requires(*ANYBODY)
@limited(Rate.AUTOSAVE)
@begins(Begins.READING)
def check_field(key: str) -> ResponseReturnValue:
    """Judges a field while somebody types (htmx)."""
    _definition, begun = _startable(key)
    form = form_class_of(begun, current_user())(request.form)
    return judged_field(form, url_for("begin.check_field", key=key))


def _startable(key: str) -> tuple[ProcessDefinition, Beginning]:
    """The newest version, if this user may begin it; else 404."""
    session, user = db.session(), current_user()
    definition = latest_of(session, key) or abort(404)
    begun = beginning_of(session, definition.id)
    if not begun.has_plain_start or not may_begin(session, definition.id, groups_of(user)):
        not_theirs(f"process:{key}")
    refuse_branch(user)
    if (binds := form_of(begun.form_key).binds) and Role.PROVIDER in user.roles:
        refuse_without(Right(binds.value), user)
    return definition, begun


def _sent_before() -> ResponseReturnValue | None:
    """The receipt of this very submission: a double click, or sent again from an old page."""
    case = case_of_submission(db.session(), form_submission_id())
    if case is None or case.starter_id != current_user().id:
        return None
    return redirect(url_for("begin.receipt", submission_id=case.submission_id), 303)


def _not_yet(
    definition: ProcessDefinition, begun: Beginning, form: StartForm, sent: Sent
) -> ResponseReturnValue | None:
    """The page that is shown again before anything begins; None where all is well."""
    if request.form.get("version", type=whole_number) != definition.version:
        return _of_other_version(definition, form)
    is_valid = form.validate()
    if not is_valid or "wijzigen" in request.form:
        status = HTTPStatus.OK if is_valid else HTTPStatus.UNPROCESSABLE_ENTITY
        return _page(definition, form), status
    if begun.is_reviewed and "klopt" not in request.form:
        return _review(definition, begun, form, sent)
    return None


def _of_other_version(definition: ProcessDefinition, form: StartForm) -> ResponseReturnValue:
    """A version was deployed while somebody filled in the form: they look at it again."""
    before, elsewhere = _version_sent(definition.key), []
    if before is not None:
        elsewhere = typed_elsewhere(beginning_of(db.session(), before.id), form, request.form)
    return _page(definition, form, has_changed=True, elsewhere=elsewhere), HTTPStatus.CONFLICT


def _version_sent(key: str) -> ProcessDefinition | None:
    """The version of the form that was sent, if this user might begin that one."""
    session = db.session()
    query = select(ProcessDefinition).where(
        ProcessDefinition.key == key,
        ProcessDefinition.version == request.form.get("version", 0, type=whole_number),
    )
    sent = session.scalars(query).first()
    if sent is None or not may_begin(session, sent.id, groups_of(current_user())):
        return None
    return sent


def _review(definition: ProcessDefinition, begun: Beginning, form: StartForm, typed: Sent) -> str:
    sent = [pair for pair in typed.items(multi=True) if pair[0] != "csrf_token"]
    rows = rows_of(begun, form.variables(), provider_for(form, current_user())[0])
    return render_template(
        "begin/review.html", definition=definition, begun=begun, form=form, rows=rows, sent=sent
    )


def _begin(definition: ProcessDefinition, begun: Beginning, form: StartForm) -> ResponseReturnValue:
    """The case, the receipt by mail and the trail, in one transaction."""
    session = db.session()
    unit = unit_of_work(session)
    answers = form.variables()
    is_providers = Role.PROVIDER in current_user().roles
    starter = starter_of(form, address_for_receipt(form))
    try:
        case = begin(session, definition, starter, answers)
        files.send(session, start_place(current_user()), case.instance_id, files_in(form))
    except (AlreadySubmittedError, AlreadyRunningError) as error:
        session.rollback()
        if (before := _sent_before()) is not None:
            return before
        return _running(definition, form, error)
    except StepFailedError as error:
        unit.commit()  # the incident tells an operator
        return _refused(definition, form, error)
    except REFUSALS as error:
        return _refused(definition, form, error)
    keep_declared(begun, answers, starter.tenant if is_providers else None, starter.label)
    tell(case, definition, starter)
    address = url_for("begin.receipt", submission_id=case.submission_id)
    unit.commit()
    return redirect(address, 303)


def _running(
    definition: ProcessDefinition, form: StartForm, error: Exception
) -> ResponseReturnValue:
    """One runs already: that one is shown, as far as it is theirs."""
    session = db.session()
    if not isinstance(error, AlreadyRunningError):
        abort(404)  # somebody else's submission id
    running = session.get_one(ProcessInstance, error.instance_id)
    query = select(BegunCase).where(BegunCase.instance_id == running.id)
    case = session.scalars(query).first()
    sees = may(session, current_user().person, Verb.SEE, running)
    is_theirs = form.provider is not None and form.provider.kvk == running.tenant
    known = case if sees or is_theirs else None
    page = _page(definition, form, running=running, case=known, sees=sees, is_of_provider=is_theirs)
    return page, HTTPStatus.CONFLICT


def _refused(
    definition: ProcessDefinition, form: StartForm, error: Exception
) -> ResponseReturnValue:
    """The form again, with what was typed and why nothing began."""
    reason, status = REASONS[type(error)]
    if isinstance(error, MayNotBeginError):  # only who saw this form before, sees it again
        before = _version_sent(definition.key) or not_theirs(f"process:{definition.key}")
        definition = before
        form = form_class_of(beginning_of(db.session(), before.id), current_user())(request.form)
    if isinstance(error, TooManyCasesError) and error.is_tenants:
        reason = "many-open"
    if isinstance(error, REFUSALS):
        tell_refusal(definition, reason)
    return _page(definition, form, refused=reason), status


def _page(definition: ProcessDefinition, form: StartForm, **around: Any) -> str:
    begun = beginning_of(db.session(), definition.id)
    case = start_case(begun, current_user())
    return render_template(
        "begin/form.html",
        definition=definition,
        begun=begun,
        form=form,
        own={block: block_of_page(begun, block, form, case) for block in ("intro", "questions")},
        **around,
    )
