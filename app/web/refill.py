"""Puts what was typed back into any form, where it was sent after the session had ended (R17).

The pages of tasks, of a company and of offers do so by themselves, with their own checks; every
other form is filled in here, by the names of its fields.
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus

from flask import Flask, Response, g, get_template_attribute, request
from lxml import html

from app.web.access import KeptFields

HIDDEN = frozenset({"hidden", "password", "submit", "button", "image", "reset"})
CHOSEN = frozenset({"checkbox", "radio"})
TEXTS = "input", "textarea", "select"
Values = Mapping[str, list[str]]


def init_refill(app: Flask) -> None:
    """Look at each page that is answered."""
    app.after_request(_refill)


def _refill(response: Response) -> Response:
    kept: KeptFields | None = g.get("kept_fields")
    if kept is None or g.get("is_kept_shown") or not _is_its_page(kept, response):
        return response
    page = html.document_fromstring(response.get_data(as_text=True))
    form = max(page.iter("form"), key=lambda each: _overlap(each, kept.fields), default=None)
    if form is None or not _overlap(form, kept.fields):
        return response
    _fill(form, kept.fields)
    note = str(get_template_attribute("macros/parts.html", "kept_note")())
    form.addprevious(html.fragment_fromstring(note, create_parent="div"))
    text = html.tostring(page, encoding="unicode", doctype="<!doctype html>")
    response.set_data(text)
    return response


def _is_its_page(kept: KeptFields, response: Response) -> bool:
    return (
        request.method == "GET"
        and request.path == kept.path
        and response.status_code == HTTPStatus.OK
        and response.mimetype == "text/html"
        and not response.direct_passthrough
    )


def _overlap(form: html.HtmlElement, fields: Values) -> int:
    return len({each.get("name") for each in _controls(form)} & fields.keys())


def _controls(form: html.HtmlElement) -> Iterable[html.HtmlElement]:
    """What a user fills in; an upload cannot be filled in by a page."""
    return (
        each
        for each in form.iter(*TEXTS)
        if each.get("type", "text") not in HIDDEN | {"file"} and each.get("name")
    )


def _fill(form: html.HtmlElement, fields: Values) -> None:
    """Each control gets the value of its name; of several with one name, each the next value."""
    left = {name: list(values) for name, values in fields.items()}
    for control in _controls(form):
        values = left.get(str(control.get("name")), [])
        if control.get("type") in CHOSEN:
            _mark(control, "checked", is_on=control.get("value", "on") in values)
        elif control.tag == "select":
            for option in control.iter("option"):
                own = option.get("value", option.text or "")
                _mark(option, "selected", is_on=own in values)
        elif values:
            _write(control, values.pop(0))


def _mark(element: html.HtmlElement, name: str, *, is_on: bool) -> None:
    element.attrib.pop(name, None)
    if is_on:
        element.set(name, name)


def _write(control: html.HtmlElement, value: str) -> None:
    if control.tag == "textarea":
        control.text = "\n" + value  # the first line break of a textarea is not its text
    else:
        control.set("value", value)
