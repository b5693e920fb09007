"""Finds every audit action, and the names of details, in the source by AST."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = ("app", "forms", "processes", "workers")


def written_actions(computed: Mapping[tuple[str, str], set[str]]) -> Iterator[tuple[str, str]]:
    """Pairs of a module and an action; `computed` has what is put together while running."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            module = str(path.relative_to(ROOT))
            if "record_event" in (text := path.read_text()):
                found = _Module(module, ast.parse(text), computed).actions()
                yield from ((module, action) for action in found)


def written_details() -> Iterator[str]:
    """Names of details that calls give to `record_event` with a company, also by a helper."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "record_event" in (text := path.read_text()):
                yield from _details(ast.parse(text))


def _details(tree: ast.Module) -> Iterator[str]:
    calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call)]
    direct = [call for call in calls if _called(call) == "record_event" and _names(call) >= {"kvk"}]
    helpers = {
        each.name
        for each in ast.walk(tree)
        if isinstance(each, ast.FunctionDef) and each.args.kwarg
        if any(call in direct for call in ast.walk(each))
    }
    for call in [*direct, *(call for call in calls if _called(call) in helpers)]:
        yield from _names(call) - {"actor", "kvk", "subject"}


def _names(call: ast.Call) -> set[str]:
    return {each.arg for each in call.keywords if each.arg}


class _Module:
    def __init__(
        self, name: str, tree: ast.Module, computed: Mapping[tuple[str, str], set[str]]
    ) -> None:
        self.name, self.tree, self.computed = name, tree, computed
        self.functions = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)]

    def actions(self) -> set[str]:
        return self._given_to("record_event", 1, "action")

    def _given_to(self, function: str, place: int, keyword: str) -> set[str]:
        """What every call of this function in this module gives for one of its parameters."""
        found: set[str] = set()
        for inside in self.functions:
            for call in ast.walk(inside):
                if isinstance(call, ast.Call) and _called(call) == function:
                    found |= self._values(_argument(call, place, keyword), inside)
        return found

    def _values(self, value: ast.expr, inside: ast.FunctionDef) -> set[str]:
        if (self.name, ast.unparse(value)) in self.computed:
            return self.computed[self.name, ast.unparse(value)]
        match value:
            case ast.Constant(value=str(text)):
                return {text}
            case ast.IfExp(body=body, orelse=otherwise):
                return self._values(body, inside) | self._values(otherwise, inside)
            case ast.Name(id=name):
                return self._of_name(name, inside)
        message = f"{self.name}: say in the test what {ast.unparse(value)} may be"
        raise AssertionError(message)

    def _of_name(self, name: str, inside: ast.FunctionDef) -> set[str]:
        parameters = [each.arg for each in (*inside.args.args, *inside.args.kwonlyargs)]
        if name in parameters:
            return self._given_to(inside.name, parameters.index(name), name)
        found: set[str] = set()
        for each in ast.walk(inside):
            if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == name:
                found |= self._values(each.value, inside)
        assert found, f"{self.name}: where does {name} come from?"
        return found


def _called(call: ast.Call) -> str:
    return str(getattr(call.func, "id", getattr(call.func, "attr", "")))


def _argument(call: ast.Call, place: int, keyword: str) -> ast.expr:
    named = [each.value for each in call.keywords if each.arg == keyword]
    return named[0] if named else call.args[place]
