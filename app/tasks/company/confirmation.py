"""Confirmation page: reference, mail status, what happens next, a copy (D5)."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.tasks.blueprint import bp
from app.tasks.company.mails import last_confirmation, may_send_again, send_again
from app.web.access import Role, current_kvk, current_user, requires
from app.web.db import db
from app.web.pages import form_submission_id
from forms.fields import shown_phone
from processes.letters.summaries import Rows, answer_rows, contact_of, contact_rows, provider_rows
from processes.register.declarations import declaration_of
from processes.register.mail import refused_address
from processes.register.providers.providers import Provider, provider_of
from processes.unit_of_work import unit_of_work


@bp.get("/aanmelding/bevestigd")
@requires(Role.PROVIDER)
def confirmed() -> ResponseReturnValue:
    provider = provider_of(db.session(), current_kvk())
    if provider is None:
        return redirect(url_for("tasks.onboarding"), 303)
    contact = contact_of(provider)
    return render_template(
        "tasks/confirmed.html",
        provider=provider,
        mail=last_confirmation(db.session(), provider.kvk),
        is_refused=refused_address(db.session(), provider),
        answers=_answers(provider),
        company=provider_rows(provider),
        contact=contact_rows(contact, shown_phone(contact["phone"]) if contact["phone"] else None),
    )


@bp.post("/aanmelding/bevestigd/opnieuw")
@requires(Role.PROVIDER)
def mail_again() -> ResponseReturnValue:
    provider = provider_of(db.session(), current_kvk())
    if provider is None:
        return redirect(url_for("tasks.onboarding"), 303)
    if not may_send_again(db.session(), provider):
        flash("U kunt de bevestiging drie keer per uur opnieuw versturen.", "warning")
        return redirect(url_for("tasks.confirmed"), 303)
    send_again(db.session(), provider, by=current_user().label, submission_id=form_submission_id())
    unit_of_work(db.session()).commit()
    flash(f"Wij versturen de bevestiging opnieuw naar {provider.contact_email}.", "ok")
    return redirect(url_for("tasks.confirmed"), 303)


def _answers(provider: Provider) -> Rows:
    declaration = declaration_of(db.session(), provider.kvk)
    if declaration is None:
        return []
    return answer_rows(declaration.requirement_set, declaration.answers, declaration.complaints_url)
