"""The command `loket doctor`."""

import json
import sys

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")
def doctor(*, as_json: bool) -> None:
    """Check the configuration, and say what is wrong and how to mend it.

    Looks at the settings, the database, the broker, the mail server, the login providers, the
    clock and the disk. Changes nothing, sends nothing. Exits with 1 when something is wrong; a
    warning is no reason to.
    """
    from app.cli.doctor.configuration import examine

    findings = examine()
    is_well = not any(finding.state == "wrong" for finding in findings)
    if as_json:
        found = [finding.as_json() for finding in findings]
        click.echo(json.dumps({"well": is_well, "checks": found}, indent=2))
    else:
        for finding in findings:
            click.echo(str(finding))
    sys.exit(0 if is_well else 1)


def register(main: click.Group) -> None:
    """Add the command to the command line."""
    main.add_command(doctor)
