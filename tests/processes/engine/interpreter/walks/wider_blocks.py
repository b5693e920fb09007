"""Trees of blocks, each of which is a random diagram, and the file that is drawn of one."""

from typing import Any

from hypothesis import strategies as st

from tests.processes.engine.diagrams import HEAD, chain, node, user
from tests.processes.engine.interpreter.walks.drawings import Drawn
from tests.processes.engine.interpreter.walks.variable_drawings import VariableDrawing
from tests.processes.engine.interpreter.walks.wider_drawings import SIGNAL, no_plan
from tests.processes.engine.undoing import CANCEL, throw, undone

GATEWAYS = ("choice", "parallel", "inclusive")
ROOTS = (
    '<bpmn:error id="error_refused" name="refused" errorCode="refused"/>'
    '<bpmn:escalation id="escalation_told" name="told" escalationCode="told"/>'
)


def is_signal(name: str) -> bool:
    """Whether this is the name of a signal, of all that an instance may wait for."""
    return name.startswith(SIGNAL)


class UndoingDrawing(VariableDrawing):
    """Draws compensation and transactions too."""

    def draw_undone(self) -> Drawn:
        """A task that can be undone."""
        name = self.name("task")
        self.parts.append(undone(user(name), name))
        return name, name, no_plan

    def draw_undo(self, how: str, inner: Any, other: Any) -> Drawn:
        """A task that can be undone and something after it, of which one or all is undone."""
        (first, last, body), (then, _, rest) = self.within(inner), self.within(other)
        start, asked, event = (self.name(x) for x in ("start", "task", "undo"))
        parts = [node("startEvent", start), undone(user(asked), asked), body, rest]
        thrown = throw(event, asked if how == "one" else "", waits=how != "beside")
        parts += [thrown, chain(start, asked, first), chain(last, event, then)]
        return self.alone(*parts)

    def draw_cancelled(self, inner: Any, one: Any, other: Any) -> Drawn:
        """A transaction that somebody may cancel while something in it goes on."""
        inside = self.deeper()
        name, _, _ = inside.ended_by(CANCEL, inner, "transaction")
        inside.guard(name, CANCEL, one, other, interrupting=True)
        return self.alone(*inside.parts)


def wider_blocks() -> st.SearchStrategy[Any]:
    """Trees of blocks, each of which is a diagram."""
    either = st.sampled_from(["yes", "no"])
    kind = st.sampled_from(["timer", "message"])
    leaf = (
        st.just(("task",))
        | st.just(("until",))
        | st.just(("undone",))
        | st.tuples(st.just("together"), st.sampled_from(["true", "false"]))
        | st.tuples(st.just("wait"), st.sampled_from(["timer", "message", "receive", "any", "all"]))
    )

    def around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        source = st.sampled_from(["task", "wait", "rounds", "inside", "plain"])
        how = st.sampled_from(["all", "conditions", "default", "mixed"])
        caught = st.sampled_from(["error", "escalation", "beside"])
        sequential = st.sampled_from(["true", "false"])
        return (
            st.tuples(st.just("split"), source, how, inner, inner)
            | st.tuples(
                st.sampled_from(["merge", "sequence", "race", "signal", *GATEWAYS]), inner, inner
            )
            | st.tuples(st.sampled_from(["terminate", "loop", "subprocess", "call"]), inner)
            | st.tuples(st.just("caught"), caught, inner, inner, inner)
            | st.tuples(st.just("edge"), kind, either, inner, inner, inner)
            | st.tuples(st.just("handler"), kind, either, inner, inner)
            | st.tuples(st.just("rounds"), sequential, inner)
            | st.tuples(st.just("handled"), sequential, kind, either, inner, inner)
            | st.tuples(st.just("undo"), st.sampled_from(["one", "all", "beside"]), inner, inner)
            | st.tuples(st.just("when"), either, inner, inner)
            | st.tuples(st.just("local"), inner, inner)
            | st.tuples(st.sampled_from(["cancelled", "stopped"]), inner, inner, inner)
        )

    return st.recursive(leaf, around, max_leaves=7)


def wider_drawn(block: Any) -> bytes:
    """One file with the process `p` and all that it calls."""
    drawing = UndoingDrawing()
    body, _ = drawing.inside(block)
    messages = "".join(
        f'<bpmn:message id="message_{name}" name="{name}"/>' for name in drawing.messages
    ) + "".join(f'<bpmn:signal id="signal_{name}" name="{name}"/>' for name in drawing.signals)
    processes = "".join(
        f'<bpmn:process id="{key}" name="{key}" isExecutable="true">{each}</bpmn:process>'
        for key, each in {"p": body, **drawing.called}.items()
    )
    return f"{HEAD}{ROOTS}{messages}{processes}</bpmn:definitions>".encode()
