"""The command `loket templates export`: element templates for the Camunda Modeler."""

import json
from pathlib import Path

import click


@click.group()
def templates() -> None:
    """Element templates: what a diagram may name, for the modeler."""


@templates.command("export")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="File to write; to the terminal if left out.",
)
def templates_export(out: Path | None) -> None:
    """Write the element templates as JSON.

    One for each form, topic and delegate. Put the file in resources/element-templates of the
    desktop Camunda Modeler (Camunda 7); the editor in the studio has them already.
    """
    from app.studio.draw.element_templates import element_templates

    text = json.dumps(element_templates(), ensure_ascii=False, indent=2) + "\n"
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")


def register(main: click.Group) -> None:
    """Add the commands to `loket`."""
    main.add_command(templates)
