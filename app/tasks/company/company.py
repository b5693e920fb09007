"""The company after its registration: its profile and contact person, and their history (R41)."""

from datetime import date
from http import HTTPStatus

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.tasks.blueprint import bp
from app.tasks.company.mails import repair, tell_contact
from app.web.access import (
    Role,
    current_kvk,
    current_user,
    needs,
    needs_recent_login,
    requires,
)
from app.web.db import db
from app.web.form_pages.company_facts import may_declare
from app.web.kept_forms import kept_fields
from app.web.limits import Rate, limited
from app.web.pages import form_submission_id
from forms.provider.profile import CompanyForm, ContactForm, KnownProfileForm, TypedProfileForm
from forms.provider.registration import correction_data
from forms.registry import Draft
from processes.casework.providers.company_check import check
from processes.casework.providers.suspension import object_until, objection_task
from processes.letters.summaries import contact_of, provider_rows
from processes.register.changes import events_of
from processes.register.mail import mails_to, refused_address
from processes.register.providers.former_numbers import numbers_of
from processes.register.providers.people import Right
from processes.register.providers.providers import (
    Provider,
    change_contact,
    change_display,
    provider_of,
    refuse_when_suspended,
)
from processes.register.providers.suspension import suspension_of
from processes.register.providers.trade_register import (
    UNAVAILABLE,
    UNKNOWN,
    CompanyFacts,
    extract_of,
    remember_extract,
)
from processes.unit_of_work import unit_of_work
from workers.clients.trade_register import trade_register

HISTORY = frozenset(
    {
        *("provider-registered", "provider-suspended", "provider-reinstated"),
        *("provider-leaving", "provider-stays", "provider-left", "provider-returned"),
        *("company-changed", "company-checked", "company-found", "company-assessed"),
        *("contact-changed", "contact-erased"),
        *("older-offers-asked", "older-offers-assigned"),
        *("kvk-transfer-begun", "kvk-number-ended"),
        *("person-invited", "invitation-withdrawn", "invitation-accepted", "person-renamed"),
        *(
            "administrator-made",
            "person-right-changed",
            "person-access-ended",
            "person-access-restored",
        ),
    }
)
MAILS = 20
SAYS = {
    UNAVAILABLE: "Het handelsregister geeft nu geen antwoord. Probeer het later opnieuw.",
    UNKNOWN: "Het handelsregister kent uw KvK-nummer niet. Uw gegevens blijven zoals ze zijn.",
}


@bp.get("/bedrijf")
@requires(Role.PROVIDER)
def company() -> ResponseReturnValue:
    provider = provider_of(db.session(), current_kvk())
    if provider is None:
        flash("Meld uw organisatie eerst aan. Daarna kunt u uw gegevens wijzigen.", "info")
        return redirect(url_for("tasks.onboarding"), 303)
    contact = kept_fields(url_for("tasks.save_contact"))
    profile = kept_fields(url_for("tasks.save_profile"))
    return _page(
        provider,
        contact=None if contact is None else ContactForm(Draft(contact)),
        profile=None if profile is None else _profile_form(provider)(Draft(profile)),
    )


@bp.post("/bedrijf")
@requires(Role.PROVIDER)
@needs_recent_login
@needs(Right.ADMINISTRATOR)
def save_contact() -> ResponseReturnValue:
    provider = _provider_to_change()
    form = ContactForm(request.form)
    if not form.validate():
        return _page(provider, contact=form), HTTPStatus.UNPROCESSABLE_ENTITY
    former = provider.contact_email
    change_contact(db.session(), provider, form.contact(), by=current_user().label)
    is_moved = provider.contact_email.casefold() != former.casefold()
    if is_moved and not repair(db.session(), provider, by=current_user().label):
        tell_contact(db.session(), provider, former, change=form_submission_id())
    unit_of_work(db.session()).commit()
    flash("De contactpersoon is gewijzigd.", "ok")
    return redirect(url_for("tasks.company"), 303)


