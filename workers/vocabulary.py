"""The vocabulary of diagrams: all registered forms, topics and delegates."""

from sqlalchemy.orm import Session

import forms
import workers.handlers
from forms.registry import FORMS, names_of, start_forms
from processes.casework import delegates, redeclarations
from processes.casework.given_variables import GIVEN, WITHDRAW
from processes.casework.offers import reports
from processes.casework.providers import claims, leaving, merging, suspension, transfers
from processes.engine.checks.findings import Vocabulary
from processes.engine.diagram.beginning import PUBLIC
from processes.engine.openings.clients import openings
from processes.engine.registry import DELEGATES
from processes.platform.roles import TASK_GROUPS, Role
from processes.webhooks.addresses import of_operators
from workers.registry import SERVICE_TASKS

# Importing these is what fills the registries.
REGISTERED_BY = (
    *(forms, claims, delegates, leaving, merging, reports, redeclarations, transfers),
    workers.handlers,
)


def vocabulary(session: Session | None = None) -> Vocabulary:
    """The vocabulary of this version of Loket, for the deployment checks.

    With a session also what operators allow: the names of webhook addresses.
    """
    known = _webhook_addresses(session) if session else None
    return Vocabulary(
        forms=frozenset(FORMS),
        topics={name: task.parameters for name, task in SERVICE_TASKS.items() if task.is_drawn},
        delegates={name: delegate.parameters for name, delegate in DELEGATES.items()},
        form_names={key: form.gives | names_of(form) for key, form in FORMS.items()},
        closed_forms=frozenset(key for key, form in FORMS.items() if not form.takes_fields),
        start_forms={key: form.gives for key, form in start_forms().items()},
        topic_errors={name: task.throws for name, task in SERVICE_TASKS.items()},
        delegate_errors={name: delegate.throws for name, delegate in DELEGATES.items()},
        groups=frozenset(map(str, TASK_GROUPS)),
        starters=frozenset({*map(str, Role), PUBLIC}),
        given=GIVEN,
        webhook_addresses=None if known is None else frozenset(known),
        disabled_addresses=frozenset(name for name, is_on in (known or {}).items() if not is_on),
    )


def messages_from_elsewhere(session: Session) -> frozenset[str]:
    """The names of messages that no diagram has to send: Loket does, or a program may."""
    ours = {WITHDRAW, suspension.LIFTED, leaving.STAYS, leaving.RETURNS, transfers.AGREES}
    return frozenset(ours.union(*(each.messages for each in openings(session) if each.enabled)))


def _webhook_addresses(session: Session) -> dict[str, bool]:
    """The names of the addresses, and whether anything is sent there."""
    return {each.name: each.enabled for each in of_operators(session)}
