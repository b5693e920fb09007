"""Token game on block-structured diagrams: the oracle of the random walks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Union

Values = dict[str, int]
Term = Union["Open", "After", "Both", "Guarded", "Scope", "Raised", None]
Plan = Callable[[Values], Term]


@dataclass(frozen=True)
class Open:
    """A user task."""

    name: str


@dataclass(frozen=True)
class Raised:
    """An error that the nearest guard which catches errors has yet to catch."""


@dataclass(frozen=True)
class After:
    """When the first is done, what follows begins."""

    first: Term
    then: Plan


@dataclass(frozen=True)
class Both:
    """Done when both are."""

    one: Term
    two: Term


@dataclass(frozen=True)
class Guarded:
    """Something with a boundary event, and where its token goes."""

    inner: Term
    event: str
    escape: Plan
    kind: str  # "timer", "beside" (does not interrupt) or "error"


@dataclass(frozen=True)
class Scope:
    """A subprocess: done when its main path is, and all that came beside it."""

    main: Term
    beside: tuple[Term, ...] = ()


def after(first: Term, then: Plan, values: Values) -> Term:
    """One thing, then another."""
    if isinstance(first, Raised):
        return first
    return then(values) if first is None else After(first, then)


def both(one: Term, two: Term) -> Term:
    """Two things at once."""
    if isinstance(one, Raised) or isinstance(two, Raised):
        return Raised()
    return one if two is None else two if one is None else Both(one, two)


def guarded(term: Guarded, inner: Term, values: Values) -> Term:
    """The same guard around what is left."""
    if isinstance(inner, Raised) and term.kind == "error":
        return term.escape(values)
    if inner is None or isinstance(inner, Raised):
        return inner
    return replace(term, inner=inner)


def scope(main: Term, beside: Iterable[Term] = ()) -> Term:
    """The same subprocess with what is left in it."""
    left = tuple(each for each in beside if each is not None)
    if isinstance(main, Raised) or any(isinstance(each, Raised) for each in left):
        return Raised()
    return Scope(main, left) if main is not None or left else None


def tasks_of(term: Term) -> list[str]:
    """The names of the open tasks, in order; a name twice is open twice."""
    match term:
        case Open(name):
            return [name]
        case After(first, _):
            return tasks_of(first)
        case Both(one, two):
            return sorted(tasks_of(one) + tasks_of(two))
        case Guarded(inner=inner):
            return tasks_of(inner)
        case Scope(main, beside):
            return sorted(name for each in (main, *beside) for name in tasks_of(each))
    return []


def timers_of(term: Term) -> list[str]:
    """The boundary timers that run."""
    match term:
        case After(first, _):
            return timers_of(first)
        case Both(one, two):
            return sorted(timers_of(one) + timers_of(two))
        case Guarded(inner, event, _, kind):
            own = [event] if kind != "error" else []
            return sorted(own + timers_of(inner))
        case Scope(main, beside):
            return sorted(name for each in (main, *beside) for name in timers_of(each))
    return []


class Move:
    """Completes the first open task of this name, or fires this timer."""

    def __init__(self, name: str, values: Values) -> None:
        self.name, self.values = name, values
        self.done = False
        self.beside: list[Term] = []

    def play(self, term: Term) -> Term:
        """What is left of the term after this move."""
        match term:
            case Open(name) if name == self.name and not self.done:
                self.done = True
                return None
            case After(first, then):
                return after(self.play(first), then, self.values)
            case Both(one, two):
                return both(self.play(one), self.play(two))
            case Guarded():
                return self._guarded(term)
            case Scope(main, beside):
                return self._scope(main, beside)
        return term

    def _guarded(self, term: Guarded) -> Term:
        if term.event != self.name or term.kind == "error" or self.done:
            return guarded(term, self.play(term.inner), self.values)
        self.done = True
        if term.kind == "timer":
            return term.escape(self.values)
        self.beside.append(term.escape(self.values))
        return term.inner

    def _scope(self, main: Term, beside: tuple[Term, ...]) -> Term:
        main, left = self.play(main), [self.play(each) for each in beside]
        came, self.beside = self.beside, []
        return scope(main, [*left, *came])
