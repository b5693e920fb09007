"""Reports about offers and their process: asking the provider for a change, hiding, showing."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from processes.engine.deployment.definitions import UnknownProcessError
from processes.engine.execution.instances import (
    AlreadyRunningError,
    open_instance,
    open_user_tasks,
    start_process,
    variables,
)
from processes.engine.registry import delegate
from processes.engine.store.models import UserTask
from processes.register.offers.offers import Offer
from processes.register.offers.reports import hiding
from processes.register.offers.reports.reports import ReportKind, add_report, handle_reports

PROCESS = "offer_report"
OFFER = {"offer_id": "Nummer van de activiteit"}


def report(session: Session, offer: Offer, kind: ReportKind, text: str, *, by: str) -> None:
    """Keep a report, and begin its process; one that runs takes it along.

    `offer` has its provider loaded. Raises TooManyReportsError.
    """
    add_report(session, offer, kind, text, by=by)
    begin(session, offer)


def begin(session: Session, offer: Offer) -> None:
    """Have the staff look at an offer, unless they do so already."""
    try:
        start_process(
            session,
            PROCESS,
            business_key=str(offer.id),
            tenant=offer.provider.kvk,
            variables={"offer_id": str(offer.id)},
            started_by="loket",
        )
    except (AlreadyRunningError, UnknownProcessError):
        return  # staff sees the report at the offer too


def task_about(session: Session, offer_id: UUID, *, group: str) -> UserTask | None:
    """The open task about an offer that this group has to do, if there is one."""
    tasks = open_user_tasks(session, process_key=PROCESS, business_key=str(offer_id), group=group)
    return tasks[0] if tasks else None


def asked_of(session: Session, offer_id: UUID) -> dict[str, Any]:
    """The variables of the case about an offer that runs; empty if none does."""
    instance = open_instance(session, PROCESS, str(offer_id))
    return dict(variables(session, instance)) if instance else {}


@delegate(
    "hide_offer",
    title="Activiteit uit de catalogus halen",
    description=(
        "Leraren zien de activiteit niet meer in de catalogus. De aanbieder leest waarom. Leraren "
        "houden haar in hun portfolio."
    ),
    labels={**OFFER, "correction_remark": "De reden", "actor": "Wie het doet"},
)
def hide_offer(
    session: Session, offer_id: str, actor: str, correction_remark: str | None = None
) -> None:
    """Take the offer out of the catalogue, with the reason."""
    hiding.hide(session, UUID(offer_id), correction_remark or "", by=actor)


@delegate(
    "close_offer_reports",
    title="Meldingen over een activiteit afsluiten",
    description=(
        "Sluit alle meldingen over de activiteit af, en laat haar weer zien als zij uit de "
        "catalogus was gehaald. Geeft was_hidden terug."
    ),
    labels={**OFFER, "actor": "Wie het doet"},
)
def close_offer_reports(session: Session, offer_id: str, actor: str) -> dict[str, Any]:
    """All is well with this offer; returns `was_hidden`."""
    handle_reports(session, UUID(offer_id))
    return {"was_hidden": hiding.show(session, UUID(offer_id), by=actor)}


def offer_with_provider(session: Session, offer_id: UUID) -> Offer | None:
    """The offer, with its provider; None if there is none."""
    query = select(Offer).where(Offer.id == offer_id).options(joinedload(Offer.provider))
    return session.scalar(query)
