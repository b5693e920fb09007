"""Functions of FEEL on lists (DMN 1.5 §10.3.4.4)."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from processes.engine.language.feel.arithmetic import operate
from processes.engine.language.feel.builtins.registry import built_in, integer, items, place
from processes.engine.language.feel.calls import invoke
from processes.engine.language.feel.comparing import compare, same
from processes.engine.language.feel.evaluation import Evaluation
from processes.engine.language.feel.nodes import all_hold, any_holds
from processes.engine.language.feel.values import (
    DURATIONS,
    NUMBERS,
    Function,
    NoValueError,
    kind,
    refuse_kinds,
)
from processes.engine.sentences.catalogue import say


def of_all(name: str) -> Callable[[Callable[[list[Any]], Any]], Callable[[list[Any]], Any]]:
    """Register a function that takes one list, or its items one by one."""

    def register(run: Callable[[list[Any]], Any]) -> Callable[[list[Any]], Any]:
        def spread(*given: Any) -> Any:
            return run(items(given[0]) if len(given) == 1 else list(given))

        built_in(name, "list", spreads=True)(spread)
        return run

    return register


def _numbers(values: Sequence[Any]) -> list[Decimal]:
    for each in values:
        if kind(each) != "number":
            refuse_kinds("+", each)
    return list(values)


def _some(name: str, values: list[Any]) -> list[Any]:
    if not values:
        raise NoValueError(say("feel.of-nothing", name=name))
    return values


@of_all("min")
def _least(values: list[Any]) -> Any:
    return _extreme("min", values, -1)


@of_all("max")
def _most(values: list[Any]) -> Any:
    return _extreme("max", values, 1)


def _extreme(name: str, values: list[Any], sign: int) -> Any:
    best = _some(name, values)[0]
    compare(best, best)
    for each in values[1:]:
        if compare(each, best) * sign > 0:
            best = each
    return best


@of_all("sum")
def _sum(values: list[Any]) -> Any:
    total = _some("sum", values)[0]
    if kind(total) != "number" and kind(total) not in DURATIONS:
        refuse_kinds("+", total)
    for each in values[1:]:
        total = operate("+", total, each)
    return total


@of_all("mean")
def _mean(values: list[Any]) -> Any:
    return operate("/", _sum(_numbers(values)), Decimal(len(values)))


@of_all("product")
def _product(values: list[Any]) -> Decimal:
    total = Decimal(1)
    for each in _numbers(_some("product", values)):
        total = NUMBERS.multiply(total, each)
    return total


@of_all("median")
def _median(values: list[Any]) -> Decimal:
    ranked = sorted(_numbers(_some("median", values)))
    middle = len(ranked) // 2
    if len(ranked) % 2:
        return ranked[middle]
    return NUMBERS.divide(NUMBERS.add(ranked[middle - 1], ranked[middle]), Decimal(2))


@of_all("stddev")
def _deviation(values: list[Any]) -> Decimal:
    """Of a sample: by the number of values less one."""
    known = _numbers(values)
    if len(known) < 2:  # noqa: PLR2004 - no deviation of one
        raise NoValueError(say("feel.of-nothing", name="stddev"))
    mean = _mean(values)
    squares = [NUMBERS.multiply(*[NUMBERS.subtract(each, mean)] * 2) for each in known]
    return NUMBERS.sqrt(NUMBERS.divide(_sum(squares), Decimal(len(known) - 1)))


@of_all("mode")
def _mode(values: list[Any]) -> list[Decimal]:
    known = _numbers(values)
    counts = dict.fromkeys(known, 0)
    for each in known:
        counts[each] += 1
    most = max(counts.values(), default=0)
    return sorted(each for each, count in counts.items() if count == most)


@of_all("all")
def _all(values: list[Any]) -> bool | None:
    return all_hold(values)


@of_all("any")
def _any(values: list[Any]) -> bool | None:
    return any_holds(values)


@built_in("list contains", "list, element")
def _contains(values: Any, element: Any) -> bool:
    return any(same(each, element) for each in items(values))


@built_in("count", "list")
def _count(values: Any) -> Decimal:
    return Decimal(len(items(values)))


@built_in("sublist", "list, start position, length")
def _part(values: Any, start: Any, length: Any) -> list[Any]:
    known, count = items(values), integer(length)
    at = place(start, len(known))
    if count < 0 or at + count > len(known):
        raise NoValueError(say("feel.wrong-length"))
    return known[at : at + count]


@built_in("sublist", "list, start position")
def _rest(values: Any, start: Any) -> list[Any]:
    known = items(values)
    return known[place(start, len(known)) :]


@built_in("append", "list, item", spreads=True)
def _append(values: Any, *more: Any) -> list[Any]:
    return [*items(values), *more]


@built_in("concatenate", "list", spreads=True)
def _concatenate(*lists: Any) -> list[Any]:
    return [each for values in lists for each in items(values)]


@built_in("union", "list", spreads=True)
def _union(*lists: Any) -> list[Any]:
    return _distinct(_concatenate(*lists))


@built_in("distinct values", "list")
def _distinct(values: Any) -> list[Any]:
    kept: list[Any] = []
    for each in items(values):
        if not any(same(each, other) for other in kept):
            kept.append(each)
    return kept


@built_in("insert before", "list, position, newItem")
def _insert(values: Any, position: Any, item: Any) -> list[Any]:
    known = items(values)
    at = place(position, len(known))
    return [*known[:at], item, *known[at:]]


@built_in("remove", "list, position")
def _remove(values: Any, position: Any) -> list[Any]:
    known = items(values)
    at = place(position, len(known))
    return known[:at] + known[at + 1 :]


@built_in("list replace", "list, position, newItem", calls=True)
def _replace(evaluation: Evaluation, values: Any, position: Any, item: Any) -> list[Any]:
    """At a position, or wherever the function `match(item, newItem)` holds."""
    known = items(values)
    if not isinstance(position, Function):
        at = place(position, len(known))
        return [*known[:at], item, *known[at + 1 :]]
    replaced = []
    for each in known:
        hit = invoke(position, [each, item], {}, evaluation)
        if not isinstance(hit, bool):
            refuse_kinds("match", hit)
        replaced.append(item if hit else each)
    return replaced


@built_in("list replace", "list, match, newItem", calls=True)
def _replace_by_name(evaluation: Evaluation, values: Any, match: Any, item: Any) -> list[Any]:
    return _replace(evaluation, values, match, item)


@built_in("reverse", "list")
def _reverse(values: Any) -> list[Any]:
    return items(values)[::-1]


@built_in("index of", "list, match")
def _places(values: Any, match: Any) -> list[Decimal]:
    return [Decimal(at) for at, each in enumerate(items(values), 1) if same(each, match)]


@built_in("flatten", "list")
def _flatten(values: Any) -> list[Any]:
    flat: list[Any] = []
    for each in items(values):
        flat += _flatten(each) if isinstance(each, list) else [each]
    return flat


@built_in("sort", "list, precedes", required=1, calls=True)
def _sort(evaluation: Evaluation, values: Any, precedes: Any = None) -> list[Any]:
    """By a function that tells whether the first of two comes first, else by their order."""
    if precedes is None:
        return sorted(items(values), key=cmp_to_key(compare))

    def order(one: Any, other: Any) -> int:
        return -1 if invoke(precedes, [one, other], {}, evaluation) is True else 1

    return sorted(items(values), key=cmp_to_key(order))
