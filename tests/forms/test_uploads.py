"""A field for files: references that we signed, those taken away, how many, and in words."""

from typing import Any

from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from forms.drawn.generated import with_fields
from forms.drawn.values import on_page, shown
from forms.registry import Draft, UserTaskForm
from forms.uploads import reference_in, size_text, token_of
from processes.engine.diagram.form_fields import FieldType, FormField
from tests.forms.errors import errors_by_field

ONE = {"id": "1", "name": "a & b.pdf", "size": 1_300_000, "type": "application/pdf"}
TWO = {"id": "2", "name": "foto.jpg", "size": 20, "type": "image/jpeg"}
FILES = FormField("bewijs", "Bewijs", FieldType.FILE, kinds=("pdf", "jpeg"), most=2)


def form(*typed: tuple[str, str], **more: Any) -> Any:
    drawn = FormField(**{**vars(FILES), **more})
    return with_fields(UserTaskForm, (drawn,))(MultiDict(typed))


def test_references_become_the_variable_and_none_without_any() -> None:
    made = form(("veld_bewijs", token_of(ONE)), ("veld_bewijs", token_of(TWO)))
    assert made.validate()
    assert made.variables() == {"bewijs": [ONE, TWO]}
    assert form().variables() == {"bewijs": None}


def test_what_is_taken_away_or_not_ours_does_not_count() -> None:
    token = token_of(ONE)
    other = ("A" if token[0] != "A" else "B") + token[1:]
    made = form(("veld_bewijs", token), ("veld_bewijs-weg", token), ("veld_bewijs", other))
    assert made.validate()
    assert made.variables() == {"bewijs": None}
    assert reference_in(other) is None


def test_a_required_file_and_the_most_of_them_are_told() -> None:
    missing = form(is_required=True)
    assert not missing.validate()
    assert errors_by_field(missing) == {"veld_bewijs": "Voeg een bestand toe: Bewijs"}
    tokens = [("veld_bewijs", token_of({**ONE, "id": str(number)})) for number in range(3)]
    many = form(*tokens)
    assert not many.validate()
    assert errors_by_field(many) == {"veld_bewijs": "Voeg hoogstens 2 bestanden toe."}


def test_a_draft_and_an_earlier_answer_give_the_files_back() -> None:
    made = form(("veld_bewijs", token_of(ONE)))
    form_class = type(made)
    assert form_class(Draft(made.draft())).variables() == {"bewijs": [ONE]}
    again = form_class(None, data=form_class.data_from({"bewijs": [ONE]}))
    assert again.variables() == {"bewijs": [ONE]}


def test_a_variable_that_holds_no_references_is_no_answer() -> None:
    form_class = type(form())
    for odd in ("a.pdf", 1, {"id": "1"}, [1, None, {"id": "1"}, {**ONE, "size": "x"}]):
        made = form_class(None, data=form_class.data_from({"bewijs": odd}))
        assert made.variables() == {"bewijs": None}
        assert shown(FILES, odd) == ""


def test_files_in_words_and_as_links() -> None:
    assert shown(FILES, [ONE, TWO]) == "a & b.pdf (1,2 MB); foto.jpg (1 kB)"
    page = on_page(FILES, [ONE, TWO])
    assert isinstance(page, Markup)
    assert 'href="/bestanden/1">a &amp; b.pdf (1,2 MB)</a><br>' in page
    sizes = (1, 1024, 1536, 1024 * 1024 - 1, 1024 * 1024, 20 * 1024 * 1024)
    texts = ["1 kB", "1 kB", "2 kB", "1024 kB", "1 MB", "20 MB"]
    assert list(map(size_text, sizes)) == texts
