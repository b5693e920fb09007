"""Service tasks of the campaign in which providers declare anew (R40)."""

from datetime import timedelta
from typing import Any

from processes.casework.redeclarations import TOPIC, begin_next, campaign_of
from processes.register.providers.providers import Provider
from workers.handlers.mail.letters import to_provider
from workers.handlers.mail.sending import PROVIDER, mail_task, send_alone
from workers.job_arguments import day_from, id_from
from workers.job_context import JobContext
from workers.registry import service_task

LEASE = timedelta(minutes=1)  # of one chunk: each one done extends it


@service_task(TOPIC, title="Aanbieders om een nieuwe verklaring vragen", lease=LEASE)
def begin_redeclarations(campaign_id: str, *, job: JobContext) -> None:
    """Begin the case of each provider, a few in a transaction; who has one is left alone."""
    asked = [""]
    done = 0
    while asked:
        with job.transaction() as session:
            campaign = campaign_of(session, id_from(campaign_id))
            asked, total = begin_next(session, campaign, after=asked[-1]), campaign.asked
            done += len(asked)
            job.progress(min(done, total), total)


@mail_task(
    "send-declaration-request",
    title="Om een nieuwe verklaring vragen",
    description="Vraagt de contactpersoon om aan de nieuwe kwaliteitseisen te voldoen.",
    labels={**PROVIDER, "declare_until": "Laatste dag, als jjjj-mm-dd"},
)
def send_declaration_request(
    provider_id: str, declare_until: str, *, job: JobContext
) -> dict[str, Any] | None:
    """Ask the contact person to declare anew, and until when."""
    known = {"uiterlijk": f"{day_from(declare_until):%d-%m-%Y}"}
    return send_alone(
        job,
        lambda session: to_provider(
            session,
            "declaration-asked",
            session.get_one(Provider, id_from(provider_id)),
            known,
        ),
    )
