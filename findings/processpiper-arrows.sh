#!/bin/sh
# processpiper 0.8.1 writes nodes where BPMN wants arrows, and a pool narrower than its lanes.

# Semantic.xsd: incoming and outgoing refer to sequence flows. Seen: they name the node at the other
# end; an event that catches has none; the pool is 50 wide, its lanes lie beside it.

# What Loket does: it follows the arrows themselves (processes/engine/diagram/graph.py), and tells what
# lies outside its pool apart from what lies upon something else (frontend/editor/lint.js).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check processpiper==0.8.1
cat >show.py <<'PYTHON'
from xml.etree import ElementTree

from processpiper import ActivityType, EventType, ProcessMap

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"

with ProcessMap("Registration") as drawn:
    with drawn.add_pool("Register") as pool:
        with pool.add_lane("Provider") as lane:
            start = lane.add_element("Start", EventType.START)
            task = lane.add_element("Fill in", ActivityType.TASK)
            timer = lane.add_element("Wait", EventType.TIMER)
            end = lane.add_element("End", EventType.END)
        start.connect(task).connect(timer).connect(end)
    drawn.draw()
    drawn.export_to_bpmn("drawn.bpmn")

root = ElementTree.parse("drawn.bpmn").getroot()
by_id = {each.get("id"): each for each in root.iter()}
kind = lambda element: element.tag.rpartition("}")[2]
for node in root.find(f"{BPMN}process"):
    for way in ("incoming", "outgoing"):
        for told in node.findall(f"{BPMN}{way}"):
            print(node.get("name"), way, kind(by_id[told.text]))
    if kind(node) == "intermediateCatchEvent":
        print(node.get("name"), len(node), "child")
boxes = {
    kind(by_id[shape.get("bpmnElement")]): shape.find(f"{DC}Bounds") for shape in root.iter(f"{DI}BPMNShape")
}
pool, lane = boxes["participant"], boxes["lane"]
print("pool", pool.get("width"), "wide, lane begins", float(lane.get("x")) - float(pool.get("x")), "further")
PYTHON
cat >expected <<'TEXT'
Start outgoing task
Fill in incoming startEvent
Fill in outgoing intermediateCatchEvent
Wait 1 child
End incoming intermediateCatchEvent
pool 50 wide, lane begins 52.0 further
TEXT
venv/bin/python show.py 2>/dev/null | tee seen
diff expected seen
