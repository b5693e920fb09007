"""Service tasks of a suspension: begin its process, and the mails about an objection (R60)."""

from typing import Any

from processes.casework.providers.suspension import begin, provider_with_id
from processes.engine.execution.jobs import create_job
from workers.handlers.mail.letters import to_provider
from workers.handlers.mail.sending import PROVIDER, mail_task, send_alone
from workers.job_arguments import id_from
from workers.job_context import JobContext
from workers.registry import service_task


@service_task("begin-suspension", title="Schorsing beginnen")
def begin_suspension(provider_id: str, *, job: JobContext) -> None:
    """Begin the process; where it is not deployed, the mail about the suspension goes at least."""
    with job.transaction() as session:
        provider = provider_with_id(session, id_from(provider_id))
        if not begin(session, provider):
            create_job(
                session,
                "send-suspended",
                {"provider_id": provider_id},
                idempotency_key=f"send-suspended:{job.idempotency_key}",
                tenant=provider.kvk,
            )


@mail_task(
    "send-objection-received",
    title="Ontvangst van een bezwaar bevestigen",
    description="Laat de contactpersoon weten dat het bezwaar binnen is, met een kopie.",
    labels={**PROVIDER, "objection": "Het bezwaar"},
)
def send_objection_received(
    provider_id: str, objection: str, *, job: JobContext
) -> dict[str, Any] | None:
    """Confirm the receipt of an objection, with a copy (Awb 6:14)."""
    return _send("objection-received", provider_id, {"bezwaar": objection}, job=job)


@mail_task(
    "send-objection-rejected",
    title="Besluit op een bezwaar versturen",
    description="Stuurt de contactpersoon het besluit dat de schorsing blijft, met de redenen.",
    labels={**PROVIDER, "objection_reason": "Redenen van het besluit"},
)
def send_objection_rejected(
    provider_id: str, objection_reason: str, *, job: JobContext
) -> dict[str, Any] | None:
    """Tell that the suspension stays, and why (Awb 7:12)."""
    return _send("objection-rejected", provider_id, {"reden": objection_reason}, job=job)


def _send(
    kind: str, provider_id: str, known: dict[str, str], *, job: JobContext
) -> dict[str, Any] | None:
    return send_alone(
        job,
        lambda session: to_provider(
            session, kind, provider_with_id(session, id_from(provider_id)), known
        ),
    )
