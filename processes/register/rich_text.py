"""Sanitises the HTML of long offer texts, and converts between HTML and plain text."""

import re
from collections.abc import Callable, Iterator
from html import escape, unescape
from itertools import count, groupby
from operator import itemgetter

import nh3

from processes.reading import characters
from processes.register import markup

Shown = Callable[[str], str]

ATTRIBUTES = {"a": {"href"}}
URL_SCHEMES = {"http", "https", "mailto"}
CLEANER = nh3.Cleaner(
    tags=set(markup.KEPT),
    attributes=ATTRIBUTES,
    url_schemes=URL_SCHEMES,
    link_rel="noopener noreferrer nofollow",
)

MOST_PASSES = 6

_SIGNS = re.compile("[<>&]")
_TAGS = re.compile("<[^>]+>")
_ITEM = re.compile(r"^\s*[-*\u2022\u00b7\u2023\u25aa\u25cf\u2013\u2014]\s+(?=\S)")
_NUMBERED = re.compile(r"^\s*(\d{1,3})[.)]\s+(?=\S)")
_BETWEEN_BLOCKS = re.compile(r"(</(?:p|ul|ol|h3|h4)>)\s*(?=<(?:p|ul|ol|h3|h4)\b)")
_BLOCK = re.compile(r"<(?:p|ul|ol|li|h3|h4)>")
_EMPTY = re.compile(r"<(p|li|strong|em|h3|h4)>\s*</\1>")
_COUNTERPARTS = (
    (re.compile(r"<(/?)h[12](?=[\s>/])[^<>]*>", re.IGNORECASE), r"<\1h3>"),
    (re.compile(r"<(/?)h[56](?=[\s>/])[^<>]*>", re.IGNORECASE), r"<\1h4>"),
    (re.compile(r"<(/?)div(?=[\s>/])[^<>]*>", re.IGNORECASE), r"<\1p>"),
    (re.compile(r"</t[dh]\s*>", re.IGNORECASE), " "),
    (re.compile(r"</tr\s*>", re.IGNORECASE), "<br>"),
)


def clean_html(text: str) -> str:
    """Text or HTML of anybody, as safe HTML; cleaning it again changes nothing (R51).

    Only tags that HTML has are markup: whatever else stands between brackets is text.
    """
    html = characters.lines(text)
    if _SIGNS.search(html) is None:  # paragraphs and lists of it are clean as they are made
        made = from_text(html)
        return made if characters.is_visible(_TAGS.sub("", made)) else ""
    for _again in range(MOST_PASSES):  # tags that stand wrongly in one another are parted in steps
        cleaned = _cleaned(html)
        if cleaned == html:
            break
        html = cleaned
    return html


def _cleaned(text: str) -> str:
    html = CLEANER.clean(_from_html(text) if markup.is_markup(text) else from_text(text))
    html = _without_empty(characters.lines(html))
    if not characters.is_visible(unescape(markup.TAG.sub("", html))):
        return ""
    html = _BETWEEN_BLOCKS.sub(r"\1\n", html)  # as from_text does, so that a text box can show it
    return html if _BLOCK.search(html) else f"<p>{html}</p>"


def _without_empty(html: str) -> str:
    """Without tags around nothing, also where one stands in another."""
    left = characters.lines(_EMPTY.sub("", html))
    return left if left == html else _without_empty(left)


def _from_html(text: str) -> str:
    text = markup.escaped(markup.COMMENT.sub("", text))
    for tag, counterpart in _COUNTERPARTS:
        text = tag.sub(counterpart, text)
    return text if markup.has_blocks(text) else _blocks(text, str.strip)


def from_text(text: str) -> str:
    """Plain text as HTML: an empty line parts paragraphs, lines with marks are lists."""
    return _blocks(text, _escaped)


def _blocks(text: str, shown: Shown) -> str:
    blocks = [block for block in re.split(r"\n\s*\n", text.strip()) if block.strip()]
    made = (each for block in blocks for each in _block(block.strip().split("\n"), shown))
    return "\n".join(made)


def _block(lines: list[str], shown: Shown) -> Iterator[str]:
    """Paragraphs and lists, as the lines come."""
    for kind, some in groupby(zip(lines, _kinds(lines), strict=True), key=itemgetter(1)):
        texts = [line for line, _kind in some]
        if kind == "p":
            yield "<p>" + "<br>".join(map(shown, texts)) + "</p>"
        else:
            mark = _ITEM if kind == "ul" else _NUMBERED
            items = "".join(f"<li>{shown(mark.sub('', line))}</li>" for line in texts)
            yield f"<{kind}>{items}</{kind}>"


def _kinds(lines: list[str]) -> Iterator[str]:
    """Of each line: in a list with marks (ul), one with numbers from 1 on (ol), or neither (p)."""
    expected = 1
    for place, line in enumerate(lines):
        number = _NUMBERED.match(line)
        if number and int(number[1]) == expected and (expected > 1 or _goes_on(lines[place:])):
            expected += 1
            yield "ol"
        else:
            expected = 1
            yield "ul" if _ITEM.match(line) else "p"


def _goes_on(lines: list[str]) -> bool:
    """One line with a number is a heading or a date; two are a list."""
    second = _NUMBERED.match(lines[1]) if len(lines) > 1 else None
    return bool(second and second[1].lstrip("0") == "2")


def _escaped(line: str) -> str:
    # Text may hold entities of an older system; a browser must not show "&amp;amp;".
    return escape(unescape(line.strip()), quote=False)


def as_text(html: str) -> str:
    """The text that a reader would see, without markup."""
    if not html:
        return ""
    text = html
    if "<li" in html:  # to look for spaces before one takes long
        text = re.sub(r"<ol[^>]*>(.*?)</ol>", _numbered, text, flags=re.DOTALL)
        text = re.sub(r"\s*<li[^>]*>", "\n- ", text)
    text = re.sub(r"<br[^>]*>\n?", "\n", text)
    text = re.sub(r"</?(?:p|ul|ol|h3|h4)[^>]*>", "\n\n", text)
    text = unescape(_TAGS.sub("", text)).replace("\xa0", " ")
    lines = [line.strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _numbered(found: re.Match[str]) -> str:
    numbers = count(1)
    items = re.sub(r"\s*<li[^>]*>", lambda _item: f"\n{next(numbers)}. ", found[1])
    return f"<ol>{items}</ol>"


def editable(html: str) -> str:
    """What a text box shows: plain text where that loses nothing, otherwise the HTML itself."""
    text = as_text(html)
    return text if clean_html(text) == html else html
