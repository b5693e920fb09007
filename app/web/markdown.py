"""Renders Markdown of owners as safe HTML: no raw HTML, images or scripts."""

from functools import cache, lru_cache
from typing import TYPE_CHECKING

import nh3
from flask import Flask
from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

TAGS = {"p", "br", "ul", "ol", "li", "strong", "em", "code", "a", "hr", "blockquote"}
ATTRIBUTES = {"a": {"href"}}
URL_SCHEMES = {"http", "https", "mailto", "tel"}
LONGEST = 10_000


@lru_cache(maxsize=512)
def markdown(text: str) -> Markup:
    """The text as HTML, with allowed tags only."""
    html = nh3.clean(
        _reader().render(text[:LONGEST]),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=URL_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(html.strip())  # noqa: S704 - cleaned just now


@cache
def _reader() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # with the first text

    return MarkdownIt("commonmark", {"html": False}).disable(["image", "heading", "lheading"])


def init_markdown(app: Flask) -> None:
    """Give the templates their filter."""
    app.add_template_filter(markdown)
