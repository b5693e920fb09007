"""Protocol of the quality requirements as the form needs them."""

from collections.abc import Sequence
from typing import Any, Protocol


class Requirement(Protocol):
    """What the form needs to know of a quality requirement."""

    @property
    def number(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def explanation(self) -> str: ...
    @property
    def asks_url(self) -> bool: ...


class RequirementSet(Protocol):
    """A version of the requirements."""

    @property
    def version(self) -> int: ...
    @property
    def requirements(self) -> Sequence[Any]: ...
