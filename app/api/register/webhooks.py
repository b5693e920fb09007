"""The pages on which a company keeps its own webhooks: asking, events, secrets, what was sent."""

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.web.access import Role, current_user, needs, needs_recent_login, requires
from app.web.db import db
from app.web.kept_pages import shown_once
from app.web.limits import Rate, limited
from app.web.pages import page_number, whole_number
from forms.provider.webhooks import OwnEventsForm, OwnWebhookForm
from processes.casework.webhooks import administration, own_webhooks, webhook_log
from processes.register.paging import Page
from processes.register.providers.people import Right
from processes.register.providers.providers import Provider, provider_of, refuse_when_suspended
from processes.unit_of_work import unit_of_work
from processes.webhooks import own_addresses
from processes.webhooks.addresses import events_of
from processes.webhooks.events import OF_COMPANIES
from processes.webhooks.models import Disabled, WebhookAddress
from processes.webhooks.own_addresses import Wanted

bp = Blueprint("own_webhooks", __name__, url_prefix="/koppelingen/webhooks")
PER_PAGE = 25


@bp.get("")
@requires(Role.PROVIDER)
@needs(Right.ADMINISTRATOR)
def index() -> ResponseReturnValue:
    provider, session = _provider(), db.session()
    return render_template(
        "api/webhooks.html",
        found=own_addresses.own(session, provider.kvk),
        counts=webhook_log.counts(session, provider.kvk),
        shown=webhook_log.shown,
        shown_name=own_addresses.shown_name,
        is_closed=provider.is_closed,
    )


@bp.route("/nieuw", methods=["GET", "POST"])
@requires(Role.PROVIDER)
@needs_recent_login
@needs(Right.ADMINISTRATOR)
@limited(Rate.LOGIN)
def new() -> ResponseReturnValue:
    """Ask for a webhook; its secret is on the page that follows, and nowhere after it."""
    provider, form, session = _open_provider(), OwnWebhookForm(request.form), db.session()
    form.offer(OF_COMPANIES.items())
    if request.method == "GET":
        return render_template("api/webhook_new.html", form=form)
    wanted = Wanted(form.name.data or "", form.url.data or "", form.events.data or [])
    is_valid, faults = form.validate(), own_addresses.why_not(session, provider.kvk, wanted)
    if not is_valid or faults:
        form.tell(faults)
        return render_template("api/webhook_new.html", form=form), 422
    address, secret = own_webhooks.ask(session, provider.kvk, wanted, by=current_user().label)
    unit_of_work(session).commit()
    return _secret_page(address, secret)


@bp.get("/<uuid:address_id>")
@requires(Role.PROVIDER)
@needs(Right.ADMINISTRATOR)
def show(address_id: UUID) -> ResponseReturnValue:
    return _page(_address(address_id))


@bp.post("/<uuid:address_id>/gebeurtenissen")
@requires(Role.PROVIDER)
@needs(Right.ADMINISTRATOR)
def choose_events(address_id: UUID) -> ResponseReturnValue:
    address, form = _changeable(address_id), OwnEventsForm(request.form)
    form.offer(OF_COMPANIES.items())
    chosen = form.events.data or []
    is_valid, faults = form.validate(), own_addresses.faults_of_events(chosen)
    if not is_valid or faults:
        form.tell(faults)
        return _page(address, form), 422
    own_webhooks.subscribe(db.session(), address, chosen, by=current_user().label)
    return _back(address, "Bewaard.")


@bp.post("/<uuid:address_id>/sleutel")
@requires(Role.PROVIDER)
@needs_recent_login
@needs(Right.ADMINISTRATOR)
@limited(Rate.LOGIN)
def new_secret(address_id: UUID) -> ResponseReturnValue:
    """A new secret, shown once; until it is ended, the one before signs too."""
    address, session = _changeable(address_id), db.session()
    secret = administration.rotate(session, address, by=current_user().label)
    unit_of_work(session).commit()
    return _secret_page(address, secret)


@bp.post("/<uuid:address_id>/doen")
@requires(Role.PROVIDER)
@needs(Right.ADMINISTRATOR)
@limited(Rate.LOGIN)
def change(address_id: UUID) -> ResponseReturnValue:
    """One of the buttons of a webhook."""
    address = _changeable(address_id)
    do = ACTIONS.get(request.form.get("wat", "")) or abort(400)
    return _back(address, do(db.session(), address, current_user().label))


