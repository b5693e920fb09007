#!/bin/sh
# pm4py 2.7.23.11 takes one of two flows out of a task, where BPMN takes both.

# BPMN 2.0 (13.2.1): a task with several outgoing flows without conditions gives a token to each. Seen:
# played out as a Petri net, the traces are <a, b> and <a, c>, never both; so conformance of a log is
# judged by another process than was drawn. With a parallel gateway drawn between them it is right.

# What Loket does: several flows out of a task are a parallel split, in the interpreter and in what "Als
# tekst" says (docs/engine.md).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pm4py==2.7.23.11
cat >show.py <<'PYTHON'
from pm4py.algo.simulation.playout.petri_net import algorithm as playout
from pm4py.objects.bpmn.importer import importer
from pm4py.objects.conversion.bpmn import converter

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def flows(*pairs):
    return "".join(
        f'<bpmn:sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairs
    )


def traces(extra, *pairs):
    body = '<bpmn:startEvent id="s"/><bpmn:endEvent id="e"/><bpmn:endEvent id="e2"/>' + extra
    body += "".join(f'<bpmn:task id="{each}" name="{each}"/>' for each in "abc") + flows(*pairs)
    with open("drawn.bpmn", "w", encoding="utf-8") as file:
        file.write(
            f'<bpmn:definitions xmlns:bpmn="{BPMN}" id="d" targetNamespace="t">'
            f'<bpmn:process id="p">{body}</bpmn:process></bpmn:definitions>'
        )
    net = converter.apply(importer.apply("drawn.bpmn"))
    log = playout.apply(*net, variant=playout.Variants.EXTENSIVE, parameters={"max_trace_length": 6})
    return sorted({" ".join(event["concept:name"] for event in trace) for trace in log})


rest = (("b", "e"), ("c", "e2"))
print("out of the task:", traces("", ("s", "a"), ("a", "b"), ("a", "c"), *rest))
gateway = '<bpmn:parallelGateway id="g"/><bpmn:parallelGateway id="j"/>'
joined = (("b", "j"), ("c", "j"), ("j", "e"))
print("with a gateway:", traces(gateway, ("s", "a"), ("a", "g"), ("g", "b"), ("g", "c"), *joined))
PYTHON
cat >expected <<'TEXT'
out of the task: ['a b', 'a c']
with a gateway: ['a b c', 'a c b']
TEXT
venv/bin/python show.py | grep ': \[' | tee seen
diff expected seen
