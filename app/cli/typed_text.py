"""Text options of commands: one line, without characters that nobody sees; as the pages read it."""

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


LINE = Line()
VISIBLE = Line(visible=True)
