"""Service task: looks up a company again after its details were typed by hand (R42)."""

from datetime import timedelta
from typing import Any

from processes.engine.registry import BpmnError, UnavailableError
from processes.platform.settings import current_settings
from processes.register.changes import record_event
from processes.register.providers.providers import Provider
from processes.register.providers.trade_register import (
    UNAVAILABLE,
    UNKNOWN,
    adopt_facts,
    remember_extract,
)
from workers.clients.trade_register import trade_register
from workers.job_arguments import id_from
from workers.job_context import JobContext
from workers.registry import service_task

COMPANY_UNKNOWN = "company-unknown"


class TradeRegisterUnavailableError(UnavailableError):
    """The trade register does not answer: try again later."""


@service_task(
    "check-trade-register",
    title="Bedrijf opzoeken in het handelsregister",
    description=(
        "Zoekt het bedrijf opnieuw op en bewaart de gegevens. Fout company-unknown: het "
        "handelsregister kent het nummer niet."
    ),
    labels={
        "provider_id": "Nummer van de aanbieder in het register",
        "kvk": "KvK-nummer van de aanbieder",
    },
    throws={COMPANY_UNKNOWN},
    lease=timedelta(minutes=1),
    max_attempts=8,
)
def check_trade_register(provider_id: str, kvk: str, *, job: JobContext) -> dict[str, Any]:
    """Look the company up again and store its facts.

    Raises BpmnError company-unknown when the trade register does not know the number,
    TradeRegisterUnavailableError when it does not answer.
    """
    answer = trade_register(current_settings()).ask(kvk)
    if answer.outcome == UNAVAILABLE:
        raise TradeRegisterUnavailableError
    with job.transaction() as session:
        remember_extract(
            session, kvk, outcome=answer.outcome, facts=answer.facts, source=answer.source
        )
        if answer.facts is not None:
            adopt_facts(session.get_one(Provider, id_from(provider_id)), answer.facts)
            record_event(
                session,
                "company-found",
                actor="worker",
                kvk=kvk,
                subject=f"provider:{provider_id}",
                source=answer.source,
            )
    if answer.outcome == UNKNOWN:
        raise BpmnError(COMPANY_UNKNOWN, "niet bekend in het handelsregister")
    return {"company_known": True}
