"""The delegates of the diagrams: service tasks in the step's own transaction."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from processes.base import now
from processes.casework.mail import refused
from processes.casework.providers import suspension
from processes.engine.registry import BpmnError, delegate, tenant_check
from processes.register.changes import record_event
from processes.register.declarations import (
    Declaration,
    current_requirements,
    declaration_of,
    freeze,
    record_answers,
)
from processes.register.offers import offers
from processes.register.providers import providers
from processes.register.providers.providers import Provider
from processes.register.providers.trade_register import extract_of

REQUIREMENTS_CHANGED = "requirements-changed"


@tenant_check
def is_provider(session: Session, kvk: str) -> bool:
    """Whether this is the KvK number of a registered provider."""
    return providers.provider_of(session, kvk) is not None


@delegate(
    "register_provider",
    title="Aanbieder registreren",
    description=(
        "Maakt de aanbieder actief in het register en legt de verklaring over de kwaliteitseisen "
        "vast. Geeft provider_id, reference en company_known terug."
    ),
    labels={
        "kvk": "KvK-nummer van de aanbieder",
        "declaration": "Antwoorden op de kwaliteitseisen",
        "company": "Gegevens van het bedrijf",
        "contact": "Contactpersoon",
        "actor": "Wie het doet",
        "reference": "Kenmerk van de aanmelding",
    },
    throws={REQUIREMENTS_CHANGED},
)
def register_provider(  # noqa: PLR0913, PLR0917 - the variables of the onboarding
    session: Session,
    kvk: str,
    declaration: dict[str, Any],
    company: dict[str, Any],
    contact: dict[str, Any],
    actor: str,
    reference: str | None = None,
) -> dict[str, Any]:
    """Register the provider and freeze its declaration (R44).

    Returns `provider_id`, `reference` and `company_known`. Raises BpmnError requirements-changed
    when other requirements hold by now (R40), or one is not met.
    """
    answered = declared(session, kvk, declaration, actor)
    known = bool(company.get("known"))
    typed = {} if known else company.get("facts") or {}
    provider = providers.register(
        session,
        kvk=kvk,
        reference=reference or providers.new_reference(),
        company=(company.get("facts") or _facts(session, kvk)) if known else {},
        corrections=typed | (company.get("corrections") or {}),
        display_name=company.get("display_name") or "",
        company_known=known,
        contact=contact,
        registered_by=actor,
    )
    freeze(session, kvk, on=now())
    record_declaration(session, provider, answered, actor)
    return {
        "provider_id": str(provider.id),
        "reference": provider.reference,
        "company_known": known,
    }


def _facts(session: Session, kvk: str) -> dict[str, Any]:
    """What the trade register said in the company step; too bulky for a process variable."""
    extract = extract_of(session, kvk)
    return (extract.facts if extract else None) or {}


def declared(session: Session, kvk: str, given: dict[str, Any], actor: str) -> Declaration:
    """The declaration that stands, recorded now unless the view did so already.

    Raises BpmnError requirements-changed for another version, and where one answer is no.
    """
    if given.get("set_version") != current_requirements(session).version:
        raise BpmnError(REQUIREMENTS_CHANGED, "De kwaliteitseisen zijn gewijzigd.")
    last = declaration_of(session, kvk)
    if last is None or not _is_the_same(last, given):
        last = record_answers(
            session,
            kvk=kvk,
            set_version=given["set_version"],
            answers=given["answers"],
            complaints_url=given.get("complaints_url"),
            by=actor,
        )
    if not last.all_yes:
        raise BpmnError(REQUIREMENTS_CHANGED, "Niet alle eisen zijn met ja beantwoord.")
    return last


def _is_the_same(last: Declaration, given: dict[str, Any]) -> bool:
    return (
        last.requirement_set.version == given["set_version"]
        and last.answers == given["answers"]
        and last.complaints_url == (given.get("complaints_url") or None)
    )


def record_declaration(
    session: Session, provider: Provider, answered: Declaration, actor: str
) -> None:
    """Tell in the trail which version was declared."""
    record_event(
        session,
        "declaration-frozen",
        actor=actor,
        kvk=provider.kvk,
        subject=f"declaration:{answered.id}",
        set_version=answered.requirement_set.version,
    )


@delegate(
    "repair_contact_address",
    title="E-mailadres van de contactpersoon herstellen",
    description="Zet het adres dat de medewerker vond in de plaats van het adres dat geweigerd is.",
    labels={
        "provider_id": "Nummer van de aanbieder in het register",
        "repaired_address": "Nieuw e-mailadres",
        "actor": "Wie het doet",
    },
)
def repair_contact_address(
    session: Session, provider_id: str, repaired_address: dict[str, Any], actor: str
) -> dict[str, Any]:
    """Replace the refused e-mail address by the registrar's, and send what it refused (R45b)."""
    provider = _provider(session, provider_id)
    former = provider.contact_email
    contact = {
        "name": provider.contact_name,
        "email": repaired_address["email"],
        "phone": provider.contact_phone,
        "function": provider.contact_function,
        "public": provider.contact_public,
    }
    providers.change_contact(session, provider, contact, by=actor)
    session.flush()
    refused.send_what_was_lost(session, provider, former)
    return {"repaired_address": None}


