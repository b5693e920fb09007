"""Writes an export as a ZIP file: a page to read, a CSV file for each part, JSON, and files."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from processes.base import local, now
from processes.casework.exports.parts import Contents, File, Part, as_json
from processes.letters.csv_files import csv_file

PAGE, DATA = "lees-mij.html", "gegevens.json"
STYLE = (
    "body{font:1rem/1.5 sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;display:block;overflow-x:auto}"
    "td,th{border:1px solid #767676;padding:.3rem .5rem;text-align:left;vertical-align:top}"
)
ODD = re.compile(r"[^\w.() -]+")


def zip_of(contents: Contents) -> bytes:
    """The export as bytes of a ZIP file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(PAGE, _page(contents))
        archive.writestr(DATA, _json(contents))
        for part in contents.parts:
            archive.writestr(f"{part.name}.csv", csv_file(part.headings, part.cells))
        for name, each in _named(contents.files):
            archive.writestr(name, each.content)
    return file.getvalue()


def _named(files: Sequence[File]) -> Iterator[tuple[str, File]]:
    """Each file with a name that is safe, and no other's."""
    taken: set[str] = set()
    for number, each in enumerate(files, start=1):
        safe = ODD.sub("_", each.name).strip(". ")[-100:] or "bestand"
        name = f"bestanden/{safe}"
        if name in taken:
            name = f"bestanden/{number}-{safe}"
        taken.add(name)
        yield name, each


def _json(contents: Contents) -> str:
    told = {
        "title": contents.title,
        "made_at": now().isoformat(),
        "not_included": list(contents.left_out),
        "parts": {part.name: list(part.records) for part in contents.parts},
    }
    return as_json(told)


def _page(contents: Contents) -> str:
    made = f"{local(now()):%d-%m-%Y om %H:%M}"
    left_out = Markup("").join(Markup("<li>{}</li>").format(each) for each in contents.left_out)
    parts = Markup("").join(map(_section, contents.parts))
    page = Markup(
        '<!doctype html><html lang="nl"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<title>{title}</title><style>{style}</style></head><body><h1>{title}</h1>"
        "<p>Gemaakt op {made}. Dezelfde gegevens staan in {data}, voor programma's, en per "
        "onderdeel in een CSV-bestand, voor een rekenblad. Bestanden staan in de map "
        "bestanden.</p><h2>Wat er niet in staat, en waarom</h2><ul>{left_out}</ul>{parts}"
        "</body></html>"
    )
    return page.format(
        title=contents.title,
        style=Markup(STYLE),  # noqa: S704 - a constant of ours
        made=made,
        data=DATA,
        left_out=left_out,
        parts=parts,
    )


def _section(part: Part) -> Markup:
    if not part.cells:
        return Markup("<h2>{}</h2><p>Hiervan bewaren wij niets.</p>").format(part.title)
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(each) for each in part.headings)
    rows = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row)
        )
        for row in part.cells
    )
    return Markup("<h2>{}</h2><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(
        part.title, head, rows
    )
