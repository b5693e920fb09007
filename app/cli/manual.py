"""Click group that lists its commands in the order of the code."""

import click


class Manual(click.Group):
    """Lists the commands in the order in which they are defined."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(self.commands)
