"""Forms that were sent when a login was needed first, kept to fill in their page again (R17)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from flask import current_app, g, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from processes.reading.characters import line

NEVER_KEPT = {"csrf_token", "submission_id"}
LARGEST_KEPT = 100_000  # characters, of all forms of one session together
LONGEST_ADDRESS = 4000  # characters; the server takes no longer request (deploy/gunicorn.conf.py)
LONGEST_IN_ADDRESS = 3000  # of an address that another one names, as it is written there
MOST_KEPT = 4  # forms of one session: tabs that somebody has open

Fields = Mapping[str, list[str]]


@dataclass(frozen=True)
class KeptForm:
    """What was sent: from which page, to which address (both with their query), and the fields."""

    page: str
    action: str
    fields: Fields | None  # None: more than can be kept
    files: tuple[str, ...] = ()  # names of fields: files are not kept

    @classmethod
    def sent(cls) -> Self:
        """That of this request."""
        fields = {name: values for name, values in request.form.lists() if name not in NEVER_KEPT}
        fields |= {name: _names(files) for name, files in request.files.lists() if _names(files)}
        files = tuple(name for name, files in request.files.lists() if _names(files))
        return cls(form_page(), _action(), fields, files)

    @property
    def is_small(self) -> bool:
        """Whether it can be kept."""
        return _length(self) < LARGEST_KEPT

    def is_of(self, page: str, action: str) -> bool:
        return is_same_address(self.page, page) and is_same_address(self.action, action)


def read(stored: Mapping[str, Any] | None) -> list[KeptForm]:
    """The forms that a session keeps, the oldest first; those of an earlier release are let go."""
    return [
        KeptForm(each["page"], each["action"], each["fields"], tuple(each["files"]))
        for each in (stored or {}).get("forms", [])
    ]


def written(forms: Iterable[KeptForm]) -> dict[str, Any] | None:
    """As a session keeps them; of the oldest no fields where all are too much."""
    left, found = LARGEST_KEPT, []
    for each in reversed(list(forms)[-MOST_KEPT:]):
        left -= _length(each)
        found.append(asdict(each) if left > 0 else asdict(each) | {"fields": None})
    return {"forms": found[::-1]} if found else None


def without_sent(forms: Iterable[KeptForm]) -> list[KeptForm]:
    """These forms except for the one that this request sends."""
    page, action = form_page(), _action()
    return [each for each in forms if not each.is_of(page, action)]


def all_kept() -> Sequence[KeptForm]:
    """What the session of this request keeps, the oldest first."""
    forms: Sequence[KeptForm] = g.get("kept_forms", ())
    return forms


def of_this_page() -> list[KeptForm]:
    """What was sent from the page that this request asks for, by its short name too."""
    here = request.full_path
    return [
        each
        for each in all_kept()
        if is_same_address(each.page, here) or is_same_address(named_address(each.page), here)
    ]


def kept_fields(action: str) -> Fields | None:
    """The fields that were sent from this page to this address, where it was kept.

    Whoever asks shows them, with a note; a page that does not ask is filled in by
    `app.web.refill`.
    """
    if request.method != "GET":
        return None
    found = [each for each in of_this_page() if is_same_address(each.action, action)]
    fields = next((each.fields for each in found if each.fields is not None), None)
    if fields is not None:
        g.shown_kept = [*g.get("shown_kept", []), *found]
    return fields


def form_page() -> str:
    """The address of the page with the form of this request, with its query.

    A page that answered a POST may have an address that cannot be asked for: then the nearest
    one above it.
    """
    referrer = urlsplit(request.referrer or "")
    if referrer.netloc == request.host and referrer.path not in {"", "/"}:
        page = _nearest(unquote(referrer.path))
        asked = f"{page}?{referrer.query}".rstrip("?")
        is_that = page == unquote(referrer.path) and len(asked) <= LONGEST_ADDRESS
        return asked if is_that else page
    return _nearest(request.path)


def named_address(address: str) -> str:
    """As another address can name it: without its query where that is too long."""
    return address if len(quote(address, "")) <= LONGEST_IN_ADDRESS else urlsplit(address).path


def whole_address(named: str) -> str:
    """The address of which this is the short name, where a form was kept from that page."""
    found = [each.page for each in all_kept() if named_address(each.page) == named]
    return found[-1] if found else named


def is_same_address(one: str, other: str) -> bool:
    """Whether two addresses of this site are one, however they are written."""
    return _parts(one) == _parts(other)


def _parts(address: str) -> tuple[str, list[tuple[str, str]]]:
    parts = urlsplit(address)
    return unquote(parts.path), parse_qsl(parts.query, keep_blank_values=True)


def _nearest(path: str) -> str:
    while path and not _can_be_asked(path):
        path = path.rpartition("/")[0]
    return path or "/"


def _action() -> str:
    """Where the form of this request is sent; what saves or checks it meanwhile is below that."""
    above, page = request.path.rpartition("/")[0], form_page()
    if not request.headers.get("HX-Request") or not _can_be_asked(above, "POST"):
        return request.full_path.rstrip("?")
    return page if _parts(page)[0] == above else above


def _can_be_asked(path: str, method: str = "GET") -> bool:
    try:
        current_app.url_map.bind("").match(path, method=method)
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True


def _length(form: KeptForm) -> int:
    typed = sum(len(text) for texts in (form.fields or {}).values() for text in texts)
    return typed + len(form.page) + len(form.action)


def _names(files: list[FileStorage]) -> list[str]:
    """Of files their names alone: the form tells which of them to add again."""
    return [line(each.filename) for each in files if each.filename]