@bp.post("/bedrijf/gegevens")
@requires(Role.PROVIDER)
@needs(Right.ADMINISTRATOR)
def save_profile() -> ResponseReturnValue:
    """What the provider says of itself beside the trade register (R41)."""
    provider = _provider_to_change()
    form = _profile_form(provider)(request.form)
    if not form.validate():
        return _page(provider, profile=form), HTTPStatus.UNPROCESSABLE_ENTITY
    by = current_user().label
    change_display(db.session(), provider, form.corrections(), form.display(), by=by)
    unit_of_work(db.session()).commit()
    flash("De bedrijfsgegevens zijn gewijzigd.", "ok")
    return redirect(url_for("tasks.company"), 303)


@bp.post("/bedrijf/handelsregister")
@requires(Role.PROVIDER)
@needs(Right.ADMINISTRATOR)
@limited(Rate.LOGIN)
def check_company() -> ResponseReturnValue:
    """Ask the trade register again, and tell what is different."""
    kvk = _provider_to_change().kvk
    db.session().rollback()  # hold no transaction while somebody else's register answers
    answer = trade_register(current_app.config["LOKET_SETTINGS"]).ask(kvk)
    session = db.session()
    if answer.outcome != UNAVAILABLE:
        remember_extract(
            session, kvk, outcome=answer.outcome, facts=answer.facts, source=answer.source
        )
    if answer.facts is not None:
        by, provider = current_user().label, _provider_to_change()
        found = check(session, provider, answer.facts, source=answer.source, by=by)
        text = "Er is niets veranderd." if not found else f"Bijgewerkt: {', '.join(found)}."
    unit_of_work(session).commit()
    flash(SAYS.get(answer.outcome) or text, "ok" if answer.facts else "warning")
    return redirect(url_for("tasks.company"), 303)


def _provider_to_change() -> Provider:
    provider = provider_of(db.session(), current_kvk())
    if provider is None:
        abort(redirect(url_for("tasks.onboarding"), 303))
    refuse_when_suspended(provider)
    if not may_declare(current_user()):
        abort(403)
    return provider


def _profile_form(provider: Provider) -> type[CompanyForm]:
    if not provider.company:
        return TypedProfileForm
    facts = CompanyFacts.from_json(provider.company)
    return KnownProfileForm.for_names(list(dict.fromkeys([*facts.trade_names, facts.name])))


def _profile(provider: Provider) -> CompanyForm:
    if not provider.company:
        return TypedProfileForm(None, data={"name": provider.name, **provider.corrections})
    said = {"display_name": provider.display_name, "corrections": provider.corrections}
    return _profile_form(provider)(None, data=correction_data(said))


def _page(
    provider: Provider,
    *,
    contact: ContactForm | None = None,
    profile: CompanyForm | None = None,
) -> str:
    known = ContactForm.contact_data(contact_of(provider))
    numbers = numbers_of(db.session(), provider.kvk)
    return render_template(
        "tasks/company.html",
        provider=provider,
        form=contact or ContactForm(None, data=known),
        profile=profile or _profile(provider),
        wrong=profile if profile is not None and profile.errors else contact,
        was_kept=(contact or profile) is not None and request.method == "GET",
        rows=provider_rows(provider),
        extract=extract_of(db.session(), provider.kvk),
        mails=mails_to(db.session(), provider.kvk, MAILS),
        object_until=_object_until(provider),
        objection=objection_task(db.session(), provider.kvk) if provider.is_suspended else None,
        history=[each for each in events_of(db.session(), *numbers) if each.action in HISTORY],
        is_refused=refused_address(db.session(), provider),
        may_change=current_user().may(Right.ADMINISTRATOR)
        and not provider.is_closed
        and may_declare(current_user()),
    )


def _object_until(provider: Provider) -> date | None:
    """The last day to object to the suspension that holds."""
    suspension = suspension_of(db.session(), provider) if provider.is_suspended else None
    return object_until(suspension) if suspension else None
