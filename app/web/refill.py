"""Puts what was typed back into any form, where a login was needed before it could be sent (R17).

The pages of tasks, of a company and of offers do so by themselves, with their own checks; every
other form is filled in here: the one that sends to the same address, by the names of its fields.
Where that form is not there, or is about something else now, the page says so and nothing is
filled in.
"""

from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import urljoin

from flask import Flask, Response, g, get_template_attribute, request
from lxml import html

from app.web.kept_forms import NEVER_KEPT, Fields, KeptForm, is_same_address, of_this_page

BUTTONS = frozenset({"submit", "button", "image", "reset"})
NOT_FILLED = BUTTONS | {"hidden", "password", "file"}
CHOSEN = frozenset({"checkbox", "radio"})
TEXTS = "input", "textarea", "select"
LOCKS = frozenset({"aantal", "based_on", "content", "latest", "set_version", "stand", "version"})
"""Hidden fields that say what somebody looked at: they come back as they were, for the check."""


def init_refill(app: Flask) -> None:
    """Look at each page that is answered."""
    app.after_request(_refill)


def _refill(response: Response) -> Response:
    if not _is_page(response):
        return response
    forms = [each for each in of_this_page() if each not in g.get("shown_kept", [])]
    if not forms:
        return response
    page = html.document_fromstring(response.get_data(as_text=True))
    for each in forms:
        _restore(page, each)
    response.set_data(html.tostring(page, encoding="unicode", doctype="<!doctype html>"))
    return response


def _is_page(response: Response) -> bool:
    return (
        request.method == "GET"
        and response.status_code == HTTPStatus.OK
        and response.mimetype == "text/html"
        and not response.direct_passthrough
        and not request.headers.get("HX-Request")
    )


def _restore(page: html.HtmlElement, kept: KeptForm) -> None:
    """Fill in the form, and say what came back."""
    if kept.fields is None:
        _tell_above(page, _note("lost_note", is_too_much=True))
        return
    form = _form_for(page, kept, kept.fields)
    if form is None:
        _tell_above(page, _note("lost_note", is_too_much=False))
    elif _typed_in(form):
        is_whole = _fill(form, kept.fields)
        files = [name for each in kept.files for name in kept.fields.get(each, [])]
        _tell_at(form, _note("kept_note", is_whole=is_whole, files=files))


def _note(name: str, **about: object) -> html.HtmlElement:
    text = str(get_template_attribute("macros/parts.html", name)(**about))
    return html.fragment_fromstring(text, create_parent="div")


def _tell_at(form: html.HtmlElement, note: html.HtmlElement) -> None:
    """Before the form, or before the table that it stands in; what is folded opens."""
    place = form
    for each in form.iterancestors("table", "details"):
        if each.tag == "details":
            each.set("open", "open")
        else:
            region = each.getparent()
            place = each if region is None or region.get("role") != "region" else region
    place.addprevious(note)


def _tell_above(page: html.HtmlElement, note: html.HtmlElement) -> None:
    """At the top of the content: below its heading, where other notes stand."""
    (main, *_) = [*page.iter("main"), page.body]
    title = next(main.iter("h1"), None)
    if title is None:
        main.insert(0, note)
    else:
        title.addnext(note)


def _form_for(page: html.HtmlElement, kept: KeptForm, fields: Fields) -> html.HtmlElement | None:
    """The form that sends this to where it was sent; None without one, or where it could be two."""
    found = [
        each
        for each in page.iter("form")
        if _sends_to(each, kept.action) and _is_about_the_same(each, fields)
    ]
    most = max((_overlap(each, fields) for each in found), default=0)
    best = [each for each in found if _overlap(each, fields) == most]
    return best[0] if len(best) == 1 else None


def _sends_to(form: html.HtmlElement, action: str) -> bool:
    """Whether the form, a button of it, or what saves it meanwhile, sends to this address."""
    if form.get("method", "get").lower() != "post":
        return False
    given = [form.get("action"), *form.xpath(".//button/@formaction | .//@hx-post | @data-saves")]
    here = request.full_path.rstrip("?")
    return any(is_same_address(urljoin(here, each or here), action) for each in given)


def _is_about_the_same(form: html.HtmlElement, fields: Fields) -> bool:
    """Whether the hidden fields are what was sent: another version or case is another form."""
    typed = {each.get("name") for each in _typed_in(form)}
    hidden: dict[str, list[str]] = {}
    for each in _named(form):
        if each.get("type") == "hidden" and each.get("name") not in LOCKS | NEVER_KEPT | typed:
            hidden.setdefault(str(each.get("name")), []).append(each.get("value", ""))
    return all(sorted(values) == sorted(fields.get(name, [])) for name, values in hidden.items())


def _overlap(form: html.HtmlElement, fields: Fields) -> int:
    """How many of the fields the form has, and the button that was pressed."""
    typed = {each.get("name") for each in _typed_in(form)} & fields.keys()
    buttons = (each for each in _named(form) if each.tag == "button")
    pressed = [
        each for each in buttons if each.get("value") in fields.get(str(each.get("name")), [])
    ]
    return len(typed) + len(pressed)


def _named(form: html.HtmlElement) -> Iterable[html.HtmlElement]:
    return (each for each in form.iter(*TEXTS, "button") if each.get("name"))


def _typed_in(form: html.HtmlElement) -> list[html.HtmlElement]:
    """What a user fills in; a page cannot fill in an upload, and shows no password."""
    return [
        each
        for each in _named(form)
        if each.tag != "button" and each.get("type", "text") not in NOT_FILLED
    ]


def _fill(form: html.HtmlElement, fields: Fields) -> bool:
    """Each control gets the value of its name; of several with one name, each the next value.

    Whether all that was typed has found its place.
    """
    left = {name: list(values) for name, values in fields.items()}
    for control in _typed_in(form):
        values = left.get(str(control.get("name")), [])
        if control.get("type") in CHOSEN:
            _choose(control, "checked", control.get("value", "on"), values)
        elif control.tag == "select":
            for option in control.iter("option"):
                _choose(option, "selected", option.get("value", option.text or ""), values)
        elif values:
            _write(control, values.pop(0))
    for control in _named(form):
        seen = fields.get(str(control.get("name")), [])
        if seen and control.get("name") in LOCKS and control.get("type") == "hidden":
            control.set("value", seen[0])
    settled = {each.get("name") for each in _named(form) if each not in _typed_in(form)}
    return not any(values for name, values in left.items() if name not in settled)


def _choose(element: html.HtmlElement, name: str, own: str, values: list[str]) -> None:
    """Mark the choice when it was made, and take it from the values."""
    element.attrib.pop(name, None)
    if own in values:
        values.remove(own)
        element.set(name, name)


def _write(control: html.HtmlElement, value: str) -> None:
    if control.tag == "textarea":
        control.text = "\n" + value  # the first line break of a textarea is not its text
    else:
        control.set("value", value)
