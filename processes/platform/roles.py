"""Roles of users, which are the candidate groups of user tasks too; their names in Dutch."""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID, uuid5

_STAFF = UUID("6ba1a0a5-7a2d-4a5a-9d0e-6c1c52a0f6f3")  # namespace of the ids of staff


class Role(StrEnum):
    PROVIDER = "provider"
    TEACHER = "teacher"
    REGISTRAR = "registrar"
    PROCESS_OWNER = "process_owner"  # reads and edits: drafts, try-outs, texts
    PROCESS_APPROVER = "process_approver"  # reads; approves what somebody else made
    PROCESS_DEPLOYER = "process_deployer"  # reads; deploys, and moves running instances
    OPERATOR = "operator"


ROLE_NAMES: Mapping[str, str] = {
    Role.PROVIDER: "Aanbieder",
    Role.TEACHER: "Leraar",
    Role.REGISTRAR: "Medewerker van het register",
    Role.PROCESS_OWNER: "Proceseigenaar",
    Role.PROCESS_APPROVER: "Goedkeurder van processen",
    Role.PROCESS_DEPLOYER: "Ingebruiknemer van processen",
    Role.OPERATOR: "Beheerder",
}

TASK_GROUPS = tuple(Role)
"""The candidate groups of user tasks: whoever has a role sees its tasks."""

PERSONAL = frozenset({Role.TEACHER})
"""Roles whose people work for themselves: in a case that one of them began, tasks for the role are
theirs alone."""

COMPANIES = frozenset({Role.PROVIDER})
"""Roles whose people see the tasks of their own company alone (R62)."""


def staff_id(issuer: str, subject: str) -> UUID:
    """The id of a member of staff, who has no row: the same for the same login."""
    return uuid5(_STAFF, f"{issuer} {subject}")
