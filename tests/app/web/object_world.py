"""Test world: one object of each kind that belongs to somebody, for several owners."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role, User
from processes.base import now, today
from processes.casework.exports.tables import DataExport, ExportKind
from processes.casework.webhooks import own_webhooks
from processes.engine.execution.instances import start_process
from processes.engine.store.file_models import UploadedFile
from processes.engine.store.models import ProcessInstance, UserTask
from processes.engine.store.start_models import BegunCase
from processes.engine.store.work_models import Delegation
from processes.register.offers.bulk_actions import BulkAction, BulkItem, BulkKind
from processes.register.portfolio.entries import PortfolioEntry
from processes.register.portfolio.saved_searches import SavedSearch
from processes.register.portfolio.teachers import known_teacher
from processes.register.providers.people import Invitation, ProviderUser, Right
from processes.register.providers.providers import Provider
from processes.register.sheets.imports import ImportRow, OfferImport, Verdict
from processes.webhooks.own_addresses import Wanted
from tests.app.offers.offer_world import (
    a_catalogue_offer,
    a_provider,
    an_offer,
    deploy_offer_publication,
)
from tests.app.signing_in import ISSUER, user_with
from tests.app.studio.deploying import a_version
from tests.processes.engine.diagrams import node, process, straight

BRANCH, OTHER_BRANCH = "000037178598", "000038509504"
PDF = b"%PDF-1.4 ours"
KEY = "vraag"
QUESTION = process(
    straight(node("userTask", "a", "", camunda_candidateGroups="provider"), ids=("a",)), KEY
)


@dataclass(frozen=True)
class Owner:
    """Somebody, and the id of one object of each kind that is theirs, by the name in addresses."""

    user: User
    objects: Mapping[str, UUID]
    of_branch: Mapping[str, UUID]  # what another branch of the company has nothing to do with


def employee(
    app: Flask, session: Session, provider: Provider, *, branch: str | None, name: str
) -> Owner:
    """An employee of this company, with an activity, its task and case, files and actions."""
    user = user_with(app, Role.PROVIDER, kvk=provider.kvk, branch=branch, employee=name)
    offer = an_offer(session, provider, branch=branch)
    query = select(ProcessInstance).where(ProcessInstance.business_key == str(offer.id))
    of_provider: dict[str, Any] = {"provider_id": provider.id, "by": user.label, "branch": branch}
    sheet = OfferImport(id=uuid4(), name="aanbod.csv", content=None, read_at=now(), **of_provider)
    action = BulkAction(id=uuid4(), kind=BulkKind.CHECK, **of_provider)
    session.add_all([sheet, action])
    session.flush()
    session.add(ImportRow(import_id=sheet.id, number=1, verdict=Verdict.NEW))
    undo = {"was": offer.version, "set": offer.version}
    session.add(BulkItem(action_id=action.id, offer_id=offer.id, is_done=True, undo=undo))
    publication = session.scalars(query).one()
    of_branch = {
        "offer_id": offer.id,
        "task_id": _task(session, publication).id,
        "case_id": publication.id,
        "import_id": sheet.id,
        "action_id": action.id,
    }
    objects = _of_somebody(session, user)
    if branch is None:  # who may speak for the whole company has people and invites them
        objects |= _people(session, provider.kvk)
    session.commit()
    return Owner(user, {**of_branch, **objects}, of_branch)


def _people(session: Session, kvk: str) -> dict[str, UUID]:
    colleague = ProviderUser(kvk=kvk, subject="e" * 64, issuer=ISSUER, label="medewerker 9")
    asked = Invitation(kvk=kvk, email="lot@leerkring.test", right=Right.EDITOR, invited_by="x")
    session.add_all([colleague, asked])
    wanted = Wanted("website", "https://website.voorbeeld.nl/in", ["nl.loket.offer.published"])
    hook, _ = own_webhooks.ask(session, kvk, wanted, by="x")
    session.flush()
    return {"person_id": colleague.id, "invitation_id": asked.id, "address_id": hook.id}


def teacher(session: Session, name: str, followed: UUID) -> Owner:
    """A teacher with an activity of their own, one that was followed, and a saved search."""
    known = known_teacher(session, issuer=ISSUER, subject=name, name=name)
    session.flush()
    user = User(known.id, name, frozenset({Role.TEACHER}), ISSUER, name)
    facts: dict[str, Any] = {
        "teacher_id": known.id,
        "offer_id": None,
        "offer_version": None,
        "title": "Lezen over taal",
        "provider_name": "",
        "kind": None,
        "contact_hours": 2,
        "self_study_hours": 0,
        "areas": frozenset(),
        "followed_on": today(),
    }
    own = PortfolioEntry(**facts)
    given = PortfolioEntry(**{**facts, "offer_id": followed, "offer_version": 1})
    search = SavedSearch(
        teacher_id=known.id,
        text="taal",
        kinds=frozenset(),
        sectors=frozenset(),
        areas=frozenset(),
        more={},
        is_mailed=False,
    )
    session.add_all([own, given, search])
    session.flush()
    objects = {"entry_id": own.id, "search_id": search.id, **_of_somebody(session, user)}
    session.commit()
    return Owner(user, objects, {})


def _of_somebody(session: Session, user: User) -> dict[str, UUID]:
    """A case that they began, with its task and a file; who stands in for them."""
    case = start_process(
        session, KEY, tenant=user.kvk, started_by=user.label, initiator=user.person.reference
    )
    task = _task(session, case)
    if user.kvk is None:
        task.candidate_group = user.person.reference
    file = UploadedFile(
        uploader=user.person.reference,
        name="plan.pdf",
        media_type="application/pdf",
        size=len(PDF),
        sha256="0" * 64,
        content=PDF,
        instance_id=case.id,
    )
    stand_in = Delegation(
        from_person=user.person.reference,
        to_person="staff:x",
        process_key=None,
        from_date=today(),
        until_date=today() + timedelta(days=7),
        reason="vakantie",
    )
    begun = BegunCase(
        submission_id=uuid4(),
        instance_id=case.id,
        reference=f"Z-{uuid4().hex[:8]}",
        starter_id=user.id,
    )
    export = DataExport(
        id=uuid4(),
        kind=ExportKind.PERSON,
        subject=user.person.reference,
        asked_by=user.person.reference,
        asked_by_name=user.label,
        content=b"PK",
        size=2,
        made_at=now(),
        expires_at=now() + timedelta(days=1),
    )
    session.add_all([file, stand_in, begun, export])
    session.flush()
    return {
        "task_id": task.id,
        "case_id": case.id,
        "file_id": file.id,
        "delegation_id": stand_in.id,
        "submission_id": begun.submission_id,
        "export_id": export.id,
    }


def _task(session: Session, case: ProcessInstance) -> UserTask:
    return session.scalars(select(UserTask).where(UserTask.instance_id == case.id)).one()


@dataclass(frozen=True)
class World:
    """Owners, and of which whose objects are looked at."""

    ours: Owner  # of the whole company
    branch: Owner  # of one branch of it
    other_branch: Owner
    other_company: Owner
    teacher: Owner
    other_teacher: Owner
    provider: UUID  # ours, and what teachers see of it
    published: UUID


def object_world(app: Flask, session: Session) -> World:
    """Two companies, one with two branches, and two teachers."""
    deploy_offer_publication(session)
    a_version(session, QUESTION)
    ours, others = a_provider(session), a_provider(session, "90001354", display_name="Anderen")
    followed = a_catalogue_offer(session, ours).id
    return World(
        employee(app, session, ours, branch=None, name="a" * 64),
        employee(app, session, ours, branch=BRANCH, name="b" * 64),
        employee(app, session, ours, branch=OTHER_BRANCH, name="c" * 64),
        employee(app, session, others, branch=None, name="d" * 64),
        teacher(session, "Sam", followed),
        teacher(session, "Kim", followed),
        provider=ours.id,
        published=followed,
    )
