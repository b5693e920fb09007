"""A pytest plugin: the garbage collector leaves alone what stays until the end of the run."""

import gc
from collections.abc import Generator
from typing import Any

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, Any, Any]:
    """Imports and items stay: to look through them for garbage took half of the collection.

    From then on the garbage collector looks at what tests make, and not at all of the suite.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(5_000, 20, 20)
        gc.enable()
