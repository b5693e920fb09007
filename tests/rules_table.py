"""Writes which tests hold which rule into docs/domain.md: python -m tests.rules_table.

A test names the rules that it holds: `@pytest.mark.rule("R24", "R25")`.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "domain.md"
BEGIN, END = "<!-- rules: python -m tests.rules_table -->\n\n", "\n<!-- end of rules -->"
NOT_IMPLEMENTED: dict[str, str] = {}
PARTLY = {
    "R70": "Dutch only",
}


def rules() -> list[str]:
    """Every rule of docs/domain.md, in order."""
    found = re.findall(
        r"^\| (R\d+[a-z]?) \|", PAGE.read_text("utf-8").split(BEGIN)[0], re.MULTILINE
    )
    return sorted(set(found), key=place)


def place(rule: str) -> tuple[int, str]:
    number, letter = re.fullmatch(r"R(\d+)([a-z]?)", rule).groups()  # type: ignore[union-attr]
    return int(number), letter


def holders() -> Mapping[str, list[str]]:
    """The tests that name each rule, as `file`: name in words."""
    found = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for function, rule in marked(ast.parse(path.read_text("utf-8"))):
            words = function.removeprefix("test_").replace("_", " ")
            found[rule].append(f"`{path.relative_to(ROOT).as_posix()}`: {words}")
    return found


def marked(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Each test function with each rule that its marker names."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                yield from ((node.name, rule) for rule in rules_in(decorator))


def rules_in(decorator: ast.expr) -> list[str]:
    if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.rule":
        return [ast.literal_eval(each) for each in decorator.args]
    return []


def table() -> str:
    """A row for each rule: its tests, or why it has none."""
    tests = holders()
    rows = ["| rule | held by |", "|---|---|"]
    for rule in rules():
        said = [f"*partly: {PARTLY[rule]}*"] if rule in PARTLY else []
        if rule in NOT_IMPLEMENTED:
            said = [f"*not implemented: {NOT_IMPLEMENTED[rule]}*"]
        rows.append(f"| {rule} | {'<br>'.join([*tests.get(rule, []), *said])} |")
    return "\n".join(rows) + "\n"


def page() -> str:
    """docs/domain.md with the table as it is now."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    return f"{before}{BEGIN}{table()}{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
