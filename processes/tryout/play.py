"""The input of a run: diagram, called diagrams, and actions; as JSON for the subprocess."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Self

from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import DECISION, deployed_xml
from processes.engine.diagram import elements as diagram
from processes.engine.diagram import graph
from processes.engine.registry import TOPICS, Topic
from processes.tryout.actions import Action


@dataclass(frozen=True)
class Play:
    """A run on a diagram; with `answered`, delegates are never run but stubbed."""

    xml: str
    key: str
    actions: Sequence[Action] = ()
    beside: Mapping[str, str] = field(default_factory=dict)  # called processes and tables, by key
    answered: bool = False

    def as_json(self) -> dict[str, Any]:
        """With the topics of this program: who plays has no workers."""
        return {
            "xml": self.xml,
            "key": self.key,
            "actions": [action.as_json() for action in self.actions],
            "beside": dict(self.beside),
            "answered": self.answered,
            "topics": [
                [
                    *(topic.name, dict(topic.parameters), topic.retry_every, topic.max_attempts),
                    topic.lists_variables,
                ]
                for topic in TOPICS.values()
            ],
        }

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """What `as_json` gave; its topics are made known in this process."""
        for topic in given["topics"]:
            TOPICS[topic[0]] = Topic(*topic)
        return cls(
            given["xml"],
            given["key"],
            [Action.from_json(each) for each in given["actions"]],
            given["beside"],
            given["answered"],
        )


def beside(session: Session, xml: str) -> dict[str, str]:
    """The deployed files that this one calls, and those that they call."""
    return called_of(deployed_xml(session), xml)


def called_of(deployed: Mapping[str, bytes], xml: str) -> dict[str, str]:
    """The same, of these deployed files by key."""
    found: dict[str, str] = {}
    wanted = set(named_in(xml.encode()))
    while wanted:
        key = wanted.pop()
        if key in deployed and key not in found:
            found[key] = deployed[key].decode()
            wanted |= named_in(deployed[key])
    return found


@lru_cache(256)
def named_in(xml: bytes) -> frozenset[str]:
    """The keys of the processes that this file calls and the tables that it asks."""
    drawn = graph.read(xml)
    if drawn.is_dmn:
        return frozenset()
    elements = diagram.read(xml).elements.values()
    tables = {f"{DECISION}{each.decision}" for each in elements if each.decision}
    return frozenset(diagram.called_keys(xml) | tables)
