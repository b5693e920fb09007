"""When a part that ended starts again: soon at first, ever later when it keeps ending."""

from collections.abc import Callable
from dataclasses import dataclass, field

FIRST, LONGEST = 1.0, 60.0  # seconds of pause
STEADY = 60.0  # seconds after which a part is well again


@dataclass
class Restarts:
    """The pauses of one part; `clock` counts seconds."""

    clock: Callable[[], float]
    pause: float = FIRST
    began: float = field(default=0.0, init=False)
    due: float | None = field(default=None, init=False)

    def note_start(self) -> None:
        """It starts now."""
        self.began, self.due = self.clock(), None

    def note_end(self) -> float | None:
        """It has ended: the seconds until the next start, or None when that was said before."""
        if self.due is not None:
            return None
        if self.clock() - self.began >= STEADY:
            self.pause = FIRST
        pause, self.pause = self.pause, min(self.pause * 2, LONGEST)
        self.due = self.clock() + pause
        return pause

    def is_due(self) -> bool:
        """The pause is over."""
        return self.due is not None and self.clock() >= self.due
