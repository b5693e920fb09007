"""Rules for tables in a form: their columns, their number of rows."""

from collections.abc import Iterator

from processes.engine.checks.rules.forms.fields import fields_with_nodes, named_field
from processes.engine.checks.rules.rule import Complaint, Surroundings, error, todo
from processes.engine.diagram.form_fields import (
    GROUP,
    IN_TABLE,
    MOST_ROWS,
    VISIBLE,
    FieldType,
    constraints_of,
    id_of,
    properties_of,
    type_of,
)
from processes.engine.diagram.graph import Diagram, Element, Node
from processes.engine.sentences.catalogue import say


@error("form-field-column")
def _columns_stand_in_a_table(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, drawn in fields_with_nodes(diagram):
        table = _table_of(drawn)
        if table and (node, table) not in _tables(diagram):
            named = named_field(node, drawn)
            yield node, say("checks.form-field-column", field=named, table=table[:40])
        elif table and type_of(drawn) is FieldType.TABLE:
            yield node, say("checks.form-field-nested-table", field=named_field(node, drawn))
        elif table and set(properties_of(drawn)) & {GROUP, VISIBLE}:
            yield node, say("checks.form-field-plain-column", field=named_field(node, drawn))


@todo("form-field-table")
def _tables_have_columns(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    named = {(node, _table_of(drawn)) for node, drawn in fields_with_nodes(diagram)}
    for node, drawn in fields_with_nodes(diagram):
        if type_of(drawn) is FieldType.TABLE and (node, id_of(drawn)) not in named:
            yield node, say("checks.form-field-no-columns", field=named_field(node, drawn))


@error("form-field-rows")
def _tables_have_some_rows(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node, drawn in fields_with_nodes(diagram):
        most = dict(constraints_of(drawn)).get("max", "1")
        is_number = most.isascii() and most.isdigit() and 0 < int(most[:4]) <= MOST_ROWS
        if type_of(drawn) is FieldType.TABLE and not is_number:
            named = named_field(node, drawn)
            yield node, say("checks.form-field-rows", field=named, most=MOST_ROWS)


def _table_of(drawn: Element) -> str:
    return properties_of(drawn).get(IN_TABLE, "").strip()


def _tables(diagram: Diagram) -> set[tuple[Node, str]]:
    return {
        (node, id_of(drawn))
        for node, drawn in fields_with_nodes(diagram)
        if type_of(drawn) is FieldType.TABLE
    }
