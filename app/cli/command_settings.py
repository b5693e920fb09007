"""Settings for a command, which exits with a line per fault when they are invalid."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from processes.platform.settings import Settings

# Imports stand in the functions, as in app.cli: `loket --help` starts fast.


def checked_settings() -> "Settings":
    """The settings for a command that reads or changes data."""
    from processes.platform.settings import current_settings

    return _checked(current_settings)


def looking_settings() -> "Settings":
    """The settings for a command that only looks: no secret is made and kept for it."""
    from processes.platform.settings import settings_without_a_kept_secret

    return _checked(settings_without_a_kept_secret)


def _checked(read: Callable[[], "Settings"]) -> "Settings":
    from pydantic import ValidationError

    from processes.platform.production import sentences

    try:
        return read()
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
