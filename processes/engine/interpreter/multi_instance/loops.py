"""Multi-instance and loop activities: each iteration has a copy of the variables, merged back."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import (
    ParallelMultiInstanceTask,
    SequentialMultiInstanceTask,
    StandardLoopTask,
)
from SpiffWorkflow.util.task import TaskState

from processes.engine.interpreter.data.data_objects import objects_in_reach
from processes.engine.interpreter.data.rounds import (
    COUNTED,
    count_anew,
    own_names,
    still_to_begin,
)
from processes.engine.interpreter.multi_instance.behaviours import after_a_round
from processes.engine.interpreter.multi_instance.collection import known_above, with_collection
from processes.engine.interpreter.outcomes import at_element
from processes.engine.language.expressions import (
    ExpressionError,
    compile_expression,
    evaluate,
)
from processes.engine.language.values import same, whole
from processes.engine.sentences.catalogue import say

MAX_ROUNDS = 1000


class _GivesBack:
    """What a round changed becomes the variables' new values, whole: lists are not mixed."""

    input_item: Any = None
    counted: tuple[str, ...] = ()  # of COUNTED, what the diagrams of the process name
    data_output: Any = None
    task_spec: str

    def _begun(self, my_task: Any) -> Any:
        """A new round, that is still to be given what is its own."""
        task_spec = my_task.workflow.spec.task_specs[self.task_spec]
        if not task_spec.completed_event.is_connected(self.merge_child):  # type: ignore[attr-defined]
            task_spec.completed_event.connect(self.merge_child)  # type: ignore[attr-defined]
        child = my_task._add_child(task_spec, TaskState.WAITING)
        child.triggered = True
        return child

    def _give_back(self, my_task: Any, child: Any, target: dict[str, Any]) -> None:
        local = own_names(self)
        before = my_task.data
        for name, value in child.data.items():
            if name not in local and (name not in before or not same(before[name], value)):
                target[name] = deepcopy(value)


class LoketStandardLoop(_GivesBack, StandardLoopTask):
    """A standard loop: runs while its condition holds, up to its maximum."""

    condition: str | None
    maximum: int | None
    element: Any

    def merge_child(self, _workflow: Any, child: Any) -> None:
        my_task = child.parent
        self._give_back(my_task, child, my_task.data)
        my_task.internal_data["merged"].append(0)
        if self.loop_complete(my_task):
            my_task._set_state(TaskState.READY)
        else:
            self.create_child(my_task)

    def create_child(self, my_task: Any) -> None:
        """Begin a round, which knows its number where that is named."""
        child = self._begun(my_task)
        number = len(my_task.internal_data["merged"])
        child.internal_data["iteration"] = number
        child.data.update(dict.fromkeys(self.counted, number))
        child.task_spec._update(child)

    def loop_complete(self, my_task: Any) -> bool:
        done = len(my_task.internal_data.get("merged", ()))
        if self.maximum is not None and done >= self.maximum:
            return True
        if self.condition is None:
            return False
        objects = objects_in_reach(my_task.workflow)
        known = {**objects, **my_task.data, "loopCounter": done}
        with at_element(self.element):
            return not compile_expression(self.condition).holds(known)


