"""Service tasks that mail a provider about what the staff found in one of its offers."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from processes.casework.offers.reports import OFFER, offer_with_provider
from processes.register.offers.fields import FIELD_LABELS
from workers.handlers.mail.letters import Letter, to_provider
from workers.handlers.mail.sending import mail_task
from workers.handlers.mail.task_mail import send_if_any
from workers.job_arguments import id_from
from workers.job_context import JobContext

SAID = {
    **OFFER,
    "corrections": "Opmerkingen bij de gegevens",
    "correction_remark": "Uitleg aan de aanbieder",
}


@mail_task(
    "send-offer-correction",
    title="Om een wijziging vragen",
    description="Vraagt de contactpersoon om een activiteit aan te passen, met de opmerkingen.",
    labels=SAID,
)
def send_offer_correction(
    offer_id: str,
    corrections: dict[str, Any] | None = None,
    correction_remark: str | None = None,
    *,
    job: JobContext,
) -> dict[str, Any] | None:
    """Ask the provider for a change."""
    return _send("offer-correction", offer_id, corrections, correction_remark, job=job)


@mail_task(
    "send-offer-hidden",
    title="Vertellen dat een activiteit uit de catalogus is",
    description="Stuurt de contactpersoon de reden, en hoe de activiteit weer te zien komt.",
    labels=SAID,
)
def send_offer_hidden(
    offer_id: str,
    corrections: dict[str, Any] | None = None,
    correction_remark: str | None = None,
    *,
    job: JobContext,
) -> dict[str, Any] | None:
    """Tell the provider that an offer is out of the catalogue, and why."""
    return _send("offer-hidden", offer_id, corrections, correction_remark, job=job)


@mail_task(
    "send-offer-shown",
    title="Vertellen dat een activiteit weer te zien is",
    description="Laat de contactpersoon weten dat de activiteit weer in de catalogus staat.",
    labels=OFFER,
)
def send_offer_shown(offer_id: str, *, job: JobContext) -> dict[str, Any] | None:
    """Tell the provider that an offer is back in the catalogue."""
    return _send("offer-shown", offer_id, None, None, job=job)


def _send(
    kind: str,
    offer_id: str,
    corrections: Mapping[str, Any] | None,
    remark: str | None,
    *,
    job: JobContext,
) -> dict[str, Any] | None:
    said = partial(offer_letter, kind=kind, corrections=corrections or {}, remark=remark or "")
    return send_if_any(job, lambda session: said(session, id_from(offer_id)))


def offer_letter(
    session: Session,
    offer_id: UUID,
    *,
    kind: str,
    corrections: Mapping[str, Any],
    remark: str,
) -> Letter | None:
    """The mail to the contact person; None for an offer that is gone."""
    offer = offer_with_provider(session, offer_id)
    if offer is None or offer.deleted_at:
        return None
    comments = [(FIELD_LABELS.get(name, name), str(text)) for name, text in corrections.items()]
    if kind == "offer-correction" and remark:
        comments.append(("In het algemeen", remark))
    known = {"activiteit": offer.title or "een activiteit zonder titel", "reden": remark}
    return to_provider(session, kind, offer.provider, known, {"opmerkingen": comments})
