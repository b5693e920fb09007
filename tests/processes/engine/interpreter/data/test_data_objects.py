"""Data objects more than one scope around a task: found, read and written by our own code.

The parser of SpiffWorkflow 3.2.0 looks without end for a data object that is more than one scope
around its task, so no such diagram stands here: these tests play the parts that keep it from that.
"""

from types import SimpleNamespace
from typing import Any

from lxml import etree

from processes.engine.diagram.data_objects import Association, associations
from processes.engine.interpreter.data.data_objects import LoketDataObject
from processes.engine.interpreter.rewriting import rewrite
from tests.processes.engine.diagrams import node, process, straight, user

OBJECT = '<bpmn:dataObject id="o"/><bpmn:dataObjectReference id="r" dataObjectRef="o"/>'
READS = (
    '<bpmn:dataInputAssociation id="i"><bpmn:sourceRef>r</bpmn:sourceRef>'
    "</bpmn:dataInputAssociation>"
)


def scope(above: Any = None, **objects: Any) -> Any:
    drawn = SimpleNamespace(data_objects=dict.fromkeys(objects))
    return SimpleNamespace(parent_workflow=above, spec=drawn, data_objects=objects)


def test_an_object_is_found_however_many_scopes_are_between() -> None:
    (place,) = etree.fromstring(process(OBJECT))
    for _ in range(4):
        place = etree.SubElement(place, "subProcess")
    place.append(etree.fromstring(process(READS))[0][0])

    assert list(associations(place)) == [Association(is_input=True, data_object="o")]


def test_what_is_written_goes_to_the_scope_that_has_it_and_is_read_from_there() -> None:
    outer = scope(o=None)
    inner = scope(scope(scope(outer), other=1))
    task = SimpleNamespace(workflow=inner, data={"o": [1, 2]})

    LoketDataObject("o").set(task)
    assert (task.data, outer.data_objects) == ({}, {"o": [1, 2]})
    LoketDataObject("o").get(task)
    assert task.data == {"o": [1, 2]}
    assert inner.data_objects == {}


def test_the_nearest_of_two_scopes_counts() -> None:
    near, far = scope(scope(o="far"), o="near"), SimpleNamespace(data={})
    far.workflow = near

    LoketDataObject("o").get(far)

    assert far.data == {"o": "near"}


def test_the_parser_is_given_no_association() -> None:
    within = node("subProcess", "s", user("a", READS))
    tree = etree.fromstring(process(OBJECT + straight(within, user("b", READS), ids=("s", "b"))))

    rewrite(tree)

    kinds = {etree.QName(each).localname for each in tree.iter(etree.Element)}
    assert "dataObject" in kinds
    assert not {kind for kind in kinds if "Association" in kind}
