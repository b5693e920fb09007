"""Fields of a diagram: each has a name of its own, a type that exists, and an answer that fits."""

import pytest

from processes.engine.checks.checker import check
from processes.engine.checks.findings import Severity, Vocabulary, is_deployable
from tests.processes.engine.checks.rules.judging import (
    VOCABULARY,
    Example,
    assert_bad_is_found,
    assert_good_is_clean,
    found,
)
from tests.processes.engine.diagrams import chain, flow, node, process, straight, user
from tests.processes.engine.form_fields import field, form, value


def asks(*fields: str, key: str = "a") -> bytes:
    task = node("userTask", "a", form(*fields), camunda_formKey=key)
    return process(straight(task, ids=("a",)))


def chooses(condition: str, *fields: str) -> bytes:
    """A form, and behind it a way that is taken under a condition."""
    body = (
        node("startEvent", "s")
        + node("userTask", "a", form(*fields), camunda_formKey="a")
        + node("exclusiveGateway", "g", default="g_to_yes")
        + node("endEvent", "yes")
        + node("endEvent", "no")
        + chain("s", "a", "g")
        + flow("g", "no", condition)
        + flow("g", "yes")
    )
    return process(body)


GOOD = asks(
    field("name", "string", required="", minlength="2", maxlength="40"),
    field("story", "longtext", help="**Vet** en [een plek](https://loket.test)."),
    field("people", "long", min="1", max="500", default="20"),
    field("hours", "double", default="3,5"),
    field("begin", "date", default="31-12-2026"),
    field("agrees", "boolean", default="true"),
    field("kind", "enum", value("a", "Een"), value("b"), default="b"),
    field("mail", "email", default="a@b.nl"),
    field("company", "kvk", default="12345678"),
    field("which", "string", visible="${kind == 'a'}", group="Soort", prefill="${company['name']}"),
    field("lijst", "table", required="", max="20"),
    field("kolom", "string", **{"in": "lijst"}),
    field("place", "postcode", readonly="true", default="1234AB"),
)
MANY = (field(f"f{number}", "string") for number in range(51))
EXAMPLES = {
    "form-field-place": Example(
        process(straight(node("manualTask", "a", form(field("x", "string"))), ids=("a",))), GOOD
    ),
    "form-field-form": Example(asks(field("x", "string"), key="closed"), GOOD),
    "form-field-id": Example(asks(field("twee woorden", "string")), GOOD),
    "form-field-reserved": Example(asks(field("kvk", "kvk")), GOOD),
    "form-field-twice": Example(asks(field("x", "string"), field("x", "string")), GOOD),
    "form-field-type": Example(asks(field("x", "colour")), GOOD),
    "form-field-missing": Example(asks(field("x", "enum")), GOOD),
    "form-field-choices": Example(asks(field("x", "enum", value("a"), value("a"))), GOOD),
    "form-field-many": Example(asks(*MANY), GOOD),
    "form-field-constraint": Example(asks(field("x", "string", min="3")), GOOD),
    "form-field-default": Example(asks(field("x", "long", default="veel")), GOOD),
    "form-field-visible": Example(
        asks(field("x", "string", visible="${y}"), field("y", "string")), GOOD
    ),
    "form-field-column": Example(asks(field("x", "string", **{"in": "lijst"})), GOOD),
    "form-field-table": Example(asks(field("lijst", "table")), GOOD),
    "form-field-rows": Example(
        asks(field("lijst", "table", max="21"), field("x", "string", **{"in": "lijst"})), GOOD
    ),
    "form-field-prefill": Example(asks(field("x", "string", prefill="company")), GOOD),
    "form-field-default-expression": Example(asks(field("x", "string", default="${name}")), GOOD),
    "form-field-opening": Example(asks(field("x", "string", prefill="${a or b}")), GOOD),
    "form-field-unanswered": Example(
        chooses("${not x}", field("x", "boolean")), GOOD, at="g_to_no"
    ),
    "form-field-ignored": Example(asks(field("x", "string", colour="red")), GOOD),
}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_wrong_field_is_found(rule: str) -> None:
    assert_bad_is_found(rule, EXAMPLES[rule])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_right_fields_are_clean(rule: str) -> None:
    assert_good_is_clean(rule, EXAMPLES[rule])


def rules(xml: bytes) -> set[str]:
    return {each.rule for each in found(xml)}


@pytest.mark.parametrize("name", ["", "1st", "met-streep", "é", "class", "not", "x" * 101])
def test_an_id_that_no_expression_could_name_is_refused(name: str) -> None:
    assert "form-field-id" in rules(asks(field(name, "string")))


