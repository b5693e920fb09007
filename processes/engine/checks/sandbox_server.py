"""Fork server that checks diagrams: a child for each request, and in it one for each file.

The child of a request reads all its files once; each was first read by a child of its own, so that
a file that kills whoever reads it harms no other. A single file has no others: only the child that
checks it reads it.
"""

import json
import os
from base64 import b64decode
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from processes.engine.checks import checker
from processes.engine.checks.findings import Vocabulary
from processes.engine.checks.limits import limit
from processes.engine.checks.rules.rule import Surroundings
from processes.engine.checks.sandbox import TOO_HEAVY, as_json
from processes.engine.diagram.graph import Diagram, UnreadableDiagramError, read
from processes.fork_server import ANSWER, FAILURE, answered, serve

YES = b"yes"  # a file can be read


def answer(question: bytes) -> bytes:
    """The findings of each file as JSON, in the order of the request."""
    asked = json.loads(question)
    vocabulary = _vocabulary(asked)
    files = [b64decode(xml) for xml in asked["files"]]
    limit(len(files) + 1)
    deployed = [each for xml in asked["deployed"] if (each := _read(b64decode(xml)))]
    drawn = _drawn(files) if len(files) > 1 else [None]
    works = []
    for number, xml in enumerate(files):
        others = [each for at, each in enumerate(drawn) if each is not None and at != number]
        works.append(partial(_findings, xml, Surroundings(vocabulary, (*deployed, *others))))
    return json.dumps([_told(given) for given in _in_forks(works)]).encode()


def _told(given: bytes) -> Any:
    """The findings of one file, or where our own code failed on it (text)."""
    if given.startswith(FAILURE):
        return given[1:].decode()
    return json.loads(given[1:]) if given else [as_json(TOO_HEAVY)]


def _vocabulary(asked: dict[str, Any]) -> Vocabulary:
    addresses = asked["webhook_addresses"]
    return Vocabulary(
        forms=frozenset(asked["forms"]),
        topics=asked["topics"],
        delegates=asked["delegates"],
        form_names=_sets(asked["form_names"]),
        closed_forms=frozenset(asked["closed_forms"]),
        start_forms=_sets(asked["start_forms"]),
        starters=frozenset(asked["starters"]),
        given=frozenset(asked["given"]),
        groups=frozenset(asked["groups"]),
        disabled_addresses=frozenset(asked["disabled_addresses"]),
        webhook_addresses=None if addresses is None else frozenset(addresses),
        topic_errors=_sets(asked["topic_errors"]),
        delegate_errors=_sets(asked["delegate_errors"]),
    )


def _sets(lists: dict[str, list[str]]) -> dict[str, frozenset[str]]:
    return {name: frozenset(each) for name, each in lists.items()}


def _read(xml: bytes) -> Diagram | None:
    try:
        return read(xml)
    except UnreadableDiagramError:
        return None


def _drawn(files: list[bytes]) -> list[Diagram | None]:
    """Each file that can be read, for the checks of the others."""
    can_be_read = _in_forks(partial(_reads, xml) for xml in files)
    found = zip(files, can_be_read, strict=True)
    return [_read(xml) if can == ANSWER + YES else None for xml, can in found]


def _reads(xml: bytes) -> bytes:
    return YES if _read(xml) else b""


def _findings(xml: bytes, around: Surroundings) -> bytes:
    return json.dumps([as_json(each) for each in checker.check_among(xml, around)]).encode()


def _in_forks(works: Iterable[Callable[[], bytes]]) -> list[bytes]:
    """What each gives in a child process with limits, one for each core, as `answered` says.

    Empty when the child died.
    """
    given: list[bytes] = []
    running: deque[tuple[int, int]] = deque()
    for work in works:
        if len(running) >= (os.cpu_count() or 1):
            given.append(_given_by(*running.popleft()))
        running.append(_begin(work))
    return given + [_given_by(*each) for each in running]


def _begin(work: Callable[[], bytes]) -> tuple[int, int]:
    reading, writing = os.pipe()
    child = os.fork()  # this process has one thread
    if not child:
        status = 1
        try:
            limit()
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(answered(work))
            status = 0
        finally:
            os._exit(status)  # never back into the loop of the parent
    os.close(writing)
    return child, reading


def _given_by(child: int, reading: int) -> bytes:
    with os.fdopen(reading, "rb") as pipe:
        given = pipe.read()
    _pid, status = os.waitpid(child, 0)
    return given if status == 0 else b""


if __name__ == "__main__":
    serve(answer)
