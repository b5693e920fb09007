"""Which replays the interpreter verifies, and who is told what came of it."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from processes.platform.settings import current_settings


@dataclass
class Verifying:
    """How large a part of the replays the interpreter verifies, and who is told what came of it."""

    share: float | None = None  # None: as the settings say
    listeners: list[Callable[[bool], object]] = field(default_factory=list)

    def is_due(self) -> bool:
        """Whether this replay is one of the sample."""
        share = current_settings().replays_verified if self.share is None else self.share
        return random.random() < share  # noqa: S311 - a sample

    def tell(self, *, is_same: bool) -> None:
        """Tell whether a replay came to the same as the interpreter."""
        for listener in self.listeners:
            listener(is_same)


verifying = Verifying()
