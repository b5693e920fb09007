"""Where webhooks may go, and what was sent: addresses, secrets shown once, deliveries, again."""

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.operations.blueprint import bp
from app.web.access import Role, current_user, needs_recent_login, requires
from app.web.db import db
from app.web.kept_pages import shown_once
from app.web.pages import page_number
from forms.operators.webhooks import EventsForm, WebhookForm
from processes.casework.webhooks import administration, webhook_log
from processes.casework.webhooks.webhook_log import State
from processes.register.paging import Page
from processes.unit_of_work import unit_of_work
from processes.webhooks.addresses import addresses, events_of, faults_of
from processes.webhooks.events import EVENTS
from processes.webhooks.models import WebhookAddress

PER_PAGE = 25


@bp.get("/beheer/webhooks")
@requires(Role.OPERATOR)
def webhook_list() -> ResponseReturnValue:
    session = db.session()
    return render_template(
        "operations/webhooks.html",
        addresses=addresses(session),
        counts=webhook_log.counts(session),
        shown=webhook_log.shown,
    )


@bp.route("/beheer/webhooks/nieuw", methods=["GET", "POST"])
@requires(Role.OPERATOR)
@needs_recent_login
def new_webhook() -> ResponseReturnValue:
    """Allow an address; its secret is on the page that follows, and nowhere after it."""
    form, session = WebhookForm(request.form), db.session()
    form.offer(EVENTS.items())
    if request.method == "GET":
        return render_template("operations/webhook_new.html", form=form)
    wanted = (form.name.data or "", form.url.data or "", form.events.data or [])
    is_valid, faults = form.validate(), faults_of(session, *wanted)
    if not is_valid or faults:
        form.tell(faults)
        return render_template("operations/webhook_new.html", form=form), 422
    address, secret = administration.add(session, *wanted, by=current_user().label)
    unit_of_work(session).commit()
    return _secret_page(address, secret)


@bp.get("/beheer/webhooks/<uuid:address_id>")
@requires(Role.OPERATOR)
def webhook(address_id: UUID) -> ResponseReturnValue:
    return _page(_address(address_id))


@bp.post("/beheer/webhooks/<uuid:address_id>/gebeurtenissen")
@requires(Role.OPERATOR)
def choose_events(address_id: UUID) -> ResponseReturnValue:
    address, form = _own_address(address_id), EventsForm(request.form)
    form.offer(EVENTS.items())
    if not form.validate():
        return _page(address, form), 422
    administration.subscribe(db.session(), address, form.events.data or [], by=current_user().label)
    return _back(address, "Bewaard.")


@bp.post("/beheer/webhooks/<uuid:address_id>/sleutel")
@requires(Role.OPERATOR)
@needs_recent_login
def new_secret(address_id: UUID) -> ResponseReturnValue:
    """A new secret, shown once; until it is ended, the one before signs too."""
    address, session = _own_address(address_id), db.session()
    secret = administration.rotate(session, address, by=current_user().label)
    unit_of_work(session).commit()
    return _secret_page(address, secret)


@bp.post("/beheer/webhooks/<uuid:address_id>/doen")
@requires(Role.OPERATOR)
@needs_recent_login
def change_webhook(address_id: UUID) -> ResponseReturnValue:
    """One of the buttons of an address."""
    address = _address(address_id)
    do = ACTIONS.get(request.form.get("wat", "")) or abort(400)
    if address.tenant is not None and do not in (_disabled, _enabled):
        abort(403)
    return _back(address, do(db.session(), address, current_user().label))


@bp.post("/beheer/webhooks/berichten/<int:number>/opnieuw")
@requires(Role.OPERATOR)
def send_webhook_again(number: int) -> ResponseReturnValue:
    session = db.session()
    line = webhook_log.line(session, number) or abort(404)
    address = _own_address(line.delivery.address_id)
    if administration.send_again(session, line, by=current_user().label):
        return _back(address, "Loket verstuurt het bericht opnieuw.")
    return _back(address, "Dit bericht is al onderweg.")


def _tested(session: Session, address: WebhookAddress, by: str) -> str:
    if administration.ping(session, address, by=by) is None:
        return "Dit adres staat uit. Zet het eerst aan."
    return "Het testbericht is onderweg. Ververs de pagina om te zien of het aankwam."


def _disabled(session: Session, address: WebhookAddress, by: str) -> str:
    administration.disable(session, address, by=by)
    return "Uitgezet: Loket stuurt hier niets meer heen."


def _enabled(session: Session, address: WebhookAddress, by: str) -> str:
    administration.enable(session, address, by=by)
    if address.tenant is not None:
        return "Toegestaan. Loket vraagt het adres nu om een bevestiging."
    return "Aangezet. Wat nog wachtte, gaat eerst."


def _rotation_ended(session: Session, address: WebhookAddress, by: str) -> str:
    administration.end_rotation(session, address, by=by)
    return "Alleen de nieuwste sleutel ondertekent nu nog."


def _failed_again(session: Session, address: WebhookAddress, by: str) -> str:
    count = administration.send_failed_again(session, address, by=by)
    return "1 bericht gaat opnieuw." if count == 1 else f"{count} berichten gaan opnieuw."


ACTIONS: Mapping[str, Callable[[Session, WebhookAddress, str], str]] = {
    "test": _tested,
    "uit": _disabled,
    "aan": _enabled,
    "oude-sleutel": _rotation_ended,
    "mislukte": _failed_again,
}


def _address(address_id: UUID) -> WebhookAddress:
    is_changed = request.method == "POST"
    found = db.session().get(WebhookAddress, address_id, with_for_update=is_changed)
    return found or abort(404)


def _own_address(address_id: UUID) -> WebhookAddress:
    """An address of operators; what a company made is for the company to change."""
    found = _address(address_id)
    return found if found.tenant is None else abort(403)


def _back(address: WebhookAddress, told: str) -> ResponseReturnValue:
    unit_of_work(db.session()).commit()
    flash(told, "ok")
    return redirect(url_for("operations.webhook", address_id=address.id), 303)


def _secret_page(address: WebhookAddress, secret: str) -> str:
    shown_once()
    return render_template("operations/webhook_secret.html", address=address, secret=secret)


def _page(address: WebhookAddress, form: EventsForm | None = None) -> str:
    session = db.session()
    state, event_type = request.args.get("stand", ""), request.args.get("soort", "")
    query = webhook_log.lines(
        address_id=address.id,
        state=State(state) if state in set(State) else None,
        event_type=event_type or None,
    )
    number = page_number()
    found, total = webhook_log.page(session, query, number, PER_PAGE)
    if form is None:
        form = EventsForm(data={"events": sorted(events_of(session, address.id))})
        form.offer(EVENTS.items())
    return render_template(
        "operations/webhook.html",
        address=address,
        form=form,
        page=Page(found, number, PER_PAGE, total),
        state=state,
        event_type=event_type,
        types=EVENTS,
        failed=webhook_log.failed(session, address.id),
        shown=webhook_log.shown,
    )
