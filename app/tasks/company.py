"""The company after its registration, and changing its contact person (R45d)."""

from http import HTTPStatus

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.tasks.blueprint import bp
from app.tasks.company_facts import may_declare
from app.tasks.mails import repair, tell_contact
from app.web.access import Role, current_kvk, current_user, kept_fields, requires
from app.web.db import db
from app.web.pages import submission_sent
from forms.providers import ContactForm
from forms.registry import Draft
from processes.letters.summaries import contact_of, provider_rows
from processes.register.mail import refused_address
from processes.register.providers import Provider, change_contact, provider_of
from workers.enqueue import commit_and_enqueue


@bp.get("/bedrijf")
@requires(Role.PROVIDER)
def company() -> ResponseReturnValue:
    provider = provider_of(db.session(), current_kvk())
    if provider is None:
        return redirect(url_for("tasks.onboarding"), 303)
    kept = kept_fields()
    if kept is not None and kept.path == request.path:
        return _page(provider, ContactForm(Draft(kept.fields)))
    return _page(provider, ContactForm(None, data=ContactForm.contact_data(contact_of(provider))))


@bp.post("/bedrijf")
@requires(Role.PROVIDER)
def save_contact() -> ResponseReturnValue:
    provider = provider_of(db.session(), current_kvk())
    if provider is None:
        return redirect(url_for("tasks.onboarding"), 303)
    if provider.is_suspended or not may_declare(current_user()):
        abort(403)
    form = ContactForm(request.form)
    if not form.validate():
        return _page(provider, form), HTTPStatus.UNPROCESSABLE_ENTITY
    former = provider.contact_email
    change_contact(db.session(), provider, form.contact(), by=current_user().label)
    is_moved = provider.contact_email.casefold() != former.casefold()
    if is_moved and not repair(db.session(), provider, by=current_user().label):
        tell_contact(db.session(), provider, former, change=submission_sent())
    commit_and_enqueue(db.session())
    flash("De contactpersoon is gewijzigd.", "ok")
    return redirect(url_for("tasks.company"), 303)


def _page(provider: Provider, form: ContactForm) -> str:
    return render_template(
        "tasks/company.html",
        provider=provider,
        form=form,
        rows=provider_rows(provider),
        is_refused=refused_address(db.session(), provider),
        may_change=not provider.is_suspended and may_declare(current_user()),
    )
