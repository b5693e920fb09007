"""The tests that draw their examples draw the same, whatever was imported before them."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

from tests import sizes

TEXT = "\n".join(f"NAME_{number} = 'value {number}'" for number in range(500))


def drawn() -> list[str]:
    """The texts of one test, from a fixed seed."""
    texts: list[str] = []

    @seed(1)
    @settings(database=None, max_examples=300)
    @given(st.text())
    def test(text: str) -> None:
        texts.append(text)

    test()
    return texts


@pytest.fixture
def module(tmp_path: Path) -> Iterator[ModuleType]:
    file = tmp_path / "module_with_constants.py"
    file.write_text(TEXT)
    module = ModuleType(file.stem)
    module.__file__ = str(file)
    yield module
    providers.CONSTANTS_CACHE.cache.clear()  # no test after this one draws from it


@pytest.mark.skipif(sizes.is_long(), reason="the long form draws anew, also from our modules")
def test_what_is_drawn_does_not_hang_on_what_is_imported(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = drawn()
    monkeypatch.setitem(sys.modules, module.__name__, module)
    assert drawn() == before
    assert not [text for text in before if text.startswith("value ")]


def test_hypothesis_itself_draws_from_what_is_imported(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "is_local_module_file", lambda path: path == module.__file__)
    monkeypatch.setattr(providers, "_sys_modules_len", 0)
    monkeypatch.setattr(providers, "_local_constants", Constants())
    monkeypatch.setitem(sys.modules, module.__name__, module)
    assert [text for text in drawn() if text.startswith("value ")]
