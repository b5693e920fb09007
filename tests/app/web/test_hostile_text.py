"""Hostile text in every field of every form that a page shows: nothing breaks, runs or is lost.

The forms are found by looking at every page, as whoever may open it, with what is theirs.
"""

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.web.access import Role, User
from tests.app.onboarding import prepare
from tests.app.signing_in import sign_in_as, user_with
from tests.app.web.every_page import address_of, gets
from tests.app.web.object_world import World, object_world
from tests.app.web.process_world import ProcessWorld, process_world

# What is shown is asked of the same code on both databases: one is enough.
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

MARK = "hostiletext"
HOSTILE = f"<{MARK} onload=alert(1)>\"'>{{{{7*7}}}}${{7*7}}%s\u202e\r\nBcc: x@x.example\\"
TYPED = {"text", "search", "textarea", "email", "url", "tel", "number"}
ENDS_THE_SESSION = {"/uitloggen", "/mijn-sessies/beeindigen"}


@pytest.fixture
def worlds(app: Flask, session: Session) -> tuple[World, ProcessWorld]:
    app.config["WTF_CSRF_ENABLED"] = False
    prepare(session)
    return object_world(app, session), process_world(session)


def forms_on(page: str, at: str) -> Iterator[tuple[str, MultiDict[str, str]]]:
    """Where each form goes, and what it sends with hostile text in all that is typed."""
    for form in html.document_fromstring(page).iter("form"):
        action = urlsplit(urljoin(at, form.get("action") or at))
        where = action.path + (f"?{action.query}" if action.query else "")
        if form.get("method", "get").lower() != "post" or action.path in ENDS_THE_SESSION:
            continue
        sent: MultiDict[str, str] = MultiDict()
        typed = False
        for each in form.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]"):
            kind = each.tag if each.tag != "input" else each.get("type", "text")
            if kind in TYPED:
                typed = True
                sent.add(each.get("name"), HOSTILE)
            elif kind == "hidden" or (kind in {"radio", "checkbox"} and each.get("checked")):
                sent.add(each.get("name"), each.get("value", ""))
            elif kind == "select":
                values = each.xpath("./option/@value | ./optgroup/option/@value")
                sent.add(each.get("name"), values[-1] if values else "")
        if typed:
            yield where, sent


def runs(page: str) -> bool:
    """Whether the text became an element, or a template worked it out."""
    return html.document_fromstring(page or "<p>").find(f".//{MARK}") is not None or "49$" in page


def visit(
    app: Flask, client: FlaskClient, user: User, addresses: list[str]
) -> tuple[set[str], list[tuple[str, int]]]:
    """Send each form of these pages; which were sent, and what went wrong."""
    sent_to: set[str] = set()
    wrong = []
    for address in addresses:
        shown = client.get(address)
        if shown.status_code != 200 or shown.mimetype != "text/html":
            continue
        for where, fields in forms_on(shown.text, address):
            if where in sent_to:
                continue
            sent_to.add(where)
            answer = client.post(where, data=fields, follow_redirects=True)
            text = answer.text if answer.mimetype == "text/html" else ""
            is_lost = answer.status_code == 422 and MARK not in text
            if answer.status_code >= 500 or runs(text) or is_lost:
                wrong.append((where, answer.status_code))
            sign_in_as(app, client, user)  # where the form ended the session
    return sent_to, wrong


def test_hostile_text_in_every_field_of_every_form(
    app: Flask, worlds: tuple[World, ProcessWorld]
) -> None:
    objects, processes = worlds
    people = {role: user_with(app, role) for role in Role}
    people |= {Role.PROVIDER: objects.ours.user, Role.TEACHER: objects.teacher.user}
    theirs = {Role.PROVIDER: objects.ours, Role.TEACHER: objects.teacher}
    everything: set[str] = set()
    pages: list[tuple[FlaskClient, str]] = []
    wrong = []
    for role, user in people.items():
        client = app.test_client()
        sign_in_as(app, client, user)
        named = {**processes.process, **objects.teacher.objects, **objects.ours.of_branch}
        named |= theirs[role].objects if role in theirs else {}
        addresses = [address_of(rule, processes, named, objects) for rule in gets(app, role)]
        sent_to, failed = visit(app, client, user, addresses)
        everything |= sent_to
        wrong += [(role.value, *each) for each in failed]
        pages += [(client, address) for address in addresses]
    assert wrong == []
    assert len(everything) > 30
    later = [(address, client.get(address)) for client, address in pages]
    html_pages = [(address, page) for address, page in later if page.mimetype == "text/html"]
    assert [address for address, page in html_pages if runs(page.text)] == []
    broken = [address for address, page in html_pages if page.status_code >= 500]
    assert broken == []
    assert any(MARK in page.text for _address, page in html_pages)  # something was kept, and shown


def test_text_that_is_not_escaped_is_seen(app: Flask) -> None:
    """The null of the test above."""
    assert runs(f"<p>{HOSTILE}</p>")
    assert runs("<p>49${7*7}</p>")
    with app.test_request_context():
        assert not runs(app.jinja_env.from_string("<p>{{ text }}</p>").render(text=HOSTILE))
