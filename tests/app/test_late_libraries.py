"""The portal starts without the libraries that its first page does not need."""

import os
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec

import pytest

from app.areas import LATE
from tests import patience

LIBRARIES = (
    *("authlib", "email_validator", "fido2", "flufl.bounce", "icalendar", "joserfc"),
    *("markdown_it", "openpyxl", "phonenumbers", "requests", "typst"),
)
STARTS = """
import sys
from app.demo import zygote_server
zygote_server.share_imports()
import app.demo.begin
print(*sys.modules)
"""


def test_what_is_shared_by_all_parts_holds_no_library_of_one_page() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STARTS],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ,
        timeout=patience.SECONDS,
    )
    loaded = set(done.stdout.split())
    assert "app.demo.begin" in loaded
    assert all(find_spec(name) for name in LIBRARIES)
    assert loaded.isdisjoint(LIBRARIES)


@pytest.mark.parametrize("name", LATE)
def test_a_module_that_is_imported_late_adds_no_route(name: str) -> None:
    assert "bp" not in vars(import_module(name))