@delegate(
    "apply_assessment",
    title="Oordeel over het bedrijf verwerken",
    description=(
        "Bewaart het oordeel van de medewerker en schorst de aanbieder als dat het oordeel is."
    ),
    labels={
        "provider_id": "Nummer van de aanbieder in het register",
        "assessment": "Oordeel van de medewerker",
        "actor": "Wie het doet",
    },
)
def apply_assessment(
    session: Session, provider_id: str, assessment: dict[str, Any], actor: str
) -> None:
    """Store the registrar's verdict; suspend the provider if it says so (R42, R60).

    Who is suspended already stays so for the reason it knows; then the verdict is only kept.
    """
    provider = _provider(session, provider_id)
    reason = assessment.get("reason") or ""
    if assessment["verdict"] == "schorsen" and suspension.suspend(
        session, provider, reason, by=actor
    ):
        return
    record_event(
        session,
        "company-assessed",
        actor=actor,
        kvk=provider.kvk,
        subject=f"provider:{provider.id}",
        **assessment,
    )


def _provider(session: Session, provider_id: str) -> Provider:
    return session.get_one(Provider, UUID(provider_id))


@delegate(
    "edit_offer",
    title="Wijziging van een activiteit opslaan",
    description="Slaat op wat er in het formulier is gewijzigd, tenzij iemand anders eerder was.",
    labels={
        "offer_id": "Nummer van de activiteit",
        "changes": "Wat er is gewijzigd",
        "based_on": "Versie waarop de wijziging is gebaseerd",
        "actor": "Wie het doet",
    },
)
def edit_offer(
    session: Session,
    offer_id: str,
    changes: dict[str, Any] | None,
    based_on: int | None,
    actor: str,
) -> dict[str, Any]:
    """Save the form's changes with optimistic locking (R28, R30)."""
    offers.edit(session, UUID(offer_id), changes or {}, based_on=based_on or 0, by=actor)
    return {"changes": None, "based_on": None}


@delegate(
    "publish_offer",
    title="Activiteit publiceren",
    description="Maakt een activiteit die compleet is zichtbaar in de catalogus.",
    labels={
        "offer_id": "Nummer van de activiteit",
        "actor": "Wie het doet",
    },
)
def publish_offer(session: Session, offer_id: str, actor: str) -> None:
    """Publish a complete activity (R24)."""
    offers.publish(session, UUID(offer_id), by=actor)


@delegate(
    "set_end_date",
    title="Einddatum instellen",
    description="Stelt in tot en met welke dag de activiteit zichtbaar is, of haalt die datum weg.",
    labels={
        "offer_id": "Nummer van de activiteit",
        "actor": "Wie het doet",
        "end_date": "Laatste dag, als jjjj-mm-dd",
    },
)
def set_end_date(
    session: Session, offer_id: str, actor: str, end_date: str | None = None
) -> dict[str, Any]:
    """Set or clear the last day that the activity is visible (R20-R22)."""
    day = date.fromisoformat(end_date) if end_date else None
    offers.set_end_date(session, UUID(offer_id), day, by=actor)
    return {"end_date": None}


@delegate(
    "delete_offer",
    title="Activiteit verwijderen",
    description="Wist de activiteit voorgoed. Alleen dat zij er was, blijft bewaard.",
    labels={
        "offer_id": "Nummer van de activiteit",
        "actor": "Wie het doet",
    },
)
def delete_offer(session: Session, offer_id: str, actor: str) -> None:
    """Erase the activity for good; a tombstone stays (R31-R33)."""
    offers.delete(session, UUID(offer_id), by=actor)
