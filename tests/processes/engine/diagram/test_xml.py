"""A file is stored as text, whatever its encoding was."""

from collections.abc import Callable
from typing import Any

import pytest

from processes.engine.diagram import elements
from processes.engine.diagram.graph import read, read_xml
from processes.engine.diagram.xml import as_text
from tests.processes.engine.checks.rules.judging import PLAIN, found
from tests.processes.engine.diagrams import process, straight, user


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_a_file_in_any_known_encoding_is_stored_whole(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    drawn = PLAIN.decode().replace('name="a"', 'name="Één €"' if "8859" not in encoding else
        'name="Één"')  # fmt: skip
    xml = f'<?xml version="1.0" encoding="{declared}"?>{drawn}'.encode(encoding)

    text = as_text(xml)

    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>')
    assert text.endswith(drawn)
    (name,) = [node.name for node in read(text.encode()).nodes if node.id == "a"]
    assert name is not None
    assert name.startswith("Één")
    assert not found(text.encode())


def test_a_file_without_a_declaration_stays_as_it_is() -> None:
    assert as_text(PLAIN) == PLAIN.decode()


@pytest.mark.parametrize("reads", [read_xml, lambda xml: elements.read(xml).tree])
def test_whoever_reads_a_file_gets_a_tree_of_its_own(reads: Callable[[bytes], Any]) -> None:
    file = process(straight(user("visit"), ids=("visit",)))
    for each in list(reads(file)):
        each.getparent().remove(each)
    assert len(reads(file))
