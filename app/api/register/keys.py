"""The page on which a provider makes and revokes the keys of its own programs."""

from flask import (
    Blueprint,
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.web.access import Role, current_user, needs, needs_recent_login, requires
from app.web.db import db
from app.web.kept_pages import shown_once
from app.web.limits import Rate, limited
from forms.provider.keys import KeyForm
from processes.engine.openings import clients
from processes.engine.openings.clients import Rights, UnknownOpeningError
from processes.engine.store.opening_models import Opening
from processes.register.changes import record_event
from processes.register.providers.people import Right
from processes.register.providers.providers import Provider, provider_of, refuse_when_suspended
from processes.unit_of_work import unit_of_work

bp = Blueprint("keys", __name__, url_prefix="/koppelingen")
MOST = 10  # keys of one provider that are on
PER_MINUTE = 120


@bp.get("")
@requires(Role.PROVIDER)
def index() -> ResponseReturnValue:
    _provider()
    return _page(KeyForm())


@bp.post("")
@requires(Role.PROVIDER)
@needs_recent_login
@needs(Right.ADMINISTRATOR)
@limited(Rate.LOGIN)
def make() -> ResponseReturnValue:
    """Make a key, and show it: now, and never again."""
    provider, form = _provider(), KeyForm(request.form)
    _refuse_branch()
    refuse_when_suspended(provider)
    if form.validate() and sum(each.enabled for each in _openings()) >= MOST:
        form.name.errors = [f"U hebt al {MOST} sleutels. Trek er eerst een in."]
    if form.errors:
        return _page(form), 422
    reads = form.reach.data == "lezen"
    rights = Rights(offers=True, reads=reads, tenant=provider.kvk, per_minute=PER_MINUTE)
    by = current_user().label
    name = _free_name(provider.kvk, form.name.data or "")
    opening, secret = clients.make(db.session(), name, rights, by=by)
    return _shown(opening, secret, "opening-made")


@bp.post("/vernieuwen")
@requires(Role.PROVIDER)
@needs_recent_login
@needs(Right.ADMINISTRATOR)
@limited(Rate.LOGIN)
def renew() -> ResponseReturnValue:
    """Make a new secret, and show it; the one until now stays valid until it is revoked."""
    provider, opening = _provider(), _named()
    refuse_when_suspended(provider)
    if not opening.enabled:
        abort(403)
    return _shown(opening, clients.rotate(db.session(), opening), "opening-rotated")


@bp.post("/oude-intrekken")
@requires(Role.PROVIDER)
@needs(Right.ADMINISTRATOR)
def end_old() -> ResponseReturnValue:
    """From now on only the newest secret is valid."""
    opening = _named()
    clients.end_rotation(db.session(), opening)
    return _done(opening, "opening-rotation-ended", "De oude sleutel werkt niet meer.")


@bp.post("/intrekken")
@requires(Role.PROVIDER)
@needs(Right.ADMINISTRATOR)
def revoke() -> ResponseReturnValue:
    """Refuse everything that the program asks from now on."""
    opening = _named()
    clients.disable(db.session(), opening)
    return _done(opening, "opening-disabled", "De sleutel is ingetrokken en werkt niet meer.")


def _shown(opening: Opening, secret: str, action: str) -> ResponseReturnValue:
    told = {"id": opening.id.hex, "name": shown_name(opening), "secret": secret}
    _commit(opening, action)
    shown_once()
    return _page(KeyForm(), told)


def _done(opening: Opening, action: str, text: str) -> ResponseReturnValue:
    _commit(opening, action)
    flash(text, "ok")
    return redirect(url_for("keys.index"), 303)


def _commit(opening: Opening, action: str) -> None:
    subject, by = f"opening:{opening.name}", current_user().label
    record_event(db.session(), action, actor=by, kvk=opening.tenant, subject=subject)
    unit_of_work(db.session()).commit()


def _provider() -> Provider:
    """The company of this request; 404 until it is registered."""
    return provider_of(db.session(), current_user().kvk or "") or abort(404)


def _refuse_branch() -> None:
    """A key is of the whole company (R54, R55)."""
    if current_user().branch:
        abort(403)


def _named() -> Opening:
    """The opening of this company that the form names, to be changed; else 404."""
    _refuse_branch()
    try:
        opening = clients.named(db.session(), request.form.get("naam", ""))
    except UnknownOpeningError:
        abort(404)
    return opening if _is_own(opening) else abort(404)


def _openings() -> list[Opening]:
    return [each for each in clients.openings(db.session()) if _is_own(each)]


def _is_own(opening: Opening) -> bool:
    return opening.offers and opening.tenant == _provider().kvk


def _free_name(kvk: str, name: str) -> str:
    """The name that the whole register knows it by; a second one of that name gets a number."""
    taken = {each.name for each in _openings()}
    wanted = [f"{kvk} {name}", *(f"{kvk} {name} {number}" for number in range(2, len(taken) + 3))]
    return next(each for each in wanted if each not in taken)


def shown_name(opening: Opening) -> str:
    """The name that the provider gave it."""
    return opening.name.removeprefix(f"{opening.tenant} ")


def _page(form: KeyForm, told: dict[str, str] | None = None) -> str:
    return render_template(
        "api/keys.html",
        form=form,
        told=told,
        found=_openings(),
        shown_name=shown_name,
        may_change=not current_user().branch and current_user().may(Right.ADMINISTRATOR),
        is_suspended=_provider().is_closed,
    )
