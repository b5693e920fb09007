"""What `./run bench pages` asks: pages, by whom, with things of a filled database; and work."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import Flask, g
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.auth import sessions
from app.web.access import Role, User
from app.web.db import db
from processes.base import new_id, today
from processes.engine.execution.instances import (
    complete_user_task,
    open_user_tasks,
    start_process,
)
from processes.engine.store.models import (
    Incident,
    InstanceStatus,
    Job,
    JobStatus,
    ProcessInstance,
)
from processes.register.offers.rules import Offer
from processes.register.providers.people import known_user
from processes.register.providers.providers import Provider
from processes.unit_of_work import unit_of_work
from processes.webhooks.models import WebhookAddress
from tests.benchmarks import onboarding
from tests.benchmarks.visitors import ISSUER, SUBJECT
from workers.schedule import sweep

A_WEEK = timedelta(days=7)
LISTS: Mapping[str, tuple[str, Role]] = {
    "catalogue": ("/catalogus", Role.TEACHER),
    "search": ("/catalogus?zoek=rekenen", Role.TEACHER),
    "search after a change": ("/catalogus?zoek=rekenen", Role.TEACHER),
    "portfolio search": ("/portfolio/zoeken?zoek=rekenen", Role.TEACHER),
    "dashboard": ("/beheer", Role.OPERATOR),
    "cases": ("/beheer/processen", Role.OPERATOR),
    "open cases": ("/beheer/processen?status=active", Role.OPERATOR),
    "incidents": ("/beheer/incidenten", Role.OPERATOR),
    "jobs": ("/beheer/taken", Role.OPERATOR),
    "webhooks": ("/beheer/webhooks", Role.OPERATOR),
    "metrics": ("/metrics", Role.OPERATOR),
    "providers": ("/register", Role.REGISTRAR),
    "provider search": ("/register?zoek=opleider+1", Role.REGISTRAR),
    "declarations": ("/register/verklaringen", Role.REGISTRAR),
    "tasks": ("/taken", Role.REGISTRAR),
    "my cases": ("/zaken", Role.REGISTRAR),
    "my closed cases": ("/zaken?lijst=afgesloten", Role.REGISTRAR),
    "processes": ("/processen", Role.PROCESS_OWNER),
    "process": (f"/processen/{onboarding.KEY}", Role.PROCESS_OWNER),
    "cases of a process": (f"/processen/{onboarding.KEY}/zaken", Role.PROCESS_OWNER),
    "insight": (f"/processen/{onboarding.KEY}/inzicht", Role.PROCESS_OWNER),
    "terms": (f"/processen/{onboarding.KEY}/termijn", Role.PROCESS_OWNER),
    "site map": ("/sitemap.xml", Role.TEACHER),
    "catalogue, API": ("/api/v1/catalogus", Role.TEACHER),
    "providers, API": ("/api/v1/aanbieders", Role.TEACHER),
}
"""Lists, searches and dashboards."""
OF_ONE: Mapping[str, tuple[str, Role]] = {
    "activity": ("/catalogus/{offer}", Role.TEACHER),
    "provider in the catalogue": ("/catalogus/aanbieder/{kvk}", Role.TEACHER),
    "case": ("/beheer/processen/{case}", Role.OPERATOR),
    "job": ("/beheer/taken/{job}", Role.OPERATOR),
    "incident": ("/beheer/incidenten/{incident}", Role.OPERATOR),
    "webhook": ("/beheer/webhooks/{webhook}", Role.OPERATOR),
    "provider": ("/register/{provider}", Role.REGISTRAR),
    "offers of a provider": ("/register/{provider}/aanbod", Role.REGISTRAR),
    "case of a process": ("/processen/zaken/{case}", Role.PROCESS_OWNER),
    "my company": ("/bedrijf", Role.PROVIDER),
    "my offers": ("/aanbod", Role.PROVIDER),
    "cases of my company": ("/zaken", Role.PROVIDER),
    "tasks of my company": ("/taken", Role.PROVIDER),
}
"""Pages of one thing, or of one company."""
NARROWED: Mapping[str, tuple[str, Role]] = {
    "cases of a company": ("/beheer/processen?bedrijf={kvk}", Role.OPERATOR),
    "cases of companies by name": ("/beheer/processen?bedrijf=opleider+5", Role.OPERATOR),
    "cases of a number": ("/beheer/processen?zoek={kvk}", Role.OPERATOR),
    "cases that wait at a step": (
        f"/beheer/processen?proces={onboarding.KEY}&wacht=quality_requirements",
        Role.OPERATOR,
    ),
    "cases with an incident": ("/beheer/processen?incident=ja", Role.OPERATOR),
    "cases without an incident": ("/beheer/processen?incident=nee", Role.OPERATOR),
    "cases begun this week": ("/beheer/processen?vanaf={week}", Role.OPERATOR),
    "cases begun before": ("/beheer/processen?tot={week}", Role.OPERATOR),
    "cases ended this week": ("/beheer/processen?einde_vanaf={week}", Role.OPERATOR),
    "cases of a process by number": (
        f"/processen/{onboarding.KEY}/zaken?zoek={{kvk}}",
        Role.PROCESS_OWNER,
    ),
    "incidents of a cause": ("/beheer/incidenten/oorzaak/{cause}", Role.OPERATOR),
    "failed jobs of a topic": (
        "/beheer/taken?onderwerp=send_confirmation&status=failed",
        Role.OPERATOR,
    ),
    "jobs older than a week": ("/beheer/taken?ouder=week", Role.OPERATOR),
    "a version on its diagram": (f"/beheer/versies/{onboarding.KEY}/1", Role.OPERATOR),
    "tasks that nobody can do": ("/beheer/zonder-uitvoerder", Role.OPERATOR),
    "retention": ("/beheer/bewaartermijnen", Role.OPERATOR),
    "outages": ("/beheer/storingen", Role.OPERATOR),
}
"""Lists of a part, and what else operators look at."""
NOBODY = "10000000"  # the KvK number of no provider
PAGES: Mapping[str, tuple[str, Role]] = {**LISTS, **NARROWED, **OF_ONE}
AFTER_A_CHANGE = "search after a change"
"""An entry of the search index is written before each request, as a publication does."""
A_CHANGE = text(
    "UPDATE search_entry SET counted = counted + 1"
    " WHERE number = (SELECT max(number) FROM search_entry)"
)


def start_and_step(session: Session) -> None:
    """A case with its first answers, as far as the commit; undone, so that it can be done again."""
    start_process(
        session,
        onboarding.KEY,
        business_key=NOBODY,
        tenant=NOBODY,
        variables={"kvk": NOBODY, "reference": NOBODY},
        started_by=onboarding.ACTOR,
    )
    (task,) = open_user_tasks(session, tenant=NOBODY)
    answers = onboarding.DECLARATION
    complete_user_task(session, task.id, completed_by=onboarding.ACTOR, variables=answers)
    unit_of_work(session).write_gathered()
    session.rollback()


WORK: Mapping[str, Callable[[Session], object]] = {
    "start and step of a case": start_and_step,
    "sweep of a worker": lambda _session: sweep(),
}
"""What is no page."""


def things(session: Session) -> Mapping[str, str]:
    """What stands between braces in an address: one thing of each kind that is there."""
    ended = ProcessInstance.status == InstanceStatus.COMPLETED
    provider = session.execute(select(Provider.id, Provider.kvk).limit(1)).one()
    incident = session.execute(select(Incident.id, Incident.cause).limit(1)).first()
    found: Mapping[str, Any] = {
        "offer": session.scalar(select(Offer.id).limit(1)),
        "case": session.scalar(select(ProcessInstance.id).where(ended).limit(1)),
        "job": session.scalar(select(Job.id).where(Job.status == JobStatus.DONE).limit(1)),
        "webhook": session.scalar(select(WebhookAddress.id).limit(1)),
        "provider": provider.id,
        "kvk": provider.kvk,
        "incident": incident.id if incident else "",
        "cause": incident.cause if incident else "",
        "week": today() - A_WEEK,
    }
    return {name: str(value) for name, value in found.items()}


def signed_in(app: Flask, role: Role, kvk: str) -> str:
    """The cookie of somebody who has this role; a provider is of the company with this number."""
    with app.test_request_context(method="POST"):
        session = db.session()
        user = User(new_id(), "medewerker 1", frozenset({role}), ISSUER, str(role), email=None)
        if role is Role.PROVIDER:
            known = known_user(session, issuer=ISSUER, kvk=kvk, subject=SUBJECT)
            user = User(
                *(known.id, known.label, user.roles, ISSUER, SUBJECT),
                kvk=kvk,
                loa="loa3",
                right=known.right,
            )
        sessions.start(session, user)
        session.commit()
        return f"{sessions.cookie_name(app.config['LOKET_SETTINGS'])}={g.new_token}"