@bp.post("/<uuid:address_id>/opnieuw")
@requires(Role.PROVIDER)
@needs(Right.ADMINISTRATOR)
@limited(Rate.LOGIN)
def send_again(address_id: UUID) -> ResponseReturnValue:
    address, session = _changeable(address_id), db.session()
    number = request.form.get("number", type=whole_number) or abort(400)
    line = webhook_log.line(session, number)
    if line is None or line.delivery.address_id != address.id:
        abort(404)
    if administration.send_again(session, line, by=current_user().label):
        return _back(address, "Wij versturen het bericht opnieuw.")
    return _back(address, "Dit bericht is al onderweg.")


def _tested(session: Session, address: WebhookAddress, by: str) -> str:
    if administration.ping(session, address, by=by) is None:
        return "Deze webhook staat uit. Zet hem eerst aan."
    return "Het testbericht is onderweg. Ververs de pagina om te zien of het aankwam."


def _asked_again(session: Session, address: WebhookAddress, by: str) -> str:
    if own_webhooks.challenge_again(session, address, by=by):
        return "Wij vragen het webadres opnieuw om een bevestiging. Ververs de pagina zo."
    return "Er is nu geen bevestiging te vragen, of de vraag is nog onderweg."


def _paused(session: Session, address: WebhookAddress, by: str) -> str:
    if own_webhooks.pause(session, address, by=by):
        return "Gepauzeerd. Over wat er nu gebeurt, krijgt het programma geen bericht."
    return "Deze webhook stond al uit."


def _resumed(session: Session, address: WebhookAddress, by: str) -> str:
    if own_webhooks.resume(session, address, by=by):
        return "De webhook staat weer aan. Wat nog wachtte, gaat eerst."
    return "U kunt deze webhook nu niet aanzetten."


def _rotation_ended(session: Session, address: WebhookAddress, by: str) -> str:
    administration.end_rotation(session, address, by=by)
    return "Alleen de nieuwste sleutel ondertekent nu nog."


def _failed_again(session: Session, address: WebhookAddress, by: str) -> str:
    count = administration.send_failed_again(session, address, by=by)
    return "1 bericht gaat opnieuw." if count == 1 else f"{count} berichten gaan opnieuw."


def _ended(session: Session, address: WebhookAddress, by: str) -> str:
    own_webhooks.end(session, address, by=by)
    return "De webhook is gestopt. Er gaat niets meer heen."


ACTIONS: Mapping[str, Callable[[Session, WebhookAddress, str], str]] = {
    "test": _tested,
    "bevestigen": _asked_again,
    "pauze": _paused,
    "verder": _resumed,
    "oude-sleutel": _rotation_ended,
    "mislukte": _failed_again,
    "stoppen": _ended,
}


def _provider() -> Provider:
    """The company of this request, whole (R54, R55); 404 until it is registered."""
    if current_user().branch:
        abort(403)
    return provider_of(db.session(), current_user().kvk or "") or abort(404)


def _open_provider() -> Provider:
    provider = _provider()
    refuse_when_suspended(provider)
    return provider


def _address(address_id: UUID) -> WebhookAddress:
    """The webhook of this company; 404 for any other."""
    kvk, is_changed = _provider().kvk, request.method == "POST"
    found = db.session().get(WebhookAddress, address_id, with_for_update=is_changed)
    return found if found is not None and found.tenant == kvk else abort(404)


def _changeable(address_id: UUID) -> WebhookAddress:
    found = _address(address_id)
    _open_provider()
    if found.disabled_because == Disabled.ENDED:
        abort(403)
    return found


def _back(address: WebhookAddress, told: str) -> ResponseReturnValue:
    unit_of_work(db.session()).commit()
    flash(told, "ok")
    return redirect(url_for("own_webhooks.show", address_id=address.id), 303)


def _secret_page(address: WebhookAddress, secret: str) -> str:
    shown_once()
    name = own_addresses.shown_name(address)
    return render_template("api/webhook_secret.html", address=address, name=name, secret=secret)


def _page(address: WebhookAddress, form: OwnEventsForm | None = None) -> str:
    session, number = db.session(), page_number()
    query = webhook_log.lines(address_id=address.id)
    found, total = webhook_log.page(session, query, number, PER_PAGE)
    if form is None:
        form = OwnEventsForm(data={"events": sorted(events_of(session, address.id))})
        form.offer(OF_COMPANIES.items())
    return render_template(
        "api/webhook.html",
        address=address,
        name=own_addresses.shown_name(address),
        form=form,
        page=Page(found, number, PER_PAGE, total),
        types=OF_COMPANIES,
        failed=webhook_log.failed(session, address.id),
        shown=webhook_log.shown,
        may_change=not _provider().is_closed and address.disabled_because != Disabled.ENDED,
    )
