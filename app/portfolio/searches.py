"""Pages of saved searches: keep one, have new activities mailed, and stop that."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.portfolio.blueprint import bp, signed_in_teacher
from app.web.access import Role, public, requires
from app.web.db import db
from app.web.limits import Rate, limited
from forms.portfolio import SearchForm
from processes.base import today
from processes.casework.mail.search_digests import address_of
from processes.platform.signed_links import BadLinkError, id_of
from processes.register.catalogue.address import in_words, query_of, words_of
from processes.register.catalogue.catalogue import provider_names
from processes.register.portfolio.saved_searches import (
    MOST,
    TooManySearchesError,
    change_mail,
    drop_search,
    is_past,
    save_search,
    searches_in_words,
    searches_of,
    stop_mail,
)
from processes.unit_of_work import unit_of_work
from workers.handlers.mail.search_mail import UNSUBSCRIBE


@bp.get("/zoekopdrachten")
@requires(Role.TEACHER)
def searches() -> ResponseReturnValue:
    return _page(SearchForm(request.args or None))


@bp.post("/zoekopdrachten")
@requires(Role.TEACHER)
def keep_search() -> ResponseReturnValue:
    form = SearchForm(request.form)
    if not form.validate():
        return _page(form), 422
    query = query_of(request.form.to_dict(flat=False))
    try:
        is_new = save_search(db.session(), signed_in_teacher(), query, mail=bool(form.mail.data))
    except TooManySearchesError:
        form.zoek.errors = [f"U bewaart al {MOST} zoekopdrachten. Verwijder er eerst een."]
        return _page(form), 422
    return _done("De zoekopdracht is bewaard." if is_new else "Deze zoekopdracht bewaarde u al.")


@bp.post("/zoekopdrachten/<uuid:search_id>")
@requires(Role.TEACHER)
def change_search(search_id: UUID) -> ResponseReturnValue:
    session, teacher, wanted = db.session(), signed_in_teacher(), request.form.get("wat")
    if wanted == "weg":
        drop_search(session, teacher, search_id)
        return _done("De zoekopdracht is verwijderd.")
    if not change_mail(session, teacher, search_id, mail=wanted == "mail"):
        abort(404)
    return _done("Uw keuze is bewaard.")


@bp.get("/afmelden/<token>")
@public
def unsubscribing(token: str) -> ResponseReturnValue:
    """A page with a button: programs that look at mail open every link in it."""
    _teacher_of(token)
    return render_template("portfolio/unsubscribe.html", done=False)


@bp.post("/afmelden/<token>")
@public
@limited(Rate.LOGIN)
def unsubscribe(token: str) -> ResponseReturnValue:
    stop_mail(db.session(), _teacher_of(token))
    unit_of_work(db.session()).commit()
    return render_template("portfolio/unsubscribe.html", done=True)


def _teacher_of(token: str) -> UUID:
    try:
        return id_of(UNSUBSCRIBE, token)
    except BadLinkError:
        abort(404)


def _done(text: str) -> ResponseReturnValue:
    unit_of_work(db.session()).commit()
    flash(text, "ok")
    return redirect(url_for("portfolio.searches"), 303)


def _page(form: SearchForm) -> str:
    """With the filters that the form has no field for, as they came from the catalogue."""
    session, teacher = db.session(), signed_in_teacher()
    asked = query_of(request.values.to_dict(flat=False))
    more = {name: each for name, each in words_of(asked).items() if name not in form}
    searches = searches_of(session, teacher)
    names = provider_names(session, asked.providers)
    return render_template(
        "portfolio/searches.html",
        form=form,
        searches=searches,
        in_words=searches_in_words(session, searches),
        past={each.id for each in searches if is_past(each.query, on=today())},
        more=more,
        more_in_words=in_words(query_of(more), names) if more else "",
        address=address_of(session, teacher.id),
    )
