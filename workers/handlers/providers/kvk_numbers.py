"""Service tasks of a KvK number that goes over, and of providers that are merged (R59)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from processes.casework.providers.merging import move_next
from processes.register.providers.providers import Provider, provider_of
from workers.handlers.mail.letters import to_address, to_provider
from workers.handlers.mail.sending import PROVIDER, mail_task, send_alone
from workers.job_arguments import day_from, id_from
from workers.job_context import JobContext
from workers.registry import service_task

NEW_KVK = {"new_kvk": "Nieuw KvK-nummer"}
MERGED = {
    "kvk": "KvK-nummer van wie verdween",
    "new_kvk": "KvK-nummer van wie blijft",
    "former_name": "Naam van wie verdween",
}


@mail_task(
    "send-transfer-asked",
    title="Om akkoord met een ander KvK-nummer vragen",
    description="Vraagt de contactpersoon om akkoord van beide bedrijven.",
    labels={**PROVIDER, **NEW_KVK, "consent_until": "Laatste dag, als jjjj-mm-dd"},
)
def send_transfer_asked(
    provider_id: str, new_kvk: str, consent_until: str, *, job: JobContext
) -> dict[str, Any] | None:
    """Ask for the consent of both companies."""
    day = f"{day_from(consent_until):%d-%m-%Y}"
    return _send("transfer-asked", provider_id, {"nieuw_kvk": new_kvk, "uiterlijk": day}, job=job)


@mail_task(
    "send-transfer-done",
    title="Vertellen dat een registratie is overgezet",
    description="Vertelt de contactpersoon met welk KvK-nummer men voortaan inlogt.",
    labels={**PROVIDER, "kvk": "KvK-nummer dat vervallen is"},
)
def send_transfer_done(provider_id: str, kvk: str, *, job: JobContext) -> dict[str, Any] | None:
    """Tell that the registration has its new number."""
    return _send("transfer-done", provider_id, {"vorig_kvk": kvk}, job=job)


@mail_task(
    "send-transfer-stopped",
    title="Vertellen dat een registratie niet wordt overgezet",
    description="Stuurt de contactpersoon de redenen.",
    labels={**PROVIDER, **NEW_KVK, "transfer_reason": "Redenen"},
)
def send_transfer_stopped(
    provider_id: str, new_kvk: str, transfer_reason: str, *, job: JobContext
) -> dict[str, Any] | None:
    """Tell why the registration stays where it is."""
    known = {"nieuw_kvk": new_kvk, "reden": transfer_reason}
    return _send("transfer-stopped", provider_id, known, job=job)


@service_task(
    "move-offers",
    title="Aanbod naar een andere aanbieder overzetten",
    description=(
        "Zet al het aanbod van de ene aanbieder over naar de andere. Fout number-not-possible: "
        "het kan (nog) niet."
    ),
    labels={
        "kvk": "KvK-nummer van wie verdwijnt",
        "new_kvk": "KvK-nummer van wie blijft",
        "actor": "Wie het doet",
    },
    throws={"number-not-possible"},
    lease=timedelta(minutes=1),  # of one chunk: each one done extends it
)
def move_offers(kvk: str, new_kvk: str, actor: str, *, job: JobContext) -> dict[str, Any]:
    """Move the offers, a few per transaction; a new attempt does what is left.

    Raises BpmnError number-not-possible.
    """
    done = 0
    while True:
        with job.transaction() as session:
            moved = move_next(session, kvk, new_kvk, by=actor)
            if not moved:
                return {"offers_moved": done}
            done += moved
            job.progress(done, done)


@mail_task(
    "send-merged",
    title="Vertellen dat aanbieders zijn samengevoegd",
    description="Naar de contactpersoon van wie blijft.",
    labels=MERGED,
)
def send_merged(
    kvk: str, new_kvk: str, former_name: str, *, job: JobContext
) -> dict[str, Any] | None:
    """Tell the provider that remains."""
    return _merged(kvk, new_kvk, former_name, None, job=job)


@mail_task(
    "send-merged-former",
    title="Vertellen dat een aanbieder is opgegaan in een andere",
    description="Naar de contactpersoon van wie verdween.",
    labels={**MERGED, "former_contact": "E-mailadres van de contactpersoon"},
)
def send_merged_former(
    kvk: str, new_kvk: str, former_name: str, former_contact: str, *, job: JobContext
) -> dict[str, Any] | None:
    """Tell the contact person of the provider that is gone, unless it is the same person."""
    with job.transaction() as session:
        target = provider_of(session, new_kvk)
        same = target is not None and target.contact_email.casefold() == former_contact.casefold()
    if same or not former_contact:
        return None
    return _merged(kvk, new_kvk, former_name, former_contact, job=job)


def _merged(
    kvk: str, new_kvk: str, former_name: str, recipient: str | None, *, job: JobContext
) -> dict[str, Any] | None:
    known = {"vorig_kvk": kvk, "vorige_naam": former_name}
    return send_alone(
        job,
        lambda session: to_address(
            session, "providers-merged", _known(provider_of(session, new_kvk)), known, recipient
        ),
    )


def _known(provider: Provider | None) -> Provider:
    if provider is None:
        message = "a provider that remains is registered"
        raise LookupError(message)
    return provider


def _send(
    kind: str, provider_id: str, known: Mapping[str, str], *, job: JobContext
) -> dict[str, Any] | None:
    return send_alone(
        job,
        lambda session: to_provider(
            session, kind, session.get_one(Provider, id_from(provider_id)), known
        ),
    )
