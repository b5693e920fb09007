"""What commands take: a line without characters that nobody sees, a KvK number, how many rows."""

import re
from typing import Any

import click

from processes.reading import characters


class Line(click.ParamType[str]):
    """One line of text; a required one must show something."""

    name = "text"

    def __init__(self, *, visible: bool = False) -> None:
        self.visible = visible

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The line as it is kept. Fails where nothing of it can be seen, and something must."""
        line = characters.line(str(value))
        if self.visible and not characters.is_visible(line):
            self.fail("type something that can be seen", param, ctx)
        return line


class KvkNumber(click.ParamType[str]):
    """Eight digits; it need not be of a company that the register knows."""

    name = "kvk"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The number as it was typed. Fails where it is none."""
        if not re.fullmatch(r"[0-9]{8}", str(value)):
            self.fail(f"{value}: a KvK number has eight digits", param, ctx)
        return str(value)


LINE = Line()
VISIBLE = Line(visible=True)
KVK = KvkNumber()
LIMIT = click.option(
    "--limit", default=50, show_default=True, type=click.IntRange(1, 100_000), help="Rows at most."
)
