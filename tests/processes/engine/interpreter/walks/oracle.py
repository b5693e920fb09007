"""Keeps all states in which an instance may be, by what is seen of it: a diagram's oracle."""

from lxml import etree

from tests.processes.engine.interpreter.walks.drawing_reader import read
from tests.processes.engine.interpreter.walks.tokens import State


class Oracle:
    """All states in which an instance may be, by what was seen of it."""

    def __init__(self, xml: bytes, key: str = "p") -> None:
        self.states = [State(read(etree.fromstring(xml)), key)]

    def agree(self, tasks: list[str], events: list[str]) -> list[tuple[list[str], list[str]]]:
        """Keep the states with these open tasks and events; what was expected where none has."""
        expected = [(state.tasks(), state.events()) for state in self.states]
        self.states = [
            state
            for state, told in zip(self.states, expected, strict=True)
            if told == (tasks, events)
        ]
        return [] if self.states else expected

    def move(self, name: str, value: int | None = None) -> None:
        """Of states that go on alike one is kept."""
        after = [each for state in self.states for each in state.moves(name, value)]
        self.states = list({each.root.shape(): each for each in after}.values())

    def signal(self, name: str) -> None:
        """A signal comes from outside."""
        self.states = [state.signalled(name) for state in self.states]

    @property
    def has_ended(self) -> bool:
        return self.states[0].has_ended
