"""Compiled operators of FEEL: each is a closure over its parts (DMN 1.5 §10.3.2)."""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from processes.engine.language.feel.arithmetic import negate, operate
from processes.engine.language.feel.comparing import (
    contains,
    equal,
    make_range,
    ordered,
)
from processes.engine.language.feel.evaluation import Run, Scope
from processes.engine.language.feel.properties import property_of
from processes.engine.language.feel.types import Type, is_instance
from processes.engine.language.feel.values import (
    Function,
    NoValueError,
    Range,
    kinds_text,
    refuse_kinds,
)
from processes.engine.sentences.catalogue import say

Test: TypeAlias = Callable[[Any, Scope], Any]
"""A unary test: whether a value satisfies it, true, false or null."""


NUMBER_SIGNS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
PLAIN = frozenset({Decimal, str, bool})  # what Python compares as FEEL does
ORDERED = frozenset({Decimal, str})  # what Python orders as FEEL does


def constant(value: Any) -> Run:
    return lambda _scope: value


def no_value(reason: str) -> Run:
    """What is written so that it never has a value."""

    def run(scope: Scope) -> Any:
        scope.evaluation.reasons.note(reason)

    return run


def or_null(scope: Scope, function: Callable[..., Any], *given: Any) -> Any:
    """What a function gives; null, with the reason kept, where it has no value."""
    try:
        return function(*given)
    except NoValueError as reason:
        scope.evaluation.reasons.note(str(reason))
        return None


def name(called: str, otherwise: Any) -> Run:
    """The value of a name; a built-in function where nothing else has it."""

    def run(scope: Scope) -> Any:
        around: Scope | None = scope
        while around is not None:
            if called in around.values:
                return around.values[called]
            around = around.outer
        if otherwise is None:
            scope.evaluation.reasons.note(say("feel.name-unknown", name=called))
        return otherwise

    return run


def called_name(called: str, built_in: Function) -> Run:
    """The function that a call names: a variable that is none does not hide a built-in one."""
    found = name(called, built_in)

    def run(scope: Scope) -> Any:
        function = found(scope)
        return function if isinstance(function, Function) else built_in

    return run


def arithmetic(sign: str, left: Run, right: Run) -> Run:
    def run(scope: Scope) -> Any:
        found = or_null(scope, operate, sign, left(scope), right(scope))
        return scope.evaluation.bounded(found)

    return run


def negation(operand: Run) -> Run:
    return lambda scope: or_null(scope, negate, operand(scope))


def equality(left: Run, right: Run) -> Run:
    def run(scope: Scope) -> Any:
        one, other = left(scope), right(scope)
        if type(one) is type(other) and type(one) in PLAIN:
            return one == other
        return or_null(scope, equal, one, other)

    return run


def inequality(left: Run, right: Run) -> Run:
    return lambda scope: inverse(or_null(scope, equal, left(scope), right(scope)))


def comparison(sign: str, left: Run, right: Run) -> Run:
    holds = NUMBER_SIGNS[sign]

    def run(scope: Scope) -> Any:
        one, other = left(scope), right(scope)
        if type(one) is type(other) and type(one) in ORDERED:
            return holds(one, other)
        return or_null(scope, ordered, sign, one, other)

    return run


def between(value: Run, low: Run, high: Run) -> Run:
    def run(scope: Scope) -> Any:
        found = value(scope)
        above = or_null(scope, ordered, ">=", found, low(scope))
        return all_hold([above, or_null(scope, ordered, "<=", found, high(scope))])

    return run


def conjunction(parts: Sequence[Run]) -> Run:
    """`and`: false as soon as one part is, null where one is neither (DMN 1.5 table 50)."""
    return _joined(parts, decided_by=False)


def disjunction(parts: Sequence[Run]) -> Run:
    """`or`: true as soon as one part is, null where none is and one is not false."""
    return _joined(parts, decided_by=True)


def _joined(parts: Sequence[Run], *, decided_by: bool) -> Run:
    def run(scope: Scope) -> Any:
        outcome: bool | None = not decided_by
        for part in parts:
            value = part(scope)
            if value is decided_by:
                return decided_by
            if not isinstance(value, bool):
                outcome = None
                _note_no_truth(scope, value)
        return outcome

    return run


def choice(test: Run, then: Run, otherwise: Run) -> Run:
    """`if`: whatever is not true goes to `else`."""
    return lambda scope: then(scope) if test(scope) is True else otherwise(scope)


def instance_of(value: Run, type_: Type) -> Run:
    def run(scope: Scope) -> bool:
        known = scope.evaluation.types
        return is_instance(value(scope), known(type_) if known else type_)

    return run


def path(value: Run, called: str) -> Run:
    return lambda scope: or_null(scope, property_of, value(scope), called)


def listed(parts: Sequence[Run]) -> Run:
    return lambda scope: [part(scope) for part in parts]


def ranged(low: Run, high: Run, *, low_included: bool, high_included: bool) -> Run:
    return lambda scope: or_null(
        scope, make_range, low(scope), high(scope), low_included, high_included
    )


def one_sided(sign: str, end: Run) -> Run:
    """A range with one end, as `(< 10)`."""
    return lambda scope: or_null(scope, one_sided_range, sign, end(scope))


def one_sided_range(sign: str, end: Any) -> Range:
    """The values that `sign end` holds for. Raises NoValueError."""
    if sign == "=":
        return Range(end, end, low_included=True, high_included=True)
    if end is None or sign == "!=":
        refuse_kinds(sign, end)
    included = sign.endswith("=")
    if sign.startswith(">"):
        return Range(end, None, low_included=included, high_included=False)
    return Range(None, end, low_included=False, high_included=included)


def context(entries: Sequence[tuple[str, Run]]) -> Run:
    """A context; an entry sees those before it."""

    def run(scope: Scope) -> Any:
        made: dict[str, Any] = {}
        inner = scope.inner(made)
        for key, value in entries:
            made[key] = value(inner)
        return made

    return run


def membership(value: Run, tests: Sequence[Test]) -> Run:
    """`value in (tests)`."""

    def run(scope: Scope) -> Any:
        found = value(scope)
        return any_holds(test(found, scope) for test in tests)

    return run


def fits(value: Any, wanted: Any, scope: Scope) -> Any:
    """Whether a value is what a test names: in its range, among its items, or equal to it."""
    if isinstance(wanted, Range):
        return or_null(scope, contains, wanted, value)
    if isinstance(wanted, list):
        return _fits_list(value, wanted, scope)
    if isinstance(value, list) and wanted is not None:
        return or_null(scope, equal, value[0], wanted) if len(value) == 1 else False
    return or_null(scope, equal, value, wanted)


def _fits_list(value: Any, wanted: list[Any], scope: Scope) -> Any:
    if isinstance(value, list) and or_null(scope, equal, value, wanted) is True:
        return True
    return any_holds(fits(value, each, scope) for each in wanted) if wanted else False


def any_holds(values: Iterable[Any]) -> bool | None:
    """True where one is true, false where all are false, else null."""
    outcome: bool | None = False
    for value in values:
        if value is True:
            return True
        if value is not False:
            outcome = None
    return outcome


def all_hold(values: Iterable[Any]) -> bool | None:
    """False where one is false, true where all are true, else null."""
    return inverse(any_holds(inverse(value) for value in values))


def inverse(value: Any) -> bool | None:
    return not value if isinstance(value, bool) else None


def _note_no_truth(scope: Scope, value: Any) -> None:
    if value is not None:
        scope.evaluation.reasons.note(kinds_text("and", value))
