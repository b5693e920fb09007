"""How the commands of Loket are listed."""

import click


class Manual(click.Group):
    """Lists the commands in the order they are written, as a manual does."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(self.commands)
