"""The branches of a company, and which of them an activity belongs to (R54)."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.offers.access import for_change, for_provider, offer_to_change
from app.offers.blueprint import bp
from app.web.access import Role, current_user, requires
from app.web.db import db
from processes.register.offers.branches import UnknownBranchError, assign, branches_of
from processes.register.providers.providers import Provider
from processes.unit_of_work import unit_of_work


@bp.get("/vestigingen")
@requires(Role.PROVIDER)
@for_provider
def branches(provider: Provider) -> ResponseReturnValue:
    """All branches with their activities; who is limited to one sees that one."""
    own = current_user().branch
    found = [each for each in branches_of(db.session(), provider) if own in (None, each.number)]
    return render_template("offers/branches.html", branches=found, provider=provider)


@bp.post("/<uuid:offer_id>/vestiging")
@requires(Role.PROVIDER)
@for_change
def move_to_branch(provider: Provider, offer_id: UUID) -> ResponseReturnValue:
    """Put the activity with another branch, or with the whole company; not for one branch (R54)."""
    offer = offer_to_change(offer_id)
    if current_user().branch is not None:
        flash("U bent ingelogd voor één vestiging. Een collega wijzigt dit.", "info")
        return redirect(url_for("offers.show", offer_id=offer.id), 303)
    wanted = request.form.get("vestiging") or None
    known, by = branches_of(db.session(), provider), current_user().label
    try:
        assign(db.session(), offer.id, wanted, known, by=by)
    except UnknownBranchError:
        abort(400)
    unit_of_work(db.session()).commit()
    where = f"vestiging {wanted}" if wanted else "het hele bedrijf"
    flash(f"De activiteit hoort nu bij {where}.", "ok")
    return redirect(url_for("offers.show", offer_id=offer.id), 303)
