"""Findings of the doctor: what was examined, its state, and how to mend it."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class State(StrEnum):
    WELL = "well"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One examined thing, its state, and how to mend it."""

    check: str
    state: State
    says: str
    mend: str = ""

    def __str__(self) -> str:
        line = f"{self.state:<8} {self.check}: {self.says}"
        return f"{line}\n{'':9}{self.mend}" if self.mend else line

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def well(check: str, says: str) -> Finding:
    return Finding(check, State.WELL, says)


def warning(check: str, says: str, mend: str) -> Finding:
    return Finding(check, State.WARNING, says, mend)


def wrong(check: str, says: str, mend: str) -> Finding:
    return Finding(check, State.WRONG, says, mend)
