"""Starts a case from the command line."""

from collections.abc import Mapping
from typing import Any

import click

from app.cli.operations import me
from app.cli.sessions import open_session
from processes.engine.deployment.definitions import (
    UnknownProcessError,
    latest_definition,
    specification_of,
)
from processes.engine.deployment.start_rights import beginning_of
from processes.engine.diagram.beginning import Beginning
from processes.engine.execution.events.persons import PersonVariableError, refuse_persons
from processes.engine.execution.instances import AlreadyRunningError, begin_process
from processes.engine.execution.starting.beginning import BusinessKeyError, business_key_of
from processes.engine.execution.steps import StepFailedError
from processes.register.changes import record_event
from processes.unit_of_work import unit_of_work


def start(
    key: str, variables: Mapping[str, Any], business_key: str | None, tenant: str | None
) -> tuple[str, str]:
    """What came of it, with the id of the instance or incident. Raises ClickException."""
    given = {**variables, **({"kvk": tenant} if tenant else {})}
    with open_session() as session:
        try:
            definition_id = latest_definition(session, key).id
            begun = beginning_of(session, definition_id)
            _refuse_without_start(begun)
            refuse_persons(specification_of(session, definition_id), variables)
            own_key = business_key or business_key_of(begun, given)
            instance_id = begin_process(
                session,
                key,
                business_key=own_key,
                tenant=tenant,
                variables=given,
                started_by=me(),
            )
        except AlreadyRunningError as error:
            return "running", str(error.instance_id)
        except StepFailedError as error:
            unit_of_work(session).commit()  # its incident tells an operator
            return "failed", str(error.incident.id)
        except UnknownProcessError:
            message = f"{key}: no process with this key is deployed"
            raise click.ClickException(message) from None
        except PersonVariableError as error:
            raise click.ClickException(str(error)) from None
        except BusinessKeyError as error:
            message = f"these variables give no business key: {error}"
            raise click.ClickException(message) from None
        subject = f"process:{key}"
        record_event(session, "process-started", actor=me(), kvk=tenant, subject=subject)
        unit_of_work(session).commit()
        return "started", str(instance_id)


def _refuse_without_start(begun: Beginning) -> None:
    """Only a plain start begins by hand. Raises ClickException."""
    if not begun.has_plain_start:
        message = f"{begun.key}: has no plain start: nobody begins it by hand"
        raise click.ClickException(message)
