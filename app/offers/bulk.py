"""Bulk actions on offers: choose, see what will happen, confirm (R25, R31)."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, flash, render_template, request
from flask.typing import ResponseReturnValue

from app.offers.access import for_change, worker
from app.offers.blueprint import bp
from app.offers.bulk_results import begin, new_action
from app.offers.end_dates import day_in
from app.offers.overview import filters_of, offers_of, overview_page
from app.web.access import Role, requires
from app.web.db import db
from forms.offers.offers import DeleteManyForm, EndDateForm
from processes.base import today
from processes.casework.offers.bulk_actions import Outlook, outlook
from processes.register.offers.bulk_actions import BulkKind
from processes.register.offers.end_dates import odd_year_notices
from processes.register.providers.providers import Provider

MOST = 5000
WAYS = {"date", "validity"}
NOTHING_CHOSEN = "U hebt geen activiteit gekozen. Kies er hieronder minstens één."
TOO_MANY = (
    "Dit gaat over de eerste {most} activiteiten van uw keuze. Doe het daarna nog eens voor de "
    "andere {left}."
)
KINDS = {"publish": BulkKind.PUBLISH, "check": BulkKind.CHECK, "delete": BulkKind.DELETE}


@bp.post("/meer")
@requires(Role.PROVIDER)
@for_change
def many(provider: Provider) -> ResponseReturnValue:
    """What somebody wants with the chosen activities: shown first, done when they say so."""
    chosen, left = _chosen(provider)
    if left:
        flash(TOO_MANY.format(most=MOST, left=left), "info")
    if not chosen:
        return overview_page(provider, problem=NOTHING_CHOSEN), 422
    wanted = request.form.get("action", "")
    if wanted == "end-date":
        return _end(provider, chosen)
    kind = KINDS.get(wanted) or abort(400)
    form = DeleteManyForm(request.form) if kind is BulkKind.DELETE else None
    is_sure = "confirmed" in request.form
    if is_sure and (form is None or form.validate()):
        return begin(provider, new_action(provider, kind), chosen)
    foreseen = outlook(db.session(), kind, chosen, by=worker())
    if not is_sure and form is not None:
        form = DeleteManyForm()
    return _preview(kind, chosen, foreseen, form=form), 422 if is_sure else 200


def _preview(kind: BulkKind, chosen: Sequence[UUID], foreseen: Outlook, **more: Any) -> str:
    return render_template(
        "offers/bulk_preview.html",
        kind=kind,
        wanted=request.form["action"],
        chosen=chosen,
        outlook=foreseen,
        **more,
    )


def _chosen(provider: Provider) -> tuple[Sequence[UUID], int]:
    """The activities that were ticked, or all that the filter in the address lets through.

    And how many more there are than go at once.
    """
    if request.form.get("scope") == "all":
        found = offers_of(provider, filters_of(request.args), per_page=MOST)
        return [offer.id for offer in found], max(0, found.total - MOST)
    try:
        ticked = [UUID(one) for one in dict.fromkeys(request.form.getlist("selected"))]
    except ValueError:
        abort(400)
    return ticked[:MOST], max(0, len(ticked) - MOST)


def _end(provider: Provider, chosen: Sequence[UUID]) -> ResponseReturnValue:
    form, way = EndDateForm(request.form), _way()
    if not form.validate() or way not in WAYS or (way == "date" and form.end_date.data is None):
        is_sent = "asked" in request.form or way is not None
        if is_sent and way not in WAYS:
            form.end_date.errors = ["Kies welke einddatum u wilt instellen."]
        elif is_sent and not form.end_date.errors:
            form.end_date.errors = ["Vul een einddatum in."]
        return _end_page(form, chosen, way), 422 if is_sent else 200
    day = day_in(form) if way == "date" else None
    choice = f"{way}:{day or ''}"
    if request.form.get("confirmed") == choice:
        asked = new_action(provider, BulkKind.END_DATE, end_date=day)
        return begin(provider, asked, chosen)
    return _end_outlook(chosen, day, way=way, choice=choice, form=form)


def _way() -> str | None:
    """What was chosen; who only types a day means that day."""
    typed = request.form.get("end_date", "").strip()
    return request.form.get("way") or ("date" if typed else None)


def _end_outlook(chosen: Sequence[UUID], day: date | None, **more: Any) -> str:
    foreseen = outlook(db.session(), BulkKind.END_DATE, chosen, by=worker(), end_date=day)
    doubts = odd_year_notices(day, on=today())
    return _preview(BulkKind.END_DATE, chosen, foreseen, doubts=doubts, day=day, **more)


def _end_page(form: EndDateForm, chosen: Sequence[UUID], way: str | None) -> str:
    return render_template("offers/bulk_end_date.html", form=form, chosen=chosen, way=way)
