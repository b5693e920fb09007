"""JSON of others: its depth is counted before anything parses it."""

import pytest

from processes.reading import json_text
from processes.reading.json_text import TooDeepError, read_json

UNCLOSED = '"' + 100 * r"\"[["
"""Read once to its end, and not anew from each quote in it: that takes minutes for 100 KB."""


@pytest.fixture(autouse=True)
def _three_levels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "DEEPEST", 3)


def test_what_is_not_too_deep_is_read() -> None:
    assert read_json('{"a": [{"b": "é"}], "c": [[1], [2]]}') == {"a": [{"b": "é"}], "c": [[1], [2]]}
    assert read_json('"[[[[{{{{"') == "[[[[{{{{"
    assert read_json(r'["\"[[[[", "\\"]') == ['"[[[[', "\\"]
    assert read_json('{"naam": "é"}'.encode()) == {"naam": "é"}


def test_the_mark_that_some_programs_write_before_utf_8_is_read_over() -> None:
    """RFC 8259, 8.1: a parser may."""
    assert read_json('{"naam": "é"}'.encode("utf-8-sig")) == {"naam": "é"}


@pytest.mark.parametrize("text", ["[[[[1]]]]", '{"a": {"a": {"a": {}}}}', "[[[[", '["[", [[[1]]]]'])
def test_one_level_more_is_refused(text: str) -> None:
    with pytest.raises(TooDeepError, match="deeper than 3"):
        read_json(text)


@pytest.mark.parametrize("text", ["", "[", "{a: 1}", b"\xff", "]]]]", UNCLOSED])
def test_what_is_no_json_is_refused_too(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r".") as raised:
        read_json(text)
    assert not isinstance(raised.value, TooDeepError)
