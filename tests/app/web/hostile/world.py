"""Test world: whatever has a form, also those that no page of the other worlds shows.

A form that is registered is in it by itself: each has a process of one task.
"""

from dataclasses import dataclass

from flask import Flask
from sqlalchemy.orm import Session

from app.tasks.open_task import OFFER_FORM
from app.web.access import Role
from forms.registry import FORMS, start_forms
from processes.engine.deployment.definitions import deploy
from processes.engine.execution.instances import open_user_tasks, start_process
from processes.engine.execution.starting import public_start
from processes.register.providers.providers import Provider
from tests.app.begin.complaints import KEY, complaint, place
from tests.app.offers.offer_world import a_catalogue_offer
from tests.app.onboarding import BPMN, prepare
from tests.app.web.hostile.texts import hostile
from tests.app.web.object_world import World, object_world
from tests.app.web.process_world import ProcessWorld, process_world
from tests.processes.engine.diagrams import define, node, process, straight
from tests.processes.engine.form_fields import field, form
from workers.vocabulary import vocabulary

IN_WORDS = (
    "title",
    "contribution",
    "content",
    "subject",
    "audience",
    "location",
    "cost",
    "evidence",
)
GROUPS = {"provider": Role.PROVIDER, "registrar": Role.REGISTRAR}
DRAWN = (
    field("regel", "string", label="Een regel", required=""),
    field("verhaal", "longtext", label="Een verhaal", required=""),
    field("bedrag", "double", label="Bedrag"),
    field("dag", "date", label="Dag"),
    field("adres", "email", label="Adres"),
    field("bedrijf", "kvk", label="Bedrijf"),
    field("plaats", "postcode", label="Plaats"),
    field("rij", "table", label="Rijen"),
    field("cel", "string", label="Cel", **{"in": "rij"}),
)


@dataclass(frozen=True)
class HostileWorld:
    """The other worlds, and more addresses of forms by who may open them."""

    objects: World
    processes: ProcessWorld
    more: dict[Role, list[str]]


def hostile_world(app: Flask, session: Session) -> HostileWorld:
    """All shipped processes, a task for each form, and starts: of people, and public."""
    prepare(session)
    for file in sorted(BPMN.glob("*.bpmn")):
        deploy(session, file.read_bytes(), vocabulary=vocabulary(), deployed_by="x", from_file=True)
    objects, processes = object_world(app, session), process_world(session)
    more: dict[Role, list[str]] = {role: [] for role in Role}
    place(session, complaint(*DRAWN, groups="teacher,provider,public"))
    public_start.turn(session, [KEY], is_open=True, by="x")
    more[Role.TEACHER] += [f"/starten/{KEY}", f"/processen/{KEY}/openbaar"]
    more[Role.PROVIDER] += [f"/starten/{KEY}"]
    _drawn_task(session, objects, more)
    for key in sorted(set(FORMS) - {OFFER_FORM}):
        _task_of(session, key, objects, more)
    for key in sorted(start_forms()):
        _start_of(session, key, more)
    session.commit()
    return HostileWorld(objects, processes, more)


def _task_of(session: Session, form_key: str, objects: World, more: dict[Role, list[str]]) -> None:
    group = FORMS[form_key].form_group
    asked = node("userTask", "a", camunda_candidateGroups=group, camunda_formKey=form_key)
    _open_task(session, f"vorm_{form_key.replace('-', '_')}", asked, GROUPS[group], objects, more)


def _drawn_task(session: Session, objects: World, more: dict[Role, list[str]]) -> None:
    asked = node("userTask", "a", form(*DRAWN), camunda_candidateGroups="provider")
    _open_task(session, "getekend", asked, Role.PROVIDER, objects, more)


def _open_task(
    session: Session,
    key: str,
    asked: str,
    role: Role,
    objects: World,
    more: dict[Role, list[str]],
) -> None:
    after = node("userTask", "b", camunda_candidateGroups="operator")
    define(session, process(straight(asked, after, ids=("a", "b")), key), key)
    kvk = objects.ours.user.kvk
    given = {"kvk": kvk, "provider_id": str(objects.provider), "offer_id": str(objects.published)}
    given |= {"new_kvk": objects.other_company.user.kvk}
    case = start_process(session, key, tenant=kvk, started_by="x", variables=given)
    tasks = open_user_tasks(session, tenant=kvk, group=str(role))
    more[role] += [f"/taken/{each.id}" for each in tasks if each.instance_id == case.id]


def _start_of(session: Session, form_key: str, more: dict[Role, list[str]]) -> None:
    key = f"begin_{form_key.replace('-', '_')}"
    place(
        session,
        complaint(groups="provider", start=f' camunda:formKey="{form_key}"').replace(
            f'id="{KEY}"'.encode(), f'id="{key}"'.encode()
        ),
    )
    more[Role.PROVIDER].append(f"/starten/{key}")


def hostile_offer(session: Session, objects: World) -> dict[str, str]:
    """An offer in the catalogue with hostile text in all that is told in words: by field."""
    words = {name: hostile() for name in IN_WORDS}
    provider = session.get_one(Provider, objects.provider)
    made = a_catalogue_offer(session, provider, **words)
    return {name: getattr(made, name) for name in IN_WORDS}
