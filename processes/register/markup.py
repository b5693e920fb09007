"""What in a text is markup: tags that HTML has, and nothing else that stands between brackets."""

import re

KEPT = frozenset({"p", "br", "ul", "ol", "li", "strong", "em", "h3", "h4", "a"})
BLOCKS = frozenset(
    {"p", "div", "ul", "ol", "li", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "dl"}
    | {"dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "section", "article"}
    | {"center", "hr", "br", "html", "body", "head", "header", "footer", "form", "fieldset"}
)
PLAIN = frozenset({"span", "b", "i", "strong", "em", "a", "html", "body", "head", "o:p"})
"""Tags whose going changes nothing that a reader would miss, or which have a counterpart."""
REMOVED = frozenset(
    {"script", "style", "iframe", "object", "embed", "img", "svg", "math", "font", "u", "s"}
    | {"strike", "del", "ins", "sub", "sup", "small", "big", "code", "kbd", "tt", "mark", "video"}
    | {"audio", "source", "input", "button", "select", "option", "textarea", "label", "link"}
    | {"meta", "title", "base", "noscript", "template", "caption", "col", "colgroup", "picture"}
    | {"abbr", "cite", "q", "figure", "figcaption", "nav", "main", "aside", "frame", "frameset"}
    | {"applet", "marquee", "legend", "canvas", "xml"}
)
KNOWN = KEPT | BLOCKS | PLAIN | REMOVED

_NAME = "|".join(sorted(map(re.escape, KNOWN), key=len, reverse=True))
_WORDS = "nowrap|noshade|disabled|checked|hidden|async|defer|allowfullscreen|compact|ismap"
_VALUE = r"""(?:"[^"]*"|'[^']*'|[^\s"'<>]+)"""
_ATTRIBUTE = rf"[\s/]+(?:[a-z_:][\w:.-]*\s*=\s*{_VALUE}|(?:{_WORDS})(?=[\s/>]))"
TAG = re.compile(rf"<(/?)({_NAME})((?:{_ATTRIBUTE}){{0,40}})\s*/?>", re.IGNORECASE)
COMMENT = re.compile(r"<!--.*?-->|<!doctype[^<>]*>|<\?xml[^<>]*>", re.IGNORECASE | re.DOTALL)
_OPENING = re.compile(r"<(?=[a-z/!?])", re.IGNORECASE)


def is_markup(text: str) -> bool:
    """Whether any tag or comment of HTML stands in it."""
    return bool(TAG.search(text) or COMMENT.search(text))


def has_blocks(text: str) -> bool:
    """Whether tags of it part lines: then its line ends do not."""
    return any(found[2].lower() in BLOCKS for found in TAG.finditer(text))


def without_tags(text: str) -> str:
    """The text with a space for each tag; brackets around anything else stay."""
    return TAG.sub(" ", COMMENT.sub(" ", text))


def escaped(text: str) -> str:
    """HTML in which a bracket that begins no tag is text."""
    parts, end = [], 0
    for found in TAG.finditer(text):
        parts += [_OPENING.sub("&lt;", text[end : found.start()]), found[0]]
        end = found.end()
    return "".join([*parts, _OPENING.sub("&lt;", text[end:])])


def lost(text: str) -> list[str]:
    """The names of tags that cleaning takes out and a reader may miss, in order, once each."""
    names = [found[2].lower() for found in TAG.finditer(text)]
    gone = [name for name in names if name not in KEPT | PLAIN and name != "div"]
    return list(dict.fromkeys(gone))