@pytest.mark.parametrize("name", ["class", "from", "is"])
def test_a_word_of_the_language_is_told_to_be_taken(name: str) -> None:
    (told,) = (e for e in found(asks(field(name, "string"))) if e.rule == "form-field-id")
    assert "Die naam gebruikt Loket al voor iets anders." in told.message


@pytest.mark.parametrize("name", ["true", "len", "nrOfInstances", "kvk", "website"])
def test_a_name_that_stands_for_something_else_is_refused(name: str) -> None:
    known = Vocabulary(
        frozenset({"a"}), form_names={"a": frozenset({"website"})}, given=frozenset({"kvk"})
    )
    findings = check(asks(field(name, "string")), known)
    assert {each.rule for each in findings} == {"form-field-reserved"}


def test_a_field_does_not_overwrite_a_data_object() -> None:
    data = '<bpmn:dataObject id="x"/>'
    drawn = process(data + straight(user("a", form(field("x", "string"))), ids=("a",)))
    assert "form-field-reserved" in rules(drawn)


def test_two_tasks_may_ask_the_same_but_not_as_something_else() -> None:
    def both(first: str, second: str) -> bytes:
        one, other = user("a", form(field("x", first))), user("b", form(field("x", second)))
        return process(straight(one, other, ids=("a", "b")))

    assert not rules(both("long", "long"))
    assert "form-field-twice" in rules(both("long", "string"))


@pytest.mark.parametrize(
    ("type_", "constraints"),
    [
        ("string", {"minlength": "0"}),
        ("string", {"maxlength": "veel"}),
        ("string", {"minlength": "9", "maxlength": "3"}),
        ("string", {"validator": "com.example.Validator"}),
        ("string", {"required": "misschien"}),
        ("long", {"min": "3", "max": "2"}),
        ("long", {"min": "inf"}),
        ("long", {"maxlength": "3"}),
        ("boolean", {"min": "1"}),
    ],
)
def test_a_constraint_that_cannot_be_kept_is_refused(
    type_: str, constraints: dict[str, str]
) -> None:
    assert "form-field-constraint" in rules(asks(field("x", type_, **constraints)))


def test_most_without_least_is_fine() -> None:
    assert not rules(asks(field("x", "long", max="-5")))


@pytest.mark.parametrize(
    ("type_", "default"),
    [
        ("long", "3,5"),
        ("double", "nan"),
        ("date", "31-02-2026"),
        ("date", "morgen"),
        ("boolean", "misschien"),
        ("enum", "c"),
        ("email", "geen adres"),
        ("kvk", "1234"),
        ("postcode", "0123 AB"),
    ],
)
def test_an_answer_beforehand_must_be_of_the_type(type_: str, default: str) -> None:
    values = (value("a"),) if type_ == "enum" else ()
    assert "form-field-default" in rules(asks(field("x", type_, *values, default=default)))


def test_an_answer_beforehand_keeps_to_the_constraints() -> None:
    assert "form-field-default" in rules(asks(field("x", "long", min="3", default="2")))
    assert "form-field-default" in rules(asks(field("x", "string", maxlength="3", default="lang")))


def test_a_field_that_is_not_whole_yet_may_be_saved() -> None:
    (finding,) = found(asks('<camunda:formField id="x" label="Vraag"/>'))
    assert finding.severity is Severity.TODO
    assert not is_deployable([finding])


def test_names_of_fields_are_known_to_conditions() -> None:
    task = user("a", form(field("geeft_toestemming", "boolean")))
    due = node("userTask", "b", camunda_formKey="b", camunda_dueDate="${geeft_toesteming}")
    findings = found(process(straight(task, due, ids=("a", "b"))))
    (finding,) = [each for each in findings if each.rule == "name-unknown"]
    assert "geeft_toestemming" in finding.message


def test_what_a_field_holds_is_never_markup_in_a_finding() -> None:
    findings = check(asks(field("x" * 500, "<b>" * 50)), VOCABULARY)
    assert all(len(each.message) < 400 for each in findings)


@pytest.mark.parametrize(("readonly", "refused"), [({}, True), ({"readonly": ""}, False)])
def test_only_a_field_that_is_read_may_show_the_element_of_a_round(
    readonly: dict[str, str], refused: bool
) -> None:
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics camunda:collection="regios"'
        ' camunda:elementVariable="regio"/></bpmn:userTask>'
    )
    xml = asks(field("regio", "string", label="Regio", **readonly))
    findings = found(xml.replace(b"</bpmn:userTask>", loop.encode(), 1))
    assert ("form-field-reserved" in {each.rule for each in findings}) is refused


