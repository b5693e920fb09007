"""Test helper: hostile text for all that is typed, and forms filled in until they are taken.

The strings harm nobody: they only show whether something reads text as markup, as a template, as
a formula, as a header or as the end of what surrounds it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from redis.exceptions import RedisError
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from app.begin.public import TRAP
from app.web.access import User
from processes.base import today
from processes.reading import characters
from tests.app.signing_in import sign_in_as

MARK = "hostiletext"
TYPED = {"text", "search", "textarea", "email", "url", "tel", "number"}
ENDS_THE_SESSION = {"/uitloggen", "/mijn-sessies/beeindigen"}
ROUNDS = 20  # in which a form is filled in anew where it complains

numbers = count(1)


def hostile() -> str:
    """Text that is another one each time: its number says which field it was typed in."""
    return (
        f"=1+1<{MARK}{next(numbers)} onload=alert(1)>\"'>{{{{7*7}}}}${{7*7}}%s\u202e<!--]]>"
        "\r\nBcc: x@x.example\\"
    )


def short() -> str:
    """The same for a field in which little fits."""
    return f"=1<{MARK}{next(numbers)}>\"'&"


def only(text: str) -> Callable[[], str]:
    return lambda: text


def in_days(days: int, written: str = "%d-%m-%Y") -> Callable[[], str]:
    return lambda: f"{today() + timedelta(days):{written}}"


OTHERS: tuple[Callable[[], str], ...] = (
    short,
    only(""),
    only("https://www.scholing.example/a"),
    only("anna@scholing.example"),
    in_days(90),
    in_days(-90),
    only("2"),
    only("90001354"),
    only("1234 AB"),
    only("06 12345678"),
    in_days(10, "%d-%m-%Y 10.00"),
    in_days(11, "%d-%m-%Y 10.00"),
    only("naam"),
)
"""What is typed instead, in turn, where hostile text is no answer."""


def as_kept(text: str) -> set[str]:
    """The text as a field of one line and one of several lines keep it."""
    return {characters.line(text), characters.lines(text)}


def number_in(text: str) -> str:
    """Which hostile text it is."""
    return text.partition(MARK)[2].partition(" ")[0].partition(">")[0]


@dataclass
class FilledForm:
    """A form of a page: where it goes, what it sends, and what else can be chosen."""

    where: str
    sent: MultiDict[str, str]
    typed: dict[str, int] = field(default_factory=dict)  # how often it was tried
    choices: dict[str, list[str]] = field(default_factory=dict)

    def try_else(self, name: str) -> bool:
        """Another answer to this field; False when there is none left."""
        if name in self.typed:
            turn = self.typed[name]
            if turn >= len(OTHERS):
                return False
            self.sent.setlist(name, [OTHERS[turn]()])
            self.typed[name] = turn + 1
            return True
        if self.choices.get(name):
            self.sent.setlist(name, [self.choices[name].pop(0)])
            return True
        return False

    @property
    def hostile_fields(self) -> dict[str, str]:
        """The fields that send hostile text, with that text."""
        return {name: text for name, text in self.sent.items(multi=True) if MARK in text}


def forms_on(page: str, at: str) -> Iterator[FilledForm]:
    """Each form of a page in which something is typed, with hostile text in all of that."""
    for form in html.document_fromstring(page).iter("form"):
        action = urlsplit(urljoin(at, form.get("action") or at))
        where = action.path + (f"?{action.query}" if action.query else "")
        if form.get("method", "get").lower() != "post" or action.path in ENDS_THE_SESSION:
            continue
        filled = _filled(form, where)
        if filled.typed:
            yield filled


def _filled(form: Any, where: str) -> FilledForm:
    filled = FilledForm(where, MultiDict())
    for each in form.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]"):
        if each.get("name") != TRAP:  # which nobody sees
            _fill_in(filled, each)
    buttons = [each for each in form.iter("button") if each.get("type", "submit") == "submit"]
    if buttons and all(each.get("name") for each in buttons):  # else by what sends without more
        filled.sent.add(buttons[-1].get("name"), buttons[-1].get("value", ""))
    return filled


def _fill_in(filled: FilledForm, each: Any) -> None:
    name, kind = each.get("name"), each.tag if each.tag != "input" else each.get("type", "text")
    value = each.get("value", "on" if kind == "checkbox" else "")
    if kind in TYPED:
        filled.typed[name] = 0
        filled.sent.add(name, hostile())
    elif kind == "hidden":
        filled.sent.add(name, value)
    elif kind in {"radio", "checkbox"}:
        filled.choices.setdefault(name, []).append(value)
        if each.get("checked") is not None:
            filled.sent.add(name, value)
    elif kind == "select":
        values = each.xpath("./option/@value | ./optgroup/option/@value")
        filled.choices[name] = sorted(values[:-1])  # an empty one is the first to be tried
        filled.sent.add(name, values[-1] if values else "")


def complaints(page: str) -> set[str]:
    """The names of the fields that the page of a form says something about."""
    tree = html.document_fromstring(page)
    names = set(tree.xpath("//*[@aria-invalid='true']/descendant-or-self::*/@name"))
    for at in tree.xpath("//*[@data-error-summary]//a/@href"):
        id_ = at.partition("#")[2]
        names |= set(tree.xpath("//*[@id=$id]/descendant-or-self::*/@name", id=id_))
        names |= set(tree.xpath("//*[@name=$id]/@name", id=id_))
    return names


def runs(page: str) -> bool:
    """Whether the text became an element or attribute, or a template worked it out."""
    tree = html.document_fromstring(page or "<p>")
    became = any(str(each.tag).startswith(MARK) for each in tree.iter())
    return became or "49$" in page or bool(tree.xpath("//*[@onload]"))


@dataclass
class Sent:
    """What became of one form."""

    where: str
    answer: TestResponse
    kept: Mapping[str, str]  # hostile text by field, of a form that was taken
    is_taken: bool
    is_lost: bool = False  # it is shown again without what was typed


def _tries_else(form: FilledForm, names: set[str]) -> bool:
    tried = [form.try_else(name) for name in sorted(names)]
    return any(tried)


def send(app: Flask, client: FlaskClient, user: User, form: FilledForm) -> Sent:
    """Send a form, with other answers where it complains, until it is taken."""
    for _ in range(ROUNDS):
        with suppress(RedisError):  # until a request found its broker away, nothing was counted
            app.extensions["rate_limits"].limiter.storage.reset()
        answer = client.post(form.where, data=form.sent, follow_redirects=True)
        sign_in_as(app, client, user)  # where the form ended the session
        if answer.status_code != 422:
            taken = answer.status_code < 400
            return Sent(form.where, answer, form.hostile_fields if taken else {}, taken)
        if form.hostile_fields and MARK not in answer.text:
            return Sent(form.where, answer, {}, is_taken=False, is_lost=True)
        if not _tries_else(form, complaints(answer.text)):
            break
    return Sent(form.where, answer, {}, is_taken=False)
