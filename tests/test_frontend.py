"""What the editor's bundle says and takes, asked of the packages themselves; needs Node."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from app.studio.draw.element_templates import deployed_templates, element_templates

FRONTEND = Path(__file__).parents[1] / "frontend"
NODE = shutil.which("node")

pytestmark = pytest.mark.skipif(
    NODE is None or not (FRONTEND / "node_modules" / "bpmnlint").exists(),
    reason="no Node, or no packages in frontend/: run npm ci there",
)


def node(script: str, given: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(NODE), script], cwd=FRONTEND, input=given, capture_output=True, text=True, check=False
    )


@pytest.mark.rule("R70")
def test_every_text_of_the_editor_is_dutch() -> None:
    run = node("strings.mjs")
    assert (run.stderr, run.stdout.strip()) == ("", "[]")


def test_the_element_templates_are_what_the_published_schema_asks() -> None:
    deployed = deployed_templates({"aanmelden": "Aanmelden"}, {"controle": "Welke controle?"})
    run = node("valid.mjs", json.dumps([*element_templates(), *deployed]))
    assert (run.returncode, run.stderr) == (0, "")


def test_the_schema_refuses_what_is_no_template() -> None:
    run = node("valid.mjs", json.dumps([{"id": "a", "name": "A"}]))
    assert run.returncode == 1
