"""Who begins a process: their groups of starters, and for which company."""

from http import HTTPStatus

from flask import abort, make_response, render_template

from app.begin.start_form import StartForm, provider_for
from app.web.access import Role, User, current_user
from app.web.form_pages.company_facts import may_declare
from app.web.pages import form_submission_id
from processes.engine.deployment.start_rights import group_of_account
from processes.engine.diagram.beginning import PUBLIC
from processes.engine.execution.starting.beginning import Starter
from processes.register.providers.providers import new_reference, refuse_when_suspended


def groups_of(user: User) -> frozenset[str]:
    """The groups of starters that somebody is in: the roles, all, and of staff the account."""
    own = {group_of_account(user.subject)} if user.is_staff else set()
    return frozenset({*map(str, user.roles), PUBLIC, *own})


def refuse_branch(user: User) -> None:
    """A branch does not speak for the whole company (R55)."""
    if Role.PROVIDER in user.roles and not may_declare(user):
        abort(make_response(render_template("tasks/branch_only.html"), HTTPStatus.FORBIDDEN))


def starter_of(form: StartForm, typed_address: str | None = None) -> Starter:
    """Who begins: of a company always their own, which no field of the form can change.

    Raises ProviderSuspendedError (R60).
    """
    user = current_user()
    refuse_branch(user)
    tenant, provider = provider_for(form, user)
    if provider is not None and Role.PROVIDER in user.roles:
        refuse_when_suspended(provider)
    return Starter(
        id=user.id,
        label=user.label,
        groups=groups_of(user),
        submission_id=form_submission_id(),
        reference=new_reference("ZK"),
        tenant=tenant,
        mailed_to=provider.contact_email if provider else typed_address,
        person=user.person.reference,
        is_on_behalf=provider is not None and Role.PROVIDER not in user.roles,
    )
