"""Compiled `for`, `some`, `every` and filters of FEEL (DMN 1.5 §10.3.2.5, §10.3.2.11-12)."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from processes.engine.language.feel.evaluation import Evaluation, Run, Scope
from processes.engine.language.feel.moments import Date
from processes.engine.language.feel.nodes import all_hold, any_holds, or_null
from processes.engine.language.feel.values import NoValueError, Range, refuse_kinds
from processes.engine.sentences.catalogue import say

Items: TypeAlias = Callable[[Scope], list[Any]]
"""The items that a loop goes through. Raises NoValueError."""


def iteration(iterators: Sequence[tuple[str, Items]], body: Run) -> Run:
    """`for … return body`; `partial` is what it has so far."""

    def run(scope: Scope) -> Any:
        made: list[Any] = []
        inner = scope.inner({"partial": made})
        return or_null(scope, _collected, iterators, inner, body, made)

    return run


def quantified(iterators: Sequence[tuple[str, Items]], body: Run, *, every: bool) -> Run:
    """`some … satisfies body` or `every … satisfies body`."""

    def run(scope: Scope) -> Any:
        found = or_null(scope, _collected, iterators, scope, body, [])
        if found is None:
            return None
        return all_hold(found) if every else any_holds(found)

    return run


def filtered(source: Run, test: Run) -> Run:
    """`source[test]`: the items for which it holds, or the one at that place."""

    def run(scope: Scope) -> Any:
        return or_null(scope, chosen, source(scope), lambda item: test(within(scope, item)), scope)

    return run


def chosen(whole: Any, test: Callable[[Any], Any], scope: Scope) -> Any:
    """The items that satisfy a test, or the item at a number. Raises NoValueError."""
    if whole is None:
        raise NoValueError(say("feel.filter-of-nothing"))
    items = as_items(whole, scope.evaluation)
    kept: list[Any] = []
    for item in items:
        hit = test(item)
        if type(hit) is Decimal:
            return _at(items, hit)
        if hit is True:
            kept.append(item)
        elif hit is not None and hit is not False:
            refuse_kinds("[ ]", hit)
    if not items and type(test(None)) is Decimal:
        raise NoValueError(say("feel.no-such-item"))
    return kept


def within(scope: Scope, item: Any) -> Scope:
    """A filter sees the item, and where that is a context its entries."""
    around = scope.inner({"item": item})
    return around.inner(item) if isinstance(item, dict) else around


def items_of(source: Run) -> Items:
    """The items of a list or range; of anything else that one value."""

    def run(scope: Scope) -> list[Any]:
        value = source(scope)
        if value is None:
            raise NoValueError(say("feel.loop-over-nothing"))
        return as_items(value, scope.evaluation)

    return run


def span(low: Run, high: Run) -> Items:
    """`low..high` of a loop, which may count down."""

    def run(scope: Scope) -> list[Any]:
        ends = Range(low(scope), high(scope), low_included=True, high_included=True)
        return list(_counted(ends, scope.evaluation))

    return run


def as_items(value: Any, evaluation: Evaluation) -> list[Any]:
    """A list as it is, the members of a range, and anything else as a list of one."""
    if isinstance(value, Range):
        return list(_counted(value, evaluation))
    return value if isinstance(value, list) else [value]


def _collected(
    iterators: Sequence[tuple[str, Items]], scope: Scope, body: Run, made: list[Any]
) -> list[Any]:
    """What the body gives for each combination, the last iterator fastest."""
    if not iterators:
        made.append(body(scope))
        return made
    called, items = iterators[0]
    for item in items(scope):
        _collected(iterators[1:], scope.inner({called: item}), body, made)
    return made


def _counted(ends: Range, evaluation: Evaluation) -> Iterator[Any]:
    low, high = ends.low, ends.high
    if type(low) is not type(high) or type(low) not in (Decimal, Date):
        refuse_kinds("..", low, high)
    first, last = (low.number, high.number) if isinstance(low, Date) else (low, high)
    step = 1 if first <= last else -1
    at = first if ends.low_included else first + step
    while at * step < last * step or (ends.high_included and at == last):
        evaluation.step()
        yield low.plus_days(at - first) if isinstance(low, Date) else at
        at += step


def _at(items: list[Any], number: Decimal) -> Any:
    """The item at this place: 1 is the first, -1 the last."""
    place = int(number)
    if place != number or not 1 <= abs(place) <= len(items):
        raise NoValueError(say("feel.no-such-item"))
    return items[place - 1 if place > 0 else place]
