"""Plays a run in a subprocess with limits on time and memory."""

import json
import logging
from threading import BoundedSemaphore

from processes.fork_server import ForkServer
from processes.tryout.outcome import Outcome
from processes.tryout.play import Play

log = logging.getLogger(__name__)

AT_ONCE = 2
SECONDS = 30.0  # the child itself has fewer; a server that starts needs some too

server = ForkServer("processes.tryout.server")
_turns = BoundedSemaphore(AT_ONCE)


class TooHeavyError(Exception):
    """The run exceeded its limits on time or memory."""


def play(played: Play) -> Outcome:
    """As `player.play`, within limits. Raises TooHeavyError."""
    question = json.dumps(played.as_json()).encode()
    with _turns:
        answer = server.ask(question, seconds=SECONDS)
    if not answer:
        log.warning("a try-out was ended", extra={"process_key": played.key})
        raise TooHeavyError
    return Outcome.from_json(json.loads(answer))
