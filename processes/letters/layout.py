"""Renders the text of a mail, in a small markup, as plain text and HTML.

An empty line separates paragraphs, `# ` and `## ` start a heading, `- ` a list item, `1. ` a step.
`{naam}` is a placeholder; a line with only `{gegevens}` becomes a table. Values are never parsed as
markup.
"""

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from processes.register.texts import filled

Rows = Sequence[tuple[str, str]]

WEBSITE = "website"
WIDTH = 76
_PIECE = re.compile(r"(\{website\}[\w/\-]*|https?://[^\s<>\"{}]*[\w/]|\{[^{}\n]*\})")
_OWN_PAGE = re.compile(r"/[\w/.~?=&-]*", re.ASCII)
_STEP = re.compile(r"(\d{1,2})\. +")
_AT_THE_END = re.compile(r"\{([^{}\n]*)\}\.(?=\s|$)")
_ALONE = re.compile(r"\{([^{}\n]*)\}")
MAIL_STYLES: Mapping[str, str] = {
    "h1": "font-size:24px;color:#154273",
    "h2": "font-size:18px;color:#154273",
    "table": "border-collapse:collapse;width:100%",
    "th": "padding:4px 16px 4px 0;vertical-align:top;color:#5a5a5a;width:38%;font-weight:normal;"
    "text-align:left",
    "td": "padding:4px 0;vertical-align:top",
}
"""Programs that read mail know no style sheets."""


@dataclass(frozen=True)
class Filling:
    """The values of the placeholders in one mail."""

    values: Mapping[str, str]
    tables: Mapping[str, Rows]


def plain(text: str, filling: Filling) -> str:
    """The mail as plain text, headings in capitals, ending in a line end."""
    told = ["\n".join(_plain_block(block, filling)) for block in _blocks(_one_stop(text, filling))]
    return "\n\n".join(block for block in told if block) + "\n"


def html(text: str, filling: Filling, styles: Mapping[str, str] = MAIL_STYLES) -> Markup:
    """The mail as HTML; without styles, for a page of our own."""

    def tag(name: str, content: Markup) -> Markup:
        style = Markup(' style="{}"').format(styles[name]) if name in styles else ""
        return Markup("<{0}{1}>{2}</{0}>").format(name, style, content)

    blocks = _blocks(_one_stop(text, filling))
    return Markup("\n").join(_html_block(block, filling, tag) for block in blocks)


def _one_stop(text: str, filling: Filling) -> str:
    """The text without the full stop behind a placeholder whose value ends in one, as "B.V."."""

    def ended(found: re.Match[str]) -> str:
        has_one = filling.values.get(found[1], "").rstrip().endswith(".")
        return found[0].removesuffix(".") if has_one else found[0]

    return _AT_THE_END.sub(ended, text)


def _blocks(text: str) -> Iterator[list[str]]:
    """Lines that belong together; a heading, or a table alone on its line, is a block by itself."""
    block: list[str] = []
    for line in [*text.replace("\r\n", "\n").split("\n"), ""]:
        stripped = line.strip()
        alone = stripped.startswith("#") or bool(_ALONE.fullmatch(stripped))
        if block and (not stripped or alone):
            yield block
            block = []
        if alone:
            yield [stripped]
        elif stripped:
            block.append(stripped)


def _plain_block(lines: list[str], filling: Filling) -> Iterator[str]:
    first = lines[0]
    if first.startswith("#"):
        yield filled(first.lstrip("# "), filling.values).upper()
        return
    rows = _rows(lines, filling)
    if rows is not None:
        yield from (f"{label}: {value}" for label, value in rows)
        return
    for line in lines if _is_list(lines) or _are_steps(lines) else [" ".join(lines)]:
        whole = filled(line, filling.values)
        yield textwrap.fill(whole, WIDTH, break_long_words=False, break_on_hyphens=False)


def _html_block(lines: list[str], filling: Filling, tag: Callable[[str, Markup], Markup]) -> Markup:
    first = lines[0]
    if first.startswith("#"):
        level = "h1" if first.startswith("# ") else "h2"
        return tag(level, _inline(first.lstrip("# "), filling))
    rows = _rows(lines, filling)
    if rows is not None:
        cells = ((tag("th", escape(label)), tag("td", escape(value))) for label, value in rows)
        return tag("table", Markup("").join(tag("tr", label + value) for label, value in cells))
    if _is_list(lines):
        items = (tag("li", _inline(line.removeprefix("- "), filling)) for line in lines)
        return tag("ul", Markup("").join(items))
    if _are_steps(lines):
        steps = (tag("li", _inline(_STEP.sub("", line), filling)) for line in lines)
        return tag("ol", Markup("").join(steps))
    return tag("p", _inline(" ".join(lines), filling))


def _rows(lines: list[str], filling: Filling) -> Rows | None:
    alone = _ALONE.fullmatch(lines[0]) if len(lines) == 1 else None
    return filling.tables.get(alone[1]) if alone else None


def _is_list(lines: list[str]) -> bool:
    return all(line.startswith("- ") for line in lines)


def _are_steps(lines: list[str]) -> bool:
    """Numbered from one on; a paragraph may well begin with a number of its own."""
    numbers = [int(found[1]) for line in lines if (found := _STEP.match(line))]
    return numbers == list(range(1, len(lines) + 1))


def _inline(text: str, filling: Filling) -> Markup:
    """A line with its words filled in; addresses become links where the owner wrote them.

    So does a placeholder that is the address of a page of ours, and nothing else.
    """
    return Markup("").join(_piece(piece, filling) for piece in _PIECE.split(text))


def _piece(piece: str, filling: Filling) -> Markup:
    told = filled(piece, filling.values)
    if _is_page_of_ours(told, filling) or piece.startswith(
        (f"{{{WEBSITE}}}", "http://", "https://")
    ):
        return Markup('<a href="{0}">{0}</a>').format(told)
    return escape(told)


def _is_page_of_ours(told: str, filling: Filling) -> bool:
    website = filling.values.get(WEBSITE, "")
    begins = bool(website) and told.startswith(website)
    return begins and _OWN_PAGE.fullmatch(told.removeprefix(website)) is not None
