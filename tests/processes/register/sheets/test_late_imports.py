"""What only files of spreadsheets need is loaded with the first of them, not by each process."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[4]
PARTS = ("app", "workers", "forms", "processes")
ONLY_LATE = re.compile(
    r"^(import|from) openpyxl|^from processes\.register\.sheets\.workbook", re.MULTILINE
)
WORKBOOK = ROOT / "processes" / "register" / "sheets" / "workbook.py"


def test_a_start_loads_no_spreadsheets() -> None:
    """Importing openpyxl is a sixth of a start."""
    early = [
        file
        for part in PARTS
        for file in (ROOT / part).rglob("*.py")
        if ONLY_LATE.search(file.read_text("utf-8"))
    ]
    assert early == [WORKBOOK]
