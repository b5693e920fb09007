"""The variables that say who may do a task: nobody who sends something gives them a value."""

from collections.abc import Mapping
from typing import Any

from processes.engine.interpreter.outcomes import ThrownEvent
from processes.engine.interpreter.parser import Specification

OF_A_PERSON = "this name says who may do a task: Loket alone gives it a value"


class PersonVariableError(ValueError):
    """Who sends from outside gives a value to a variable that only Loket may set."""

    def __init__(self, variable: str) -> None:
        super().__init__(f"{variable}: {OF_A_PERSON}")
        self.variable = variable


def refuse_persons(specification: Specification, variables: Mapping[str, Any]) -> None:
    """Raise PersonVariableError where one of these says who may do a task of this process."""
    given = specification.persons & variables.keys()
    if given:
        raise PersonVariableError(min(given))


def without_persons(specification: Specification, message: ThrownEvent) -> dict[str, Any]:
    """What a case of this process gets of a message or signal.

    Another process may have a variable of the same name, and a message may have been kept since
    before this process was drawn: then it is left out. Raises PersonVariableError where its sender
    can be told.
    """
    if message.is_answered:
        refuse_persons(specification, message.variables)
    hidden = specification.persons
    return {name: value for name, value in message.variables.items() if name not in hidden}
