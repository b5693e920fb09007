"""Sanitises the HTML of long offer texts, and converts between HTML and plain text."""

import re
from html import escape, unescape

import nh3

TAGS = {"p", "br", "ul", "ol", "li", "strong", "em", "h3", "h4", "a"}
ATTRIBUTES = {"a": {"href"}}
URL_SCHEMES = {"http", "https", "mailto"}

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--")
_ITEM = re.compile(r"^\s*[-*\u2022]\s+")
_BETWEEN_BLOCKS = re.compile(r"(</(?:p|ul|ol|h3|h4)>)\s*(?=<(?:p|ul|ol|h3|h4)\b)")
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def clean_html(text: str) -> str:
    """Text or HTML as safe HTML; idempotent (R51)."""
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    html = text if _TAG.search(text) else from_text(text)
    html = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=URL_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    ).strip()
    if not as_text(html):
        return ""
    html = _BETWEEN_BLOCKS.sub(r"\1\n", html)  # as from_text does, so that a text box can show it
    return html if _TAG.search(html) else f"<p>{html}</p>"


def from_text(text: str) -> str:
    """Plain text as HTML: empty lines separate paragraphs, lines with a hyphen make a list."""
    blocks = [block for block in re.split(r"\n\s*\n", text.strip()) if block.strip()]
    return "\n".join(_block(block.strip().split("\n")) for block in blocks)


def _block(lines: list[str]) -> str:
    if all(_ITEM.match(line) for line in lines):
        items = "".join(f"<li>{_escaped(_ITEM.sub('', line))}</li>" for line in lines)
        return f"<ul>{items}</ul>"
    return "<p>" + "<br>".join(_escaped(line) for line in lines) + "</p>"


def _escaped(line: str) -> str:
    # Text may hold entities of an older system; a browser must not show "&amp;amp;".
    return escape(unescape(line.strip()), quote=False)


def as_text(html: str) -> str:
    """The text that a reader would see, without markup."""
    text = re.sub(r"\s*<li[^>]*>", "\n- ", html)
    text = re.sub(r"<br[^>]*>\n?", "\n", text)
    text = re.sub(r"\n?</?(p|ul|ol|h3|h4)[^>]*>\n?", "\n\n", text)
    text = unescape(re.sub(r"<[^>]+>", "", text)).replace("\xa0", " ")
    lines = [line.strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def editable(html: str) -> str:
    """What a text box shows: plain text where that loses nothing, otherwise the HTML itself."""
    text = as_text(html)
    return text if clean_html(text) == html else html
