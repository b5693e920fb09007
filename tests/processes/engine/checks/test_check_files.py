"""The report on files: one entry for each, whatever the file is."""

import json
import os
from pathlib import Path

import pytest

from processes.engine.checks.check_files import check_files, in_words, is_accepted
from processes.engine.checks.findings import Vocabulary
from tests.processes.engine.checks.rules.judging import PLAIN, VOCABULARY
from tests.processes.engine.checks.rules.test_calls import OTHER, calls
from tests.processes.engine.diagrams import process, straight, user


def written(folder: Path, name: str, xml: bytes) -> Path:
    path = folder / name
    path.write_bytes(xml)
    return path


def test_a_file_that_may_be_deployed_is_reported_so(tmp_path: Path) -> None:
    path = written(tmp_path, "plain.bpmn", PLAIN)

    reports = check_files([path], VOCABULARY)

    assert reports == [{"file": str(path), "deployable": True, "findings": []}]
    assert is_accepted(reports, draft=False)
    assert "kan worden gepubliceerd" in in_words(reports[0])


def test_findings_are_plain_json(tmp_path: Path) -> None:
    path = written(tmp_path, "plain.bpmn", PLAIN)

    (report,) = check_files([path], Vocabulary())

    assert not report["deployable"]
    (finding,) = json.loads(json.dumps(report))["findings"]
    assert set(finding) == {"rule", "severity", "element", "name", "message"}
    assert (finding["rule"], finding["element"]) == ("form-exists", "a")
    assert finding["message"] in in_words(report)


def test_a_draft_may_have_things_to_do(tmp_path: Path) -> None:
    path = written(tmp_path, "draft.bpmn", process(straight(user("unknown"), ids=("unknown",))))

    reports = check_files([path], VOCABULARY)

    assert not is_accepted(reports, draft=False)
    assert is_accepted(reports, draft=True)
    assert "concept" in in_words(reports[0])


def test_files_may_call_each_other(tmp_path: Path) -> None:
    paths = [
        written(tmp_path, "caller.bpmn", calls("q")),
        written(tmp_path, "called.bpmn", OTHER["q"]),
    ]

    assert is_accepted(check_files(paths, VOCABULARY), draft=False)
    assert not is_accepted(check_files(paths[:1], VOCABULARY), draft=False)


@pytest.mark.parametrize("name", ["gone.bpmn", "", "/dev/zero", "\x00", "a" * 5000])
def test_what_is_no_file_is_a_finding(name: str) -> None:
    (report,) = check_files([name], VOCABULARY)

    assert [finding["rule"] for finding in report["findings"]] == ["file-unreadable"]


def test_a_pipe_does_not_make_the_check_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.bpmn")

    (report,) = check_files([tmp_path / "pipe.bpmn"], VOCABULARY)

    assert not report["deployable"]
