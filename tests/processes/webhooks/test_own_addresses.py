"""Whether a receiver gave the challenge back, whatever it answered."""

import pytest

from processes.reading import json_text
from processes.webhooks.own_addresses import is_given_back

CHALLENGE = "a-challenge"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"a-challenge", True),
        (b" a-challenge\n", True),
        (b'{"challenge": "a-challenge"}', True),
        (b'{"challenge": "another"}', False),
        (b'{"challenge": 1}', False),
        (b'{"challenge": "\\ud800"}', False),
        (b"{", False),
        (b"\xff", False),
        (b"", False),
    ],
)
def test_the_challenge_is_given_back_as_text_or_in_json(answer: bytes, *, expected: bool) -> None:
    assert is_given_back(CHALLENGE, answer) is expected


def test_an_answer_that_is_nested_too_deep_gives_nothing_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = f'{{"challenge": "{CHALLENGE}", "a": []}}'.encode()
    assert is_given_back(CHALLENGE, answer)
    monkeypatch.setattr(json_text, "DEEPEST", 1)
    assert not is_given_back(CHALLENGE, answer)
