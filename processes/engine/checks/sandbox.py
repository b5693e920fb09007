"""Checks uploaded diagrams in a subprocess with limits on time and memory."""

import json
import logging
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from processes.engine.checks.checker import NOTHING
from processes.engine.checks.findings import Finding, Severity, Vocabulary
from processes.engine.checks.limits import WALL_SECONDS
from processes.engine.sentences.catalogue import say
from processes.fork_server import ChildFailedError, ForkServer

log = logging.getLogger(__name__)

TOO_HEAVY = Finding(
    "too-heavy",
    Severity.ERROR,
    None,
    None,
    say("checks.too-heavy"),
)
CHECK_FAILED = Finding("check-failed", Severity.ERROR, None, None, say("checks.check-failed"))

server = ForkServer("processes.engine.checks.sandbox_server")


def check(
    xml: bytes, vocabulary: Vocabulary, *, deployed: Mapping[str, bytes] = NOTHING
) -> list[Finding]:
    """As `checker.check`, in a subprocess: a file that crashes it is a finding."""
    return check_all([xml], vocabulary, deployed=deployed)[0]


def check_all(
    files: Sequence[bytes],
    vocabulary: Vocabulary,
    *,
    deployed: Mapping[str, bytes] = NOTHING,
) -> list[list[Finding]]:
    """The findings for each file; the files may call each other."""
    seconds = WALL_SECONDS * (len(files) + 1)
    try:
        answer = server.ask(_question(files, vocabulary, deployed), seconds=seconds)
    except ChildFailedError:
        return [[CHECK_FAILED] for _file in files]
    if not answer:
        log.warning("check of uploaded files failed", extra={"files": len(files)})
        return [[TOO_HEAVY] for _file in files]
    return [_findings(found) for found in json.loads(answer)]


def as_json(finding: Finding) -> dict[str, Any]:
    """A finding as JSON for other programs."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "element": finding.element,
        "name": finding.name,
        "message": finding.message,
    }


def _question(
    files: Sequence[bytes], vocabulary: Vocabulary, deployed: Mapping[str, bytes]
) -> bytes:
    addresses = vocabulary.webhook_addresses
    question = {
        "files": [b64encode(xml).decode() for xml in files],
        "forms": sorted(vocabulary.forms),
        "topics": {name: dict(known) for name, known in vocabulary.topics.items()},
        "delegates": {name: dict(known) for name, known in vocabulary.delegates.items()},
        "form_names": _lists(vocabulary.form_names),
        "closed_forms": sorted(vocabulary.closed_forms),
        "start_forms": _lists(vocabulary.start_forms),
        "starters": sorted(vocabulary.starters),
        "given": sorted(vocabulary.given),
        "groups": sorted(vocabulary.groups),
        "disabled_addresses": sorted(vocabulary.disabled_addresses),
        "webhook_addresses": None if addresses is None else sorted(addresses),
        "topic_errors": _lists(vocabulary.topic_errors),
        "delegate_errors": _lists(vocabulary.delegate_errors),
        "deployed": [b64encode(xml).decode() for xml in deployed.values()],
    }
    return json.dumps(question).encode()


def _lists(sets: Mapping[str, frozenset[str]]) -> dict[str, list[str]]:
    return {name: sorted(each) for name, each in sets.items()}


def _findings(found: list[dict[str, Any]] | str) -> list[Finding]:
    """The findings of a file; of one on which our own code failed, that, with its places logged."""
    if isinstance(found, str):
        log.error("the check of a file failed", extra={"places": found})
        return [CHECK_FAILED]
    return [
        Finding(
            each["rule"], Severity(each["severity"]), each["element"], each["name"], each["message"]
        )
        for each in found
    ]
