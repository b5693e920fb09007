"""What the tests of the engine share: delegates that a test registers are gone after it."""

from collections.abc import Iterator

import pytest

from processes.engine import registry


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
