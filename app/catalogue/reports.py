"""Reporting that an offer in the catalogue is wrong, by a visitor or teacher."""

from http import HTTPStatus
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.catalogue.views import bp
from app.web.access import public, signed_in_user
from app.web.db import db
from app.web.errors import ErrorPage, error_page
from app.web.limits import Rate, limited
from forms.offers.reports import ReportForm
from processes.base import today
from processes.casework.offers.reports import report
from processes.platform.roles import Role
from processes.register.catalogue.catalogue import catalogue_offer
from processes.register.offers.offers import Offer, OfferNotFoundError
from processes.register.offers.reports.reports import ReportKind, TooManyReportsError
from processes.unit_of_work import unit_of_work

HIDDEN = ErrorPage(
    "Deze activiteit staat niet meer in de catalogus",
    "Uw melding is niet verstuurd. Wilt u toch iets melden, neem dan contact met ons op.",
)
THANKS = "Dank u wel. Een medewerker van het register bekijkt uw melding."


@bp.get("/catalogus/<uuid:offer_id>/melden")
@public
def report_form(offer_id: UUID) -> ResponseReturnValue:
    return _page(_visible(offer_id), ReportForm())


@bp.post("/catalogus/<uuid:offer_id>/melden")
@public
@limited(Rate.PUBLIC_START)
def send_report(offer_id: UUID) -> ResponseReturnValue:
    """Begins the process of a report; what a machine fills in is thanked for and dropped."""
    offer, form = _visible(offer_id), ReportForm(request.form)
    if not form.validate():
        return _page(offer, form), HTTPStatus.UNPROCESSABLE_ENTITY
    if not form.bijnaam.data:
        try:
            report(
                db.session(),
                offer,
                ReportKind(form.kind.data),
                form.text.data or "",
                by=_reporter(),
            )
        except TooManyReportsError:
            return _page(offer, form, refused=True), HTTPStatus.TOO_MANY_REQUESTS
        unit_of_work(db.session()).commit()
    flash(THANKS, "ok")
    return redirect(url_for("catalogue.show", offer_id=offer.id), HTTPStatus.SEE_OTHER)


def _reporter() -> str:
    """What is kept of who reports: only whether it is a teacher."""
    user = signed_in_user()
    return "leraar" if user and Role.TEACHER in user.roles else "bezoeker"


def _visible(offer_id: UUID) -> Offer:
    entry = catalogue_offer(db.session(), offer_id, on=today())
    if entry.state != "visible":
        if request.method == "POST":  # it was when the form was opened, or nobody had it
            abort(error_page(HTTPStatus.GONE, HIDDEN))
        raise OfferNotFoundError(offer_id)
    return entry.offer


def _page(offer: Offer, form: ReportForm, *, refused: bool = False) -> str:
    return render_template("catalogue/report.html", offer=offer, form=form, refused=refused)
