"""Pages of a teacher's portfolio: hours, entries, search, add, remove, export."""

from datetime import date
from typing import cast
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.portfolio.blueprint import bp, chosen, signed_in_teacher, warn_of_period
from app.portfolio.own import drop_evidence
from app.web.access import Role, requires
from app.web.db import db
from app.web.limits import Rate, limited
from app.web.search.page import search_page
from forms.offers.offers import FollowedForm
from forms.portfolio import PeriodForm
from forms.uploads import linked
from processes.base import today
from processes.register.offers.offers import Offer, OfferNotFoundError
from processes.register.offers.terms import Sector
from processes.register.portfolio.entries import (
    EntryNotFoundError,
    FollowedDateError,
    PortfolioEntry,
    add_entry,
    addable_offer,
    entries_of,
    likely_day,
    remove_entry,
)
from processes.register.portfolio.evaluating import (
    evaluated_by,
    may_evaluate,
    withdraw_without_entry,
)
from processes.register.portfolio.hours import hours, periods
from processes.register.portfolio.teachers import choose_period, choose_sector
from processes.register.search.restrictions import Scope
from processes.unit_of_work import unit_of_work


@bp.get("")
@requires(Role.TEACHER)
def index() -> ResponseReturnValue:
    return _index(PeriodForm(data={"period_start": signed_in_teacher().period_start}))


def _index(form: PeriodForm) -> str:
    teacher = signed_in_teacher()
    entries = entries_of(db.session(), teacher)
    found = periods(teacher.period_start, on=today())
    period = chosen(found)
    return render_template(
        "portfolio/index.html",
        teacher=teacher,
        entries=entries,
        hours=hours(entries, period),
        period=period,
        periods=found,
        period_form=form,
        file_links=linked,
        may_evaluate=may_evaluate,
        evaluated=evaluated_by(db.session(), teacher),
        sectors=Sector,
    )


@bp.get("/zoeken")
@requires(Role.TEACHER)
@limited(Rate.SEARCH)
def find() -> ResponseReturnValue:
    """The search page of the catalogue, which here finds expired offers too (D-a, D-b)."""
    return search_page(Scope.PORTFOLIO, {"likely": likely_day})


@bp.get("/toevoegen/<uuid:offer_id>")
@requires(Role.TEACHER)
def followed(offer_id: UUID) -> ResponseReturnValue:
    offer = offer_to_add(offer_id)
    form = FollowedForm(data={"followed_on": likely_day(offer, on=today())})
    return _add_page(offer, form)


@bp.post("/toevoegen/<uuid:offer_id>")
@requires(Role.TEACHER)
def add(offer_id: UUID) -> ResponseReturnValue:
    session, teacher = db.session(), signed_in_teacher()
    offer = offer_to_add(offer_id)
    form = FollowedForm(request.form)
    if not form.validate():
        return _add_page(offer, form), 422
    before = {entry.id for entry in entries_of(session, teacher)}
    try:
        entry = add_entry(
            session, teacher, offer_id, cast("date", form.followed_on.data), on=today()
        )
    except FollowedDateError as error:
        form.followed_on.errors = [error.message]
        return _add_page(offer, form), 422
    unit_of_work(session).commit()
    flash(*_told(entry, was_there=entry.id in before))
    warn_of_period(entry)
    return redirect(url_for("portfolio.index"))


def _add_page(offer: Offer, form: FollowedForm) -> str:
    return render_template("portfolio/add.html", offer=offer, form=form, today=today())


@bp.get("/verwijderen/<uuid:entry_id>")
@requires(Role.TEACHER)
def taking_out(entry_id: UUID) -> ResponseReturnValue:
    return render_template("portfolio/remove.html", entry=_entry(entry_id))


@bp.post("/verwijderen/<uuid:entry_id>")
@requires(Role.TEACHER)
def take_out(entry_id: UUID) -> ResponseReturnValue:
    try:
        gone = remove_entry(db.session(), signed_in_teacher(), entry_id)
    except EntryNotFoundError:
        abort(404)
    drop_evidence(gone.evidence)
    withdraw_without_entry(db.session(), signed_in_teacher(), gone.offer_id)
    unit_of_work(db.session()).commit()
    flash("De activiteit staat niet meer in uw portfolio.", "ok")
    return redirect(url_for("portfolio.index"))


@bp.post("/sector")
@requires(Role.TEACHER)
def sector() -> ResponseReturnValue:
    """Which sector a teacher works in decides about the 40 hours of subject knowledge (A4)."""
    chosen = request.form.get("sector", "")
    choose_sector(
        db.session(), signed_in_teacher(), Sector(chosen) if chosen in set(Sector) else None
    )
    unit_of_work(db.session()).commit()
    flash("Uw sector is opgeslagen.", "ok")
    return redirect(url_for("portfolio.index"))


@bp.post("/periode")
@requires(Role.TEACHER)
def period() -> ResponseReturnValue:
    """The first day of the four years, which differs from teacher to teacher (A4)."""
    form = PeriodForm(request.form)
    if not form.validate():
        return _index(form), 422
    choose_period(db.session(), signed_in_teacher(), cast("date | None", form.period_start.data))
    unit_of_work(db.session()).commit()
    flash("Uw periode van vier jaar is opgeslagen.", "ok")
    return redirect(url_for("portfolio.index"))


def offer_to_add(offer_id: UUID) -> Offer:
    """The offer, if a teacher may add it; else 404 or 410."""
    try:
        return addable_offer(db.session(), offer_id, on=today())
    except OfferNotFoundError:
        abort(404)


def _entry(entry_id: UUID) -> PortfolioEntry:
    entries = entries_of(db.session(), signed_in_teacher())
    return next((entry for entry in entries if entry.id == entry_id), None) or abort(404)


def _told(entry: PortfolioEntry, *, was_there: bool) -> tuple[str, str]:
    day = f"{entry.followed_on:%d-%m-%Y}"
    if not was_there:
        return f"{entry.title} staat in uw portfolio.", "ok"
    text = (
        f"{entry.title} stond al in uw portfolio op {day}. Wij hebben niets veranderd. "
        "Hebt u de activiteit vaker gevolgd? Vul dan een andere datum in."
    )
    return text, "info"