class _Multi(_GivesBack):
    """What both kinds of multi-instance share: the bound, the counters and the merge."""

    condition: str | None
    data_input: Any
    output_item: Any
    cardinality: str | None
    element: Any

    def _update_hook(self, my_task: Any) -> Any:
        # Checked before the rounds are made: a million of them would take the worker down.
        with at_element(self.element):
            size = self._size(my_task)
        if my_task.has_state(TaskState.PREDICTED_MASK):
            # Behind an event nothing is certain until it happens; stock forgets that it has.
            my_task._set_state(TaskState.FUTURE)
        my_task.internal_data.update(done=0, rounds=0, size=size)
        ready = super()._update_hook(my_task)  # type: ignore[misc]
        del my_task.internal_data["size"]
        return ready

    def create_child(self, my_task: Any, item: Any, key_or_index: Any = None) -> None:
        """Begin a round. Its element and its outcome are its own: they hide what has their name.

        Stock refuses the round where a variable has one of these names already.
        """
        child = self._begun(my_task)
        if self.output_item is not None and self.output_item.exists(my_task):
            self.output_item.set(child, None)
        if self.input_item is not None:
            self.input_item.set(child, deepcopy(item))
        if key_or_index is not None:
            child.internal_data["key_or_index"] = key_or_index
        else:
            child.internal_data["item"] = item
        self._count(my_task, child)
        child.task_spec._update(child)

    def _count(self, my_task: Any, child: Any) -> None:
        """Count a round that begins; it knows its place where that is named."""
        internal = my_task.internal_data
        number = internal["rounds"]
        internal["rounds"] = number + 1
        if self.counted:
            known = {"loopCounter": number, **self._counts(my_task)}
            child.data.update({name: known[name] for name in self.counted})

    def _counts(self, my_task: Any) -> dict[str, int]:
        """How many rounds there are; how many run, of one after the other always one; and are done.

        As in Camunda 7.
        """
        internal = my_task.internal_data
        whole = internal.get("size", internal["rounds"] + still_to_begin(my_task))
        return {
            "nrOfInstances": whole,
            "nrOfActiveInstances": self._active(whole, internal["done"]),
            "nrOfCompletedInstances": internal["done"],
        }

    def _active(self, whole: int, done: int) -> int:
        return whole - done

    def _merge(self, my_task: Any, child: Any, target: dict[str, Any]) -> None:
        my_task.internal_data["done"] += 1
        counts = self._counts(my_task)
        count_anew(my_task, {name: counts[name] for name in COUNTED[2:]})
        if self.data_output is not None and self.output_item is not None:
            self._collect(my_task, child)
        else:
            self._give_back(my_task, child, target)

    def _behave(self, my_task: Any, child: Any, given: Mapping[str, Any]) -> bool:
        """Throw what is due after this round; whether the activity goes on after it."""
        after_a_round(
            my_task,
            given,
            is_first=my_task.internal_data["done"] == 1,
            holds=lambda text: self._holds(text, my_task, child, given),
        )
        return not my_task.has_state(TaskState.FINISHED_MASK)

    def _collect(self, my_task: Any, child: Any) -> None:
        # Null where the round gave none, as a mapping out of a call has it.
        item = deepcopy(child.data.get(self.output_item.bpmn_id))
        collected = self.data_output.get(my_task)
        if isinstance(collected, Mapping):
            key = child.internal_data.get("key_or_index")
            self.data_output.set(my_task, {**collected, key: item})
        else:
            # In the order of the rounds, which need not be that in which they are done.
            number = list(self._rounds(my_task)).index(child)
            places = my_task.internal_data.setdefault("places", [-1] * len(collected))
            place = bisect_right(places, number)
            places.insert(place, number)
            self.data_output.set(my_task, [*collected[:place], item, *collected[place:]])

    def init_data_output_with_input_data(self, my_task: Any, input_data: Any) -> None:
        # Stock refuses an output that is filled already, as it is the second time in a circle.
        my_task.internal_data["places"] = []
        self.data_output.set(my_task, {} if isinstance(input_data, Mapping) else [])

    def init_data_output_with_cardinality(self, my_task: Any) -> None:
        my_task.internal_data["places"] = []
        self.data_output.set(my_task, [])

    def _size(self, my_task: Any) -> int:
        """How many rounds there will be. Raises ExpressionError where that is too many."""
        if self.data_input is not None:
            text = self.data_input.bpmn_id
            collection = self.data_input.begin(my_task)
            size = len(collection) if isinstance(collection, list | dict) else -1
        else:
            text = self.cardinality or ""
            size = whole(evaluate(text, known_above(my_task)))
        if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= MAX_ROUNDS:
            raise ExpressionError(say("language.no-rounds", most=MAX_ROUNDS), text)
        return size

    def _is_enough(self, my_task: Any, child: Any, given: Mapping[str, Any]) -> bool:
        return self.condition is not None and self._holds(self.condition, my_task, child, given)

    def _holds(self, condition: str, my_task: Any, child: Any, given: Mapping[str, Any]) -> bool:
        """Whether a condition holds after this round, which may ask how many there are."""
        objects = objects_in_reach(my_task.workflow)
        known = {**objects, **child.data, **given, **self._counts(my_task)}
        return compile_expression(condition).holds(known)

    def _rounds(self, my_task: Any) -> Iterator[Any]:
        tasks = my_task.workflow.tasks
        return (
            tasks[id_] for id_ in my_task._children if tasks[id_].task_spec.name == self.task_spec
        )


