"""Findings of the deployment checks, and the vocabulary that a diagram may name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

Parameters: TypeAlias = Mapping[str, bool]
"""The arguments of a service task or delegate: name → must the diagram give it?"""


class Severity(StrEnum):
    ERROR = "error"
    TODO = "todo"  # something the owner fills in later: a draft may have it
    WARNING = "warning"
    INFO = "info"  # how something works that an owner may expect to do more


HARMLESS = frozenset({Severity.WARNING, Severity.INFO})
"""What keeps nobody from deploying."""


@dataclass(frozen=True)
class Finding:
    """One fault in a diagram; the message is Dutch and says how to mend it."""

    rule: str
    severity: Severity
    element: str | None
    name: str | None
    message: str

    def __str__(self) -> str:
        where = f" [{self.element}]" if self.element else ""
        return f"{self.message}{where} ({self.rule})"


@dataclass(frozen=True)
class Vocabulary:
    """The form keys, topics and delegates that exist; built by `workers.vocabulary`."""

    forms: frozenset[str] = frozenset()
    topics: Mapping[str, Parameters] = field(default_factory=dict)
    delegates: Mapping[str, Parameters] = field(default_factory=dict)
    form_names: Mapping[str, frozenset[str]] = field(default_factory=dict)  # what a form uses
    closed_forms: frozenset[str] = frozenset()  # those that show no fields of the diagram
    start_forms: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The forms with which a case may begin, and the names of the variables that each gives."""
    starters: frozenset[str] = frozenset()  # who can begin a process; none known: not looked at
    given: frozenset[str] = frozenset()  # variables to which Loket itself gives a value
    groups: frozenset[str] = frozenset()  # who can find tasks; none known: not looked at
    webhook_addresses: frozenset[str] | None = None  # names; None: not looked at
    disabled_addresses: frozenset[str] = frozenset()  # those of them to which nothing is sent
    topic_errors: Mapping[str, frozenset[str]] = field(default_factory=dict)  # topic → its codes
    delegate_errors: Mapping[str, frozenset[str]] = field(default_factory=dict)


def is_deployable(findings: list[Finding]) -> bool:
    """A definition may be deployed when nothing but warnings and information is left."""
    return all(finding.severity in HARMLESS for finding in findings)
