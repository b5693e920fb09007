"""What somebody asks of a list of tasks: the tab, the filters, and where the page begins."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from processes.engine.store.models import UserTask


class Tab(StrEnum):
    MINE = "mijn"
    GROUP = "groep"
    LATER = "later"
    DONE = "afgerond"


class Due(StrEnum):
    """The filter on the due date."""

    LATE = "te-laat"
    TODAY = "vandaag"
    WEEK = "week"
    NONE = "leeg"


@dataclass(frozen=True)
class Wanted:
    """What somebody asked to see; `after` is the place of the last task that they saw."""

    tab: Tab = Tab.MINE
    process: str = ""
    due: Due | None = None
    text: str = ""
    after: "Place | None" = None


@dataclass(frozen=True)
class Place:
    """Where a task stands in the order of the list."""

    moment: datetime | None  # due, or in the tab of what is done: completed
    priority: int
    opened_at: datetime
    id: UUID

    @classmethod
    def of(cls, task: UserTask, tab: Tab) -> Self:
        moment = task.completed_at if tab is Tab.DONE else task.due_at
        return cls(moment, task.priority, task.opened_at, task.id)

    def __str__(self) -> str:
        moment = self.moment.isoformat() if self.moment else ""
        return f"{moment}~{self.priority}~{self.opened_at.isoformat()}~{self.id}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """The place that was written so; None for any other text."""
        try:
            moment, priority, opened_at, id_ = text.split("~")
            due = _aware(moment) if moment else None
            return cls(due, int(priority[:4]), _aware(opened_at), UUID(id_))
        except ValueError:
            return None


def _aware(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found
