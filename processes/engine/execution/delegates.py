"""Runs what the service tasks and business rule tasks of a step name, in its transaction."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session, SessionTransaction

from processes.engine.deployment.definitions import Taken, decide
from processes.engine.diagram.elements import Element
from processes.engine.execution.arguments import arguments_of, inputs_of
from processes.engine.registry import delegate_for
from processes.unit_of_work import unit_of_work


class Delegates:
    """Runs the delegates of a step; whoever takes the step undoes and flushes what they did."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._hooks = unit_of_work(session).hooks
        self.decisions: list[tuple[Element, Taken]] = []
        """The decisions of the step, in order, each with its business rule task."""

    def perform(self, element: Element, variables: Mapping[str, Any]) -> dict[str, Any] | None:
        """Run what a service task or business rule task names."""
        answered = self._hooks.answer(element) if self._hooks else None
        if answered is not None:
            return answered
        if element.decision:
            read = {**variables, **inputs_of(element, variables)}
            outcome, taken = decide(self._session, element, read)
            self.decisions += [(element, each) for each in taken]
            return outcome
        return self.run(element, variables)

    def run(self, element: Element, variables: Mapping[str, Any]) -> dict[str, Any] | None:
        """Run the function that a service task names."""
        delegate = delegate_for(element.delegate or "")
        arguments = arguments_of(element, variables, delegate.parameters)
        return delegate.perform(self._session, **arguments)


class UndoableDelegates(Delegates):
    """Runs them in a savepoint from the first of them on, and flushes after each."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._savepoint: SessionTransaction | None = None

    def run(self, element: Element, variables: Mapping[str, Any]) -> dict[str, Any] | None:
        if self._savepoint is None:
            self._savepoint = self._session.begin_nested()
        result = super().run(element, variables)
        self._session.flush()
        return result

    def release(self) -> None:
        if self._savepoint is not None:
            self._savepoint.commit()

    def undo(self) -> None:
        if self._savepoint is not None and self._savepoint.is_active:
            self._savepoint.rollback()
