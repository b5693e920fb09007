"""Rules for fields that ask for files: kinds, size, number, and where they may stand."""

from collections.abc import Iterator

from processes.engine.checks.rules.forms.fields import fields_with_nodes, named_field
from processes.engine.checks.rules.rule import Complaint, Surroundings, error
from processes.engine.diagram.form_fields import (
    ALLOWED,
    IN_TABLE,
    LARGEST_FILE,
    MEGABYTES,
    MOST_FILES,
    PREFILL,
    FieldType,
    constraints_of,
    kinds_in,
    megabytes_in,
    properties_of,
    type_of,
)
from processes.engine.diagram.graph import Diagram, Element, Node
from processes.engine.sentences.catalogue import say
from processes.reading.file_kinds import KINDS


def _files(diagram: Diagram) -> Iterator[tuple[Node, Element]]:
    for node, drawn in fields_with_nodes(diagram):
        if type_of(drawn) is FieldType.FILE:
            yield node, drawn


@error("form-field-file-kinds")
def _kinds_of_files_are_known(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, drawn in _files(diagram):
        for name in kinds_in(properties_of(drawn)):
            if name not in KINDS:
                known, field = ", ".join(KINDS), named_field(node, drawn)
                yield (
                    node,
                    say("checks.form-field-file-kinds", field=field, name=name[:40], known=known),
                )


@error("form-field-file-size")
def _files_have_a_largest_size(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, drawn in _files(diagram):
        said = properties_of(drawn)
        text = said.get(LARGEST_FILE, "").strip()
        if text and megabytes_in(said) is None:
            field = named_field(node, drawn)
            yield (
                node,
                say("checks.form-field-file-size", field=field, text=text[:40], most=MEGABYTES),
            )


@error("form-field-file-number")
def _a_few_files_are_asked(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, drawn in _files(diagram):
        most = dict(constraints_of(drawn)).get("max", "1")
        is_number = most.isascii() and most.isdigit() and 0 < int(most[:4]) <= MOST_FILES
        if not is_number:
            field = named_field(node, drawn)
            yield node, say("checks.form-field-file-number", field=field, most=MOST_FILES)


@error("form-field-file-place")
def _files_stand_by_themselves(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, drawn in _files(diagram):
        field, said = named_field(node, drawn), properties_of(drawn)
        if said.get(IN_TABLE, "").strip():
            yield node, say("checks.form-field-file-column", field=field)
        for name, text in (
            (PREFILL, said.get(PREFILL)),
            ("defaultValue", drawn.get("defaultValue")),
        ):
            if (text or "").strip():
                yield node, say("checks.form-field-file-plain", field=field, name=name)


@error("form-field-file-only")
def _only_files_have_kinds_and_sizes(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, drawn in fields_with_nodes(diagram):
        said = properties_of(drawn)
        if type_of(drawn) is FieldType.FILE:
            continue
        for name in (ALLOWED, LARGEST_FILE):
            if said.get(name, "").strip():
                field = named_field(node, drawn)
                yield node, say("checks.form-field-file-only", field=field, name=name)