@pytest.mark.parametrize("text", ["kind == 'a'", "${kind ==}", "${x}", "${later}", "tekst"])
def test_a_condition_is_an_expression_over_what_came_before(text: str) -> None:
    fields = (field("kind", "string"), field("x", "string", visible=text), field("later", "string"))
    assert "form-field-visible" in rules(asks(*fields))


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("visible", "${bedrag > 1}", "form-field-visible"),
        ("prefill", "${bedrag}", "form-field-prefill"),
    ],
)
def test_a_start_form_knows_no_variables(name: str, text: str, rule: str) -> None:
    drawn = field("x", "string", **{name: text})
    assert rule not in rules(asks(drawn))
    start = node("startEvent", "start", form(drawn)) + node("endEvent", "end")
    begun = process(start + user("a") + chain("start", "a", "end"))
    assert rule in rules(begun)


def test_a_start_form_opens_with_the_company_and_earlier_answers() -> None:
    drawn = field("x", "string", prefill="${earlier['x']}")
    start = node("startEvent", "start", form(drawn)) + node("endEvent", "end")
    assert "form-field-prefill" not in rules(
        process(start + user("a") + chain("start", "a", "end"))
    )


@pytest.mark.parametrize(
    "column",
    [
        field("x", "table", **{"in": "lijst"}),
        field("x", "string", visible="${lijst}", **{"in": "lijst"}),
        field("x", "string", group="Kop", **{"in": "lijst"}),
    ],
)
def test_a_column_is_a_plain_field(column: str) -> None:
    assert "form-field-column" in rules(asks(field("lijst", "table"), column))


@pytest.mark.parametrize(
    "text",
    ["${a or b}", "${not a}", "${a == 'x'}", "${true}", "= a or b", "= a = null", "${a in b}"],
)
def test_a_field_that_asks_no_yes_or_no_does_not_open_with_one(text: str) -> None:
    assert "form-field-opening" in rules(asks(field("x", "string", prefill=text)))
    assert "form-field-opening" not in rules(asks(field("x", "boolean", prefill=text)))


@pytest.mark.parametrize(
    "condition", ["${not x}", "${x != true}", "not x", "${not (x == true)}", "= x != true"]
)
def test_no_answer_that_counts_as_no_is_told(condition: str) -> None:
    for asked in (field("x", "boolean"), field("x", "boolean", required="", visible="${true}")):
        assert "form-field-unanswered" in rules(chooses(condition, asked))
    assert "form-field-unanswered" not in rules(
        chooses(condition, field("x", "boolean", required=""))
    )


@pytest.mark.parametrize(
    "condition",
    [
        *("${x}", "${x == false}", "${x == null}", "${not y}", "= not(x)", "= x = false"),
        *("${x == true or y}", "${not x and x != null}", "${x", "${not true}"),
    ],
)
def test_a_condition_that_no_answer_does_not_meet_is_not_told(condition: str) -> None:
    fields = (field("x", "boolean"), field("y", "boolean", required=""))
    assert "form-field-unanswered" not in rules(chooses(condition, *fields))


@pytest.mark.parametrize(
    "text",
    [
        *("${a}", "${company['name']}", "= if a != null then a else b", "${'ja'}", "${2 + 3}"),
        *("= company.name", "${today()}", "${max(a, b)}"),
    ],
)
def test_a_field_may_open_with_anything_else(text: str) -> None:
    assert "form-field-opening" not in rules(asks(field("x", "string", prefill=text)))


@pytest.mark.parametrize("name", ["visible", "prefill"])
@pytest.mark.parametrize("text", ["${number + title}", "${number > title}", "= number + title"])
def test_what_can_never_be_worked_out_in_a_form_is_told(name: str, text: str) -> None:
    earlier = (field("number", "long"), field("title", "string"))
    findings = check(asks(*earlier, field("x", "string", **{name: text})), vocabulary=VOCABULARY)

    (finding,) = [each for each in findings if each.rule == "kinds-clash"]
    assert finding.element == "a"
    assert "gaat niet met" in finding.message


def test_a_field_is_asked_where_anything_was_filled_in() -> None:
    earlier = (field("number", "long"), field("title", "string"))
    drawn = asks(*earlier, field("x", "string", visible="${number and not title}"))
    assert "kinds-clash" not in rules(drawn)
