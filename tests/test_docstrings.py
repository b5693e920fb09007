"""Docstrings: every module says what it does, every public function names the errors it raises."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("app", "workers", "forms", "processes")
GENERATED = "app/setup/migrations/versions"
MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for package in (*PACKAGES, "tests")
    for path in (ROOT / package).rglob("*.py")
    if GENERATED not in path.as_posix()
)


@pytest.mark.parametrize("package", [*PACKAGES, "tests"])
def test_every_module_says_in_one_line_what_it_does(package: str) -> None:
    silent = [
        module
        for module in MODULES
        if module.startswith(package) and not ast.get_docstring(parsed(module))
    ]
    assert silent == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_function_names_the_errors_that_it_raises(package: str) -> None:
    unnamed = [
        f"{module}: {name} raises {error}"
        for module in MODULES
        if module.startswith(package)
        for name, error in unnamed_errors(parsed(module))
    ]
    assert unnamed == []


def test_an_error_that_is_raised_and_not_named_is_found() -> None:
    source = '''
def silent(): raise TaskNotOpenError(1)
def named():
    """Raises LookupError."""
    raise LookupError
class Job:
    def nested(self):
        def inside(): raise ValueError
        if self: raise errors.LostError from None
    def again(self):
        try: pass
        except OSError: raise
'''
    assert set(unnamed_errors(ast.parse(source))) == {
        ("silent", "TaskNotOpenError"),
        ("Job.nested", "LostError"),
    }


def parsed(module: str) -> ast.Module:
    return ast.parse((ROOT / module).read_text("utf-8"))


def unnamed_errors(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Each public function with an error that its docstring, or that of its class, leaves out."""
    for where, said, function in public_functions(tree.body):
        promised = f"{said} {ast.get_docstring(function) or ''}"
        for error in sorted(set(raised_in(function))):
            if error not in promised:
                yield f"{where}{function.name}", error


def public_functions(
    body: list[ast.stmt], where: str = "", said: str = ""
) -> Iterator[tuple[str, str, ast.FunctionDef]]:
    for node in body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield where, said, node
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(
                node.body, f"{where}{node.name}.", ast.get_docstring(node) or ""
            )


def raised_in(node: ast.AST) -> Iterator[str]:
    """The classes that are raised in this body itself; what is raised anew is not counted."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(child, ast.Raise) and child.exc is not None:
            raised = child.exc.func if isinstance(child.exc, ast.Call) else child.exc
            names = ast.unparse(raised).split(".")
            yield from [name for name in names if name[:1].isupper()][:1]
        yield from raised_in(child)
