"""Composes the e-mails from their templates: plain text and HTML, in Dutch (R45)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy.orm import Session

from forms.fields import shown_phone
from processes.base import local
from processes.casework.providers.suspension import object_until
from processes.engine.deployment.start_rights import beginning_of
from processes.engine.store.models import ProcessInstance
from processes.engine.store.start_models import BegunCase, PendingStart
from processes.engine.tasks.rights import is_begun_by_staff
from processes.letters.layout import Filling, Rows, html, plain
from processes.letters.summaries import answer_rows, contact_of, contact_rows, provider_rows
from processes.letters.templates import LETTERS
from processes.platform.settings import current_settings
from processes.platform.signed_links import signed
from processes.register.declarations import declaration_of
from processes.register.providers.people import Invitation
from processes.register.providers.providers import Provider, provider_of
from processes.register.providers.suspension import suspension_of
from processes.register.texts import filled, newest


@dataclass(frozen=True)
class Letter:
    """A composed mail that has no row yet."""

    kind: str
    kvk: str | None  # of the provider that it is about
    recipient: str
    subject: str
    text: str
    html: str


def registration_confirmed(session: Session, provider_id: UUID) -> Letter:
    """The confirmation to the contact person: a copy of all that was entered (D5)."""
    provider = session.get_one(Provider, provider_id)
    declaration = declaration_of(session, provider.kvk)
    answers = (
        answer_rows(declaration.requirement_set, declaration.answers, declaration.complaints_url)
        if declaration
        else []
    )
    tables = {"antwoorden": answers, "bedrijfsgegevens": provider_rows(provider)}
    return _letter(session, "registration-confirmed", provider, provider.contact_email, tables)


def contact_changed(session: Session, provider_id: UUID) -> Letter:
    """To the new contact: from now on we write to you (R45d)."""
    provider = session.get_one(Provider, provider_id)
    return _letter(session, "contact-changed", provider, provider.contact_email, {})


def contact_notice(session: Session, provider_id: UUID, recipient: str) -> Letter:
    """To the former contact: from now on we write to somebody else (R45d)."""
    provider = session.get_one(Provider, provider_id)
    return _letter(session, "contact-notice", provider, recipient, {})


def provider_suspended(session: Session, provider_id: UUID) -> Letter:
    """The reason, the term, and how to object (R60, Awb 3:45).

    Raises LookupError for a provider that was never suspended.
    """
    provider = session.get_one(Provider, provider_id)
    suspension = suspension_of(session, provider)
    if suspension is None:
        message = f"provider {provider.reference} was never suspended"
        raise LookupError(message)
    known = {
        "reden": suspension.reason,
        "geschorst_op": _moment(suspension.at),
        "bezwaar_tot": f"{object_until(suspension):%d-%m-%Y}",
    }
    return _letter(session, "provider-suspended", provider, provider.contact_email, {}, known)


def provider_reinstated(session: Session, provider_id: UUID) -> Letter:
    """What was published can be seen again."""
    provider = session.get_one(Provider, provider_id)
    return _letter(session, "provider-reinstated", provider, provider.contact_email, {})


def person_invited(session: Session, invitation_id: UUID) -> Letter:
    """To who is asked to join a company; the link asks a login with eHerkenning for it.

    Raises LookupError for what was withdrawn, or a company that is not registered.
    """
    invitation = session.get_one(Invitation, invitation_id)
    provider = provider_of(session, invitation.kvk)
    if provider is None:
        raise LookupError(invitation.kvk)
    website = current_settings().public_url.rstrip("/")
    known = {
        "uitgenodigd_door": invitation.invited_by,
        "recht": invitation.right.value,
        "uitnodiging": f"{website}/bedrijf/mensen/uitnodigingen/{invitation.id}",
        "geldig_tot": _moment(invitation.expires_at),
    }
    return _letter(session, "person-invited", provider, invitation.email, {}, known)


def case_received(session: Session, submission_id: UUID) -> Letter:
    """The receipt of a case that somebody began, with its reference (D5).

    The provider for whom staff began it is told so. Raises LookupError for a submission that began
    nothing, or that left no address.
    """
    case = session.get_one(BegunCase, submission_id)
    if case.mailed_to is None:
        raise LookupError(submission_id)
    instance = session.get_one(ProcessInstance, case.instance_id)
    name = beginning_of(session, instance.definition_id).name
    website, moment = current_settings().public_url.rstrip("/"), _moment(case.begun_at)
    values = {
        "proces": name,
        "kenmerk": case.reference,
        "ontvangen_op": moment,
        "website": website,
        "kopie": f"{website}/starten/ontvangst/{submission_id}",
    }
    provider = provider_of(session, instance.tenant) if instance.tenant else None
    if provider is not None and is_begun_by_staff(instance):
        kind, when = "case-begun-for-provider", "Begonnen op"
        values |= {"naam": provider.contact_name, "aanbieder": provider.display_name}
        values |= {"begonnen_op": moment}
    else:
        kind, when = "case-received", "Verstuurd op"
    rows = [("Proces", name), ("Kenmerk", case.reference), (when, moment)]
    is_typed = provider is None
    about = About(case.mailed_to, case.reference, instance.tenant, provider, is_typed=is_typed)
    return composed(session, kind, about, Filling(values, {"zaak": rows}))


def public_confirmation(session: Session, pending_id: UUID) -> Letter:
    """To an address that a visitor typed: only who reads this mail can begin the case.

    Raises LookupError for what was deleted meanwhile.
    """
    pending = session.get_one(PendingStart, pending_id)
    name = beginning_of(session, pending.definition_id).name
    website, moment = current_settings().public_url.rstrip("/"), _moment(pending.sent_at)
    values = {
        "proces": name,
        "ontvangen_op": moment,
        "website": website,
        "bevestigen": f"{website}/processen/openbaar/{signed('public start', pending_id)}",
    }
    rows = [("Formulier", name), ("Ingevuld op", moment)]
    about = About(pending.email, is_typed=True)
    return composed(session, "public-confirm", about, Filling(values, {"zaak": rows}))


@dataclass(frozen=True)
class About:
    """To whom a mail goes, and about what."""

    recipient: str
    reference: str = ""
    kvk: str | None = None
    provider: Provider | None = None  # whose contact person gets it
    is_typed: bool = False  # the address was filled in with what was sent


def to_provider(
    session: Session,
    kind: str,
    provider: Provider,
    known: Mapping[str, str],
    tables: Mapping[str, Rows] | None = None,
) -> Letter:
    """A mail to the contact person, with what is known besides the provider itself."""
    return _letter(session, kind, provider, provider.contact_email, tables or {}, known)


def to_address(
    session: Session, kind: str, provider: Provider, known: Mapping[str, str], recipient: str | None
) -> Letter:
    """A mail about a provider to somebody else than its contact person, or to that one."""
    return _letter(session, kind, provider, recipient or provider.contact_email, {}, known)


def _letter(  # noqa: PLR0913, PLR0917 - what a letter is made of
    session: Session,
    kind: str,
    provider: Provider,
    recipient: str,
    tables: Mapping[str, Rows],
    known: Mapping[str, str] | None = None,
) -> Letter:
    about = About(recipient, provider.reference, provider.kvk, provider)
    return composed(session, kind, about, _filling(provider, tables, known or {}))


def composed(session: Session, kind: str, about: About, filling: Filling) -> Letter:
    """A letter with the newest text that its owner wrote, or our own."""
    drawn, kept = LETTERS[kind], newest(session, LETTERS[kind].key)
    subject, body = drawn.subject, drawn.body
    if kept is not None and kept.text is not None:
        subject, body = kept.subject or subject, kept.text
    title = " ".join(filled(subject, filling.values).split())
    around = {"about": about, "url": filling.values["website"], "subject": title}
    frame = _environment().get_template("frame.html")
    foot = _environment().get_template("foot.txt").render(around)
    return Letter(
        kind=kind,
        kvk=about.kvk,
        recipient=about.recipient,
        subject=title,
        text=f"{plain(body, filling)}\n{foot.strip()}\n",
        html=frame.render({**around, "content": html(body, filling)}),
    )


def _filling(provider: Provider, tables: Mapping[str, Rows], also: Mapping[str, str]) -> Filling:
    contact = contact_of(provider)
    phone = shown_phone(contact["phone"]) if contact["phone"] else None
    moment = _moment(provider.registered_at)
    values = {
        "naam": provider.contact_name,
        "aanbieder": provider.display_name,
        "bedrijf": provider.name,
        "kvk": provider.kvk,
        "kenmerk": provider.reference,
        "aangemeld_op": moment,
        "website": current_settings().public_url.rstrip("/"),
        **also,
    }
    overview = [
        ("Kenmerk", provider.reference),
        ("Aangemeld op", moment),
        ("Bedrijf", provider.name),
        ("KvK-nummer", provider.kvk),
    ]
    known = {"overzicht": overview, "contactpersoon": contact_rows(contact, phone)}
    return Filling(values, {**known, **tables})


def _moment(moment: datetime) -> str:
    return f"{local(moment):%d-%m-%Y om %H.%M} uur"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
