#!/bin/sh
# rust-bpmn-analyzer-bindings 0.2.0: who waits for a message from outside its file never ends, and is dead.

# BPMN 2.0 (7.1.1, 9.3): a process may talk with a participant that is not drawn, or that is a pool without a
# process. Seen: a message comes from a process in the same file or from nowhere, so what such a process begins
# with or waits for never happens, with a message flow from an empty pool too. Behind an event-based gateway
# the timer beside that message is dead as well, though it needs nobody. A timer by itself happens; an exclusive
# choice that leads into a parallel join is found, rightly.

# What Loket does: each event may happen; what cannot be reached or never goes on is looked for in gateways and flows
# alone (tests/processes/engine/checks/rules/flow/test_gateways.py). Of a message that no process sends and no opening
# names a warning tells.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check rust-bpmn-analyzer-bindings==0.2.0
cat >show.py <<'PYTHON'
from rust_bpmn_analyzer_bindings import analyze_dead_activities, analyze_option_to_complete

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
MESSAGE = '<messageEventDefinition id="d1"/>'
TIMER = '<timerEventDefinition id="d2"><timeDuration>P7D</timeDuration></timerEventDefinition>'
OUTSIDE = """<collaboration id="c"><participant id="us" processRef="p"/><participant id="company"/>
    <messageFlow id="m" sourceRef="company" targetRef="wait"/></collaboration>"""


def node(kind, id_, inside=""):
    return f'<{kind} id="{id_}">{inside}</{kind}>'


def drawn(nodes, *paths, beside=""):
    pairs = [pair for path in paths for pair in zip(path.split(), path.split()[1:])]
    flows = "".join(f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(pairs))
    process = f'<process id="p" isExecutable="true">{nodes}{flows}</process>'
    return f'<definitions xmlns="{MODEL}" id="d" targetNamespace="t">{beside}{process}</definitions>'


BEGIN, END = node("startEvent", "begin"), node("endEvent", "end")
RECEIVES = BEGIN + node("receiveTask", "wait") + END
EITHER = (
    BEGIN
    + node("eventBasedGateway", "which")
    + node("intermediateCatchEvent", "answer", MESSAGE)
    + node("intermediateCatchEvent", "week", TIMER)
    + END
    + node("task", "remind")
    + node("endEvent", "late")
)
SENDER = """<collaboration id="c"><participant id="us" processRef="p"/><participant id="them" processRef="q"/>
    <messageFlow id="m" sourceRef="tell" targetRef="wait"/></collaboration>
  <process id="q"><startEvent id="b2"></startEvent><sendTask id="tell"></sendTask><endEvent id="e2"></endEvent>
    <sequenceFlow id="g1" sourceRef="b2" targetRef="tell"/><sequenceFlow id="g2" sourceRef="tell" targetRef="e2"/>
  </process>"""
JOIN = "".join(node("task", each) for each in "ab") + node("exclusiveGateway", "split") + node("parallelGateway", "join")
CASES = {
    "begins with a message": drawn(node("startEvent", "begin", MESSAGE) + node("task", "work") + END, "begin work end"),
    "waits for a message": drawn(RECEIVES, "begin wait end"),
    "of an empty pool": drawn(RECEIVES, "begin wait end", beside=OUTSIDE),
    "of a drawn process": drawn(RECEIVES, "begin wait end", beside=SENDER),
    "message or timer": drawn(EITHER, "begin which answer end", "which week remind late"),
    "timer": drawn(BEGIN + node("intermediateCatchEvent", "week", TIMER) + END, "begin week end"),
    "exclusive into parallel": drawn(BEGIN + JOIN + END, "begin split a join end", "split b join"),
}
for name, xml in CASES.items():
    ends = analyze_option_to_complete(xml).fulfilled
    dead = analyze_dead_activities(xml).problematic_elements
    print(f"{name}: {'ends' if ends else 'never ends'}, dead: {' '.join(sorted(dead)) or 'none'}")
PYTHON
cat >expected <<'TEXT'
begins with a message: ends, dead: work
waits for a message: never ends, dead: wait
of an empty pool: never ends, dead: wait
of a drawn process: ends, dead: none
message or timer: never ends, dead: remind
timer: ends, dead: none
exclusive into parallel: never ends, dead: none
TEXT
venv/bin/python show.py | tee seen
diff expected seen
