"""Plays a run in a subprocess with limits on time and memory."""

import json
import logging
from functools import lru_cache
from threading import BoundedSemaphore

from processes.fork_server import ChildFailedError, ForkServer
from processes.tryout.outcome import Outcome
from processes.tryout.play import Play

log = logging.getLogger(__name__)

AT_ONCE = 2
SECONDS = 30.0  # for a child, from when it began
LARGEST_KEPT = 200_000  # bytes of a question, with the files beside it
KEPT = 32  # answers: a page shows what the action before it led to

server = ForkServer("processes.tryout.server")
_turns = BoundedSemaphore(AT_ONCE)


class NotPlayedError(Exception):
    """A run has no outcome."""


class TooHeavyError(NotPlayedError):
    """The run exceeded its limits on time or memory."""


class PlayFailedError(NotPlayedError):
    """An error of our own ended the run; the log tells operators where."""


def play(played: Play) -> Outcome:
    """As `player.play`, within limits; the same run has the same outcome.

    Raises TooHeavyError, PlayFailedError.
    """
    question = json.dumps(played.as_json()).encode()
    try:
        return Outcome.from_json(json.loads(answer_to(question)))
    except NotPlayedError as error:
        told = {"process_key": played.key, "reason": type(error).__name__}
        log.warning("a try-out was ended", extra=told)
        raise


def answer_to(question: bytes) -> bytes:
    """What a child says to it; of a small one kept for a while. Raises NotPlayedError."""
    return _kept(question) if len(question) <= LARGEST_KEPT else _asked(question)


@lru_cache(KEPT)
def _kept(question: bytes) -> bytes:
    return _asked(question)


def _asked(question: bytes) -> bytes:
    try:
        with _turns:
            found = server.ask(question, seconds=SECONDS)
    except ChildFailedError as error:
        raise PlayFailedError from error
    if not found:
        raise TooHeavyError
    return found
