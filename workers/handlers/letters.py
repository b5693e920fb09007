"""Writes the e-mails: plain text and HTML from templates, in Dutch (R45)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy.orm import Session

from forms.fields import shown_phone
from processes.base import local
from processes.register.declarations import declaration_of
from processes.register.providers import Provider
from workers.settings import current_settings
from workers.summaries import answer_rows, contact_of, contact_rows, provider_rows


@dataclass(frozen=True)
class Letter:
    """A mail before it has a row: to whom, about what, saying what."""

    kind: str
    kvk: str
    recipient: str
    subject: str
    text: str
    html: str


def registration_confirmed(session: Session, provider_id: UUID) -> Letter:
    """The confirmation: a copy of all that was entered, to the contact person (D5)."""
    provider = session.get_one(Provider, provider_id)
    declaration = declaration_of(session, provider.kvk)
    answers = (
        answer_rows(declaration.requirement_set, declaration.answers, declaration.complaints_url)
        if declaration
        else []
    )
    return _letter(
        "registration-confirmed",
        provider,
        provider.contact_email,
        f"Uw aanmelding {provider.reference} is bevestigd",
        {"answers": answers, "company": provider_rows(provider)},
    )


def contact_changed(session: Session, provider_id: UUID) -> Letter:
    """To the new address: from now on we write to you (R45d)."""
    provider = session.get_one(Provider, provider_id)
    return _letter(
        "contact-changed",
        provider,
        provider.contact_email,
        f"U bent contactpersoon voor {provider.display_name}",
        {},
    )


def contact_notice(session: Session, provider_id: UUID, recipient: str) -> Letter:
    """To the old address: from now on we write to somebody else (R45d)."""
    provider = session.get_one(Provider, provider_id)
    return _letter(
        "contact-notice",
        provider,
        recipient,
        f"De contactpersoon van {provider.display_name} is gewijzigd",
        {},
    )


def _letter(
    kind: str, provider: Provider, recipient: str, subject: str, more: Mapping[str, Any]
) -> Letter:
    contact = contact_of(provider)
    phone = shown_phone(contact["phone"]) if contact["phone"] else None
    values = {
        "provider": provider,
        "registered_at": _moment(provider.registered_at),
        "contact": contact_rows(contact, phone),
        "url": current_settings().public_url.rstrip("/"),
        "subject": subject,
        **more,
    }
    template = kind.replace("-", "_")
    return Letter(
        kind=kind,
        kvk=provider.kvk,
        recipient=recipient,
        subject=" ".join(subject.split()),
        text=_environment().get_template(f"{template}.txt").render(values).strip() + "\n",
        html=_environment().get_template(f"{template}.html").render(values),
    )


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