class LoketParallelMultiInstance(_Multi, ParallelMultiInstanceTask):
    """All iterations at once; their changes are merged when enough are done."""

    def merge_child(self, _workflow: Any, child: Any) -> None:
        my_task = child.parent
        # The rounds are compared with what they began with, so that stays as it is until the end.
        given = my_task.internal_data.setdefault("given", {})
        self._merge(my_task, child, given)
        if not self._behave(my_task, child, given):
            return
        enough = self._is_enough(my_task, child, given)
        if enough:
            for other in list(self._rounds(my_task)):
                other.cancel()
        if enough or self.children_complete(my_task):
            my_task.data.update(my_task.internal_data.pop("given"))
            my_task._set_state(TaskState.READY)

    def _update_hook(self, my_task: Any) -> Any:
        ready = super()._update_hook(my_task)
        my_task.internal_data.pop("collection", None)  # every round has its element by now
        return ready

    def children_complete(self, my_task: Any) -> bool:
        internal = my_task.internal_data
        if "rounds" not in internal:
            return not any(self._rounds(my_task))
        return bool(internal["done"] >= internal["rounds"])


class LoketSequentialMultiInstance(_Multi, SequentialMultiInstanceTask):
    """One iteration after the other; each sees the changes before it."""

    def _active(self, _whole: int, _done: int) -> int:
        return 1

    def merge_child(self, _workflow: Any, child: Any) -> None:
        my_task = child.parent
        internal = my_task.internal_data
        my_task.data.update(internal.pop("given", {}))  # of rounds that had begun in parallel
        self._merge(my_task, child, my_task.data)
        if not self._behave(my_task, child, my_task.data):
            return
        enough = self._is_enough(my_task, child, my_task.data)
        if enough or (self.children_complete(my_task) and internal["done"] >= internal["rounds"]):
            my_task._set_state(TaskState.READY)
        elif internal["done"] >= internal["rounds"]:
            self.add_next_child(my_task)

    def add_next_child(self, my_task: Any) -> None:
        # Stock takes an element that is null for the end of the list.
        if self.data_input is None:
            key, item = self.get_next_index(my_task)
        else:
            key, item = self._next_item(my_task)
        self.create_child(my_task, item, key)

    def _next_item(self, my_task: Any) -> tuple[Any, Any]:
        """The next key and element, of the collection as it was when the first round began."""
        remaining = my_task.internal_data["remaining"]
        my_task.internal_data["remaining"] = remaining[1:]
        return remaining[0], self.data_input.begun(my_task)[remaining[0]]


LOOPS = {
    StandardLoopTask: LoketStandardLoop,
    ParallelMultiInstanceTask: LoketParallelMultiInstance,
    SequentialMultiInstanceTask: LoketSequentialMultiInstance,
}


def become_ours(loop: Any, counted: tuple[str, ...]) -> None:
    """Make a loop of SpiffWorkflow one of ours; its rounds know what is `counted`."""
    loop.__class__ = LOOPS[type(loop)]
    known = COUNTED if isinstance(loop, _Multi) else COUNTED[:1]
    loop.counted = tuple(name for name in counted if name in known)
    with_collection(loop)
