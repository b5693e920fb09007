"""What a sweep looks for, kind by kind: one statement tells which kinds have anything due."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from processes.base import now
from processes.platform.database import open_reading_session
from processes.questions import Question, Questions


@dataclass(frozen=True)
class Work:
    """One kind: what finds what is due, and what does it for each.

    Where all of its questions are answered with no, nothing is looked for; without any it always
    is.
    """

    find: Callable[[], list[Any]]
    do: Callable[[Any], Any]
    questions: Sequence[Question] = ()


class Kinds:
    """All kinds, in the order in which a sweep does them."""

    def __init__(self, kinds: Sequence[Work]) -> None:
        self.kinds = kinds
        asked = (question for kind in kinds for question in kind.questions)
        self._questions = Questions([*dict.fromkeys(asked)])

    def perform(self) -> list[Exception]:
        """Do all that is due; what failed, of which nothing holds up the rest.

        Work makes work: once something was due, every kind after it is looked for.
        """
        failures: list[Exception] = []
        due = self.due(failures)
        for kind in self.kinds:
            if due is not None and kind.questions and due.isdisjoint(kind.questions):
                continue
            try:
                found = kind.find()
            except Exception as error:  # noqa: BLE001 - told by sweep, when all else is done
                failures.append(error)
                continue
            if found:
                due = None
            failures.extend(_failures(kind.do, found))
        return failures

    def due(self, failures: list[Exception]) -> set[Question] | None:
        """The questions that are answered with yes; None, all, where asking is a failure."""
        try:
            with open_reading_session() as session:
                return self._questions.ask(session, now())
        except Exception as error:  # noqa: BLE001 - told by sweep, when all else is done
            failures.append(error)
            return None


def _failures(do: Callable[[Any], Any], found: Sequence[Any]) -> Iterator[Exception]:
    for one in found:
        try:
            do(one)
        except Exception as error:  # noqa: BLE001 - told by sweep too
            yield error
