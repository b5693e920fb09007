"""The guide for process owners names what a diagram may really name."""

from pathlib import Path

import pytest

from processes.engine.diagram.form_fields import CONSTRAINTS, PROPERTIES, FieldType
from processes.reading.file_kinds import KINDS
from workers.vocabulary import vocabulary

GUIDE = Path(__file__).parent.parent / "docs" / "process-owners" / "wat-mag.md"


@pytest.mark.parametrize("kind", ["forms", "topics", "delegates"])
def test_the_guide_names_all_that_a_diagram_may_name(kind: str) -> None:
    text = GUIDE.read_text(encoding="utf8")
    known = getattr(vocabulary(), kind)
    named = {name for name in known if f"`{name}`" in text or f"`${{{name}}}`" in text}
    assert named == set(known)


def test_the_guide_names_every_type_and_constraint_of_a_field() -> None:
    text = GUIDE.read_text(encoding="utf8")
    assert all(f"| `{each}` |" in text for each in FieldType)
    assert all(f"`{each}`" in text for each in CONSTRAINTS)
    assert all(f"| `{each}` |" in text for each in PROPERTIES)
    assert all(f"`{each}`" in text for each in KINDS)
