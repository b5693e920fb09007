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


MARKS = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


@pytest.mark.parametrize("encoding", MARKS)
@pytest.mark.parametrize("head", ["", '<?xml version="1.0"?>', "\n<!-- kop -->"])
def test_utf_16_with_its_mark_needs_no_declaration(encoding: str, head: str) -> None:
    drawn = head + PLAIN.decode().replace('name="a"', 'name="Één €"')
    xml = MARKS[encoding] + drawn.encode(encoding)

    assert as_text(xml) == drawn
    assert [node.name for node in read(xml).nodes if node.id == "a"] == ["Één €"]
    assert not found(xml)


@pytest.mark.parametrize("encoding", MARKS)
def test_utf_16_without_its_mark_is_read_by_its_declaration(encoding: str) -> None:
    text = as_text(f'<?xml version="1.0" encoding="UTF-16"?>{PLAIN.decode()}'.encode(encoding))
    assert text == f'<?xml version="1.0" encoding="UTF-8"?>{PLAIN.decode()}'


@pytest.mark.parametrize("declared", ["UTF-8", "ISO-8859-1"])
@pytest.mark.parametrize("encoding", MARKS)
def test_the_mark_goes_before_a_declaration_that_it_contradicts(
    encoding: str, declared: str
) -> None:
    drawn = PLAIN.decode().replace('name="a"', 'name="Één €"')
    xml = f'<?xml version="1.0" encoding="{declared}"?>{drawn}'.encode(encoding)
    text = as_text(MARKS[encoding] + xml)

    assert text == f'<?xml version="1.0" encoding="UTF-8"?>{drawn}'
    names = [node.name for node in read(MARKS[encoding] + xml).nodes if node.id == "a"]
    assert names == ["Één €"]


def test_a_file_without_a_declaration_stays_as_it_is() -> None:
    assert as_text(PLAIN) == PLAIN.decode()


@pytest.mark.parametrize("reads", [read_xml, lambda xml: elements.read(xml).tree])
def test_whoever_reads_a_file_gets_a_tree_of_its_own(reads: Callable[[bytes], Any]) -> None:
    file = process(straight(user("visit"), ids=("visit",)))
    for each in list(reads(file)):
        each.getparent().remove(each)
    assert len(reads(file))
