"""What docs/operate and deploy/ say is so: settings, commands, files, and the example settings."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pytest

from app.cli.main import main
from app.cli.settings_page import settings_page
from processes.platform.settings import Settings

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs" / "operate"
PAGES = sorted(DOCS.glob("*.md"))
FILES = (file for file in (ROOT / "deploy").rglob("*") if file.is_file())
DEPLOY = sorted(file for file in FILES if file.suffix != ".pyc")  # gunicorn compiles its settings
OF_THE_UNITS = {"BIND", "WEB_PROCESSES", "WEB_THREADS", "WORKER_PROCESSES", "ACCESS_LOG", "PYTHON"}
KNOWN = {name.upper() for name in Settings.model_fields} | OF_THE_UNITS
TO_FILL_IN = {
    "LOKET_SECRET_KEY": "a secret of at least thirty-two characters",
    "LOKET_OIDC_EHERKENNING_CLIENT_SECRET": "given by the broker",
    "LOKET_OIDC_ACCOUNTS_CLIENT_SECRET": "given by the issuer",
    "LOKET_DATABASE_URL": "postgresql+psycopg://loket@127.0.0.1:1/loket",
}


def test_the_page_of_settings_is_what_the_settings_say() -> None:
    page = (DOCS / "settings.md").read_text("utf-8")
    assert page == settings_page(), "loket settings --markdown > docs/operate/settings.md"


@pytest.mark.parametrize("file", [*PAGES, *DEPLOY], ids=lambda file: file.name)
def test_every_variable_that_is_named_exists(file: Path) -> None:
    named = set(re.findall(r"\bLOKET_([A-Z_]+[A-Z])\b", file.read_text("utf-8")))
    assert named - KNOWN == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert target.startswith("https://") or (DOCS / target).exists(), target
    for named in re.findall(r"`((?:deploy|app|tests|processes|bench)/[\w./-]*\w)", text):
        assert (ROOT / named).exists(), named


@pytest.mark.parametrize("file", [*PAGES, *DEPLOY], ids=lambda file: file.name)
def test_every_command_that_is_named_exists(file: Path) -> None:
    for words in _commands(file.read_text("utf-8")):
        command: click.Command = main
        for word in words:
            if not isinstance(command, click.Group):
                break
            assert word in command.commands, " ".join(words)
            command = command.commands[word]


def _commands(text: str) -> Iterator[list[str]]:
    """What stands behind `loket` in code: `loket db upgrade`, .venv/bin/loket doctor."""
    before = r"(?:`|bin/|^ *command: \[|&& )"
    for words in re.findall(before + r"loket((?:,? [a-z]+)+)", text, re.MULTILINE):
        yield re.findall(r"[a-z]+", words)


def settings_of_the_example(filled: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """What `loket settings` says when a shell reads the example, and then what was filled in."""
    example = ROOT / "deploy" / "loket.env.example"
    lines = ["set -a", f". {example}", *(f"{name}='{value}'" for name, value in filled.items())]
    return subprocess.run(
        ["/bin/sh", "-c", "\n".join([*lines, 'exec "$0" -m app.cli settings']), sys.executable],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


def test_the_example_filled_in_is_safe_for_production() -> None:
    shown = settings_of_the_example(TO_FILL_IN)
    assert shown.returncode == 0, shown.stderr
    assert "LOKET_PROFILE=production" in shown.stdout
    assert "LOKET_MAIL_FROM=Loket <noreply@loket.example>" in shown.stdout


def test_the_example_as_it_is_does_not_start() -> None:
    shown = settings_of_the_example({})
    assert shown.returncode != 0
    assert "LOKET_SECRET_KEY" in shown.stderr


def test_gunicorn_understands_its_configuration(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gunicorn", "--print-config", "-c"]
    shown = subprocess.run(
        [*command, "deploy/gunicorn.conf.py", "app.wsgi:app"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "LOKET_VAR": str(tmp_path), "LOKET_WEB_PROCESSES": "3"},
    )
    assert shown.returncode == 0, shown.stderr
    assert re.search(r"^workers +=.* 3$", shown.stdout, re.MULTILINE)
    assert re.search(r"^control_socket_disable +=.* True$", shown.stdout, re.MULTILINE)
