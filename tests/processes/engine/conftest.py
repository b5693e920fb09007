"""Fixtures of the engine: an empty registry of delegates and topics per test."""

from collections.abc import Iterator

import pytest

from processes.engine import registry
from processes.engine.interpreter import cache


@pytest.fixture(autouse=True)
def _own_registry() -> Iterator[None]:
    delegates, topics = dict(registry.DELEGATES), dict(registry.TOPICS)
    registry.DELEGATES.clear()
    registry.TOPICS.clear()
    yield
    registry.DELEGATES.clear()
    registry.DELEGATES.update(delegates)
    registry.TOPICS.clear()
    registry.TOPICS.update(topics)


@pytest.fixture
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step loads its instance anew, so that every wait is a reload."""
    monkeypatch.setattr(cache, "KEPT", 0)
