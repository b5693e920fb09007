"""The macros and the base page."""

from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pytest
from flask import Flask, render_template_string
from jinja2 import StrictUndefined
from lxml import html
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    EmailField,
    Form,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than stubs
from wtforms.validators import InputRequired, Length, Optional

from app.web.access import Role
from app.web.serving.static_files import STATIC_FOLDER, static_url
from forms.summary import named_error

TEMPLATES = Path(__file__).parents[3] / "app" / "templates"


class ActivityForm(Form):
    title = StringField("Titel", [InputRequired("Vul een titel in")], description="Kort.")
    email = EmailField("E-mail", [Optional(), Length(max=20)])
    content = TextAreaField("Inhoud", [InputRequired("Beschrijf de inhoud")])
    kind = SelectField("Soort", [Optional()], choices=[SelectChoice("", "Kies")])
    answer = RadioField(
        "Eis 1",
        [InputRequired("Kies ja of nee")],
        choices=[SelectChoice("ja", "Ja"), SelectChoice("nee", "Nee")],
    )
    areas = SelectMultipleField(
        "Gebieden",
        [InputRequired("Kies een gebied")],
        choices=[SelectChoice("a", "A"), SelectChoice("b", "B")],
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    shown = BooleanField("Tonen", description="In de catalogus.")
    end_date = StringField("Einddatum", [Optional()])
    step = HiddenField(default="7")


@pytest.fixture(scope="module")
def flask_app() -> Flask:
    app = Flask("app", template_folder=str(TEMPLATES), static_folder=str(STATIC_FOLDER))
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.secret_key = "secret"
    app.jinja_env.globals.update(static_url=static_url, csrf_token=lambda: "token")
    app.jinja_env.globals.update(named_error=named_error)
    return app


@pytest.fixture(scope="module")
def macros(flask_app: Flask) -> dict[str, ModuleType]:
    return {
        name: cast("ModuleType", flask_app.jinja_env.get_template(f"macros/{name}.html").module)
        for name in ("fields", "parts", "frame")
    }


def empty_form() -> ActivityForm:
    form = ActivityForm(MultiDict({"email": "x"}))
    assert not form.validate()
    return form


def tree(text: object) -> Any:
    return html.fromstring(f"<div>{text}</div>")


def by_id(root: Any, name: str) -> Any:
    (element,) = root.xpath(".//*[@id=$name]", name=name)
    return element


@pytest.mark.parametrize("name", ["title", "email", "content", "kind", "end_date", "shown"])
def test_every_control_has_a_label(macros: dict[str, ModuleType], name: str) -> None:
    field = ActivityForm()[name]
    root = tree(macros["fields"].field(field))
    assert field.label.text in root.xpath("string(.//label[@for=$name])", name=name)
    assert by_id(root, name).get("name") == name


def test_a_wrong_field_says_so_to_screen_readers(macros: dict[str, ModuleType]) -> None:
    root = tree(macros["fields"].text_field(empty_form().title))
    control = by_id(root, "title")
    assert control.get("aria-invalid") == "true"
    assert control.get("aria-required") == "true"
    described = [
        by_id(root, name).text_content() for name in control.get("aria-describedby").split()
    ]
    assert described == ["Kort.", "Fout: Vul een titel in"]


def test_the_browser_validates_nothing_itself(macros: dict[str, ModuleType]) -> None:
    form = empty_form()
    text = "".join(str(macros["fields"].field(form[name])) for name in form.data)
    for attribute in ("required", "maxlength", "minlength", "pattern"):
        assert not tree(text).xpath(f".//*[@{attribute}]")


def test_a_field_that_may_stay_empty_is_marked(macros: dict[str, ModuleType]) -> None:
    form = ActivityForm()
    field = macros["fields"].field
    assert "(optioneel)" in field(form.email)
    assert "(optioneel)" not in field(form.title)
    assert "(optioneel)" not in field(form.email, optional=False)
    assert by_id(tree(field(form.email, optional=False)), "email").get("aria-required") == "true"


def test_a_field_that_says_when_it_is_needed_is_not_called_optional(
    macros: dict[str, ModuleType],
) -> None:
    form = ActivityForm()
    field = macros["fields"].field
    assert "(optioneel)" not in field(form.email, hint="Nodig als u weigert.")
    form.email.description = "Nodig als u weigert. De aanbieder leest deze tekst."
    assert "(optioneel)" not in field(form.email)
    form.email.description = "Alleen als het juiste adres hierboven niet staat."
    assert "(optioneel)" in field(form.email)


def test_a_question_with_choices_is_a_group_with_its_error(macros: dict[str, ModuleType]) -> None:
    root = tree(macros["fields"].radio_field(empty_form().answer, inline=True))
    (group,) = root.xpath(".//fieldset[@role='radiogroup']")
    assert group.get("aria-invalid") == "true"
    assert "Kies ja of nee" in by_id(root, group.get("aria-describedby")).text_content()
    assert root.xpath("string(.//legend)") == "Eis 1"
    assert not root.xpath(".//input[@checked]")


def test_chosen_boxes_stay_chosen(macros: dict[str, ModuleType]) -> None:
    form = ActivityForm(MultiDict([("areas", "b")]))
    root = tree(macros["fields"].checkbox_group(form.areas, hints={"b": "Uitleg"}))
    (chosen,) = root.xpath(".//input[@checked]")
    assert chosen.get("value") == "b"
    assert by_id(root, chosen.get("aria-describedby")).text_content() == "Uitleg"


def test_the_error_summary_links_to_the_first_control_of_each_field(
    macros: dict[str, ModuleType], flask_app: Flask
) -> None:
    form = empty_form()
    page = str(macros["fields"].error_summary(form, extra=[(None, "Nog iets")]))
    page += "".join(str(macros["fields"].field(form[name])) for name in form.data)
    root = tree(page)
    links = root.xpath(".//*[@data-error-summary]//a/@href")
    assert links == ["#title", "#content", "#answer-0", "#areas-0"]
    assert all(by_id(root, link.removeprefix("#")).tag in {"input", "textarea"} for link in links)
    assert "Er zijn nog 5 dingen die niet kloppen" in page
    assert flask_app


def test_without_errors_there_is_no_summary(macros: dict[str, ModuleType]) -> None:
    assert not str(macros["fields"].error_summary(ActivityForm())).strip()


def test_what_somebody_typed_is_escaped(macros: dict[str, ModuleType]) -> None:
    form = ActivityForm(MultiDict({"title": '"><script>', "content": "</textarea><b>"}))
    text = macros["fields"].field(form.title) + macros["fields"].field(form.content)
    assert "<script>" not in text
    assert "<b>" not in text


def test_hidden_fields_carry_token_and_submission_id(macros: dict[str, ModuleType]) -> None:
    root = tree(macros["fields"].hidden(ActivityForm(), submission_id="s1"))
    sent = {
        field.get("name"): field.get("value") for field in root.xpath(".//input[@type='hidden']")
    }
    assert sent == {"csrf_token": "token", "submission_id": "s1", "step": "7"}


def test_steps_tell_which_one_is_now_and_which_are_ready(macros: dict[str, ModuleType]) -> None:
    root = tree(macros["parts"].steps(3))
    assert root.xpath(".//ol/@aria-label") == ["Voortgang: stap 3 van 4"]
    assert "Bedrijfsgegevens" in root.xpath("string(.//*[@aria-current='step'])")
    assert root.text_content().count("(klaar)") == 2


def test_progress_polls_only_while_there_is_something_to_wait_for(
    macros: dict[str, ModuleType],
) -> None:
    progress = macros["parts"].progress
    assert tree(progress(3, 14, "3 van 14", poll="/voortgang")).xpath(".//@hx-get") == [
        "/voortgang"
    ]
    done = tree(progress(14, 14, "Klaar"))
    assert not done.xpath(".//@hx-get")
    assert done.xpath(".//progress/@value") == ["14"]


def test_a_change_button_says_what_it_changes(macros: dict[str, ModuleType]) -> None:
    root = tree(
        macros["parts"].summary_list(
            [("Naam", "X"), ("Telefoon", None)],
            title="Bedrijf",
            change=("change", "company"),
            form="review",
        )
    )
    (button,) = root.xpath(".//button")
    assert button.text_content() == "Wijzigen bedrijf"
    assert (button.get("name"), button.get("value"), button.get("form")) == (
        *("change", "company"),
        "review",
    )
    assert "Niet ingevuld" in root.text_content()


@pytest.mark.parametrize(("page", "hidden"), [(1, "prev"), (9, "next")])
def test_pages_turn_no_further_than_they_go(
    macros: dict[str, ModuleType], page: int, hidden: str
) -> None:
    root = tree(macros["parts"].pagination(page, 9, lambda number: f"?pagina={number}"))
    assert hidden not in root.xpath(".//@rel")
    assert root.xpath(".//a[@aria-current='page']/@href") == [f"?pagina={page}"]


def test_one_page_needs_no_turning(macros: dict[str, ModuleType]) -> None:
    assert not str(macros["parts"].pagination(1, 1, str)).strip()


class SomeUser:
    label = "De Leerkring"
    kvk = "90001354"
    company = None
    branch = None
    roles = frozenset({Role.PROVIDER})


PAGE = """{% extends "base.html" %}
{% block title %}Aanbod{% endblock %}
{% block content %}<h1>A</h1>{% endblock %}"""


def test_every_page_says_that_it_is_no_government_website(flask_app: Flask) -> None:
    with flask_app.test_request_context("/"):
        assert "geen website van de overheid" in render_template_string(PAGE, current_user=None)


def test_a_visitor_has_no_token_and_a_way_in(flask_app: Flask) -> None:
    with flask_app.test_request_context("/"):
        page = render_template_string(PAGE, current_user=lambda: None)
    assert "token" not in page
    assert 'href="/inloggen"' in page


def test_the_menu_is_that_of_the_role_and_marks_the_page(flask_app: Flask) -> None:
    with flask_app.test_request_context("/aanbod/7"):
        root: Any = html.fromstring(render_template_string(PAGE, current_user=SomeUser))
    menu = root.xpath("//nav[@aria-label='Hoofdmenu']//a")
    assert [link.text_content() for link in menu] == [
        "Aanbod",
        "Aanmelding",
        "Bedrijf",
        "Taken",
        "Zaken",
        "Starten",
        "Catalogus",
    ]
    assert [link.text_content() for link in menu if link.get("aria-current")] == ["Aanbod"]
    assert root.xpath("//form[@action='/uitloggen'][@method='post']//input/@name") == ["csrf_token"]


def test_the_title_begins_with_the_error(flask_app: Flask) -> None:
    with flask_app.test_request_context("/"):
        page = render_template_string(PAGE, current_user=None, form=empty_form())
    assert "<title>Fout: Aanbod - " in page


def test_a_fault_of_ours_is_shown_without_asking_who_is_signed_in(flask_app: Flask) -> None:
    def broken() -> None:
        raise ConnectionError

    facts: dict[str, Any] = {
        "status": 500,
        "title": "Mis",
        "message": "Wacht even.",
        "reference": "ab12",
    }
    facts |= {"sent": None, "login": None}
    with flask_app.test_request_context("/"):
        page = flask_app.jinja_env.get_template("errors/error.html").render(
            **facts, current_user=broken, request=None, get_flashed_messages=broken
        )
    assert "ab12" in page


def test_a_tile_of_one_is_no_plural(macros: dict[str, ModuleType]) -> None:
    tiles = [
        {"number": number, "label": "taken wachten", "one": "taak wacht"} for number in (0, 1, 2)
    ]
    labels = tree(str(macros["parts"].tiles(tiles))).xpath(".//*[@class='loket-tile__label']")
    assert [each.text for each in labels] == ["taken wachten", "taak wacht", "taken wachten"]
