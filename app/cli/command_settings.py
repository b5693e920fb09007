"""Settings for a command, which exits with a line per fault when they are invalid."""

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from processes.platform.settings import Settings

# Imports stand in the functions, as in app.cli: `loket --help` starts fast.


def checked_settings() -> "Settings":
    """The settings for a command that reads or changes data."""
    from pydantic import ValidationError

    from processes.platform.production import sentences
    from processes.platform.settings import current_settings

    try:
        return current_settings()
    except ValidationError as error:
        click.echo("\n".join(sentences(error)), err=True)
    except ValueError as error:
        click.echo(str(error), err=True)
    sys.exit(2)


def safe_settings() -> "Settings":
    """The settings for a part that starts; in production only safe ones, on a safe database."""
    from processes.platform.production import UnsafeProductionError, startable_settings

    try:
        return startable_settings()
    except UnsafeProductionError as error:
        click.echo(str(error), err=True)
    sys.exit(2)
