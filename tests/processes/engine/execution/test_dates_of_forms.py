"""A form field of type date gives FEEL a date; all else sees the text that is stored."""

import pytest
from sqlalchemy.orm import Session

from processes.engine.diagram.elements import read
from processes.engine.execution import instances
from tests.processes.engine.diagrams import chain, flow, node, process, user
from tests.processes.engine.playing import at, do, start

pytestmark = pytest.mark.usefixtures("nothing_kept")


FORM = (
    "<bpmn:extensionElements><camunda:formData>"
    '<camunda:formField id="begin" label="Begin" type="date"/>'
    '<camunda:formField id="note" label="Notitie" type="string"/>'
    '<camunda:formField id="hours" label="Uren" type="double"/>'
    '<camunda:formField id="days" label="Dagen" type="table"/>'
    '<camunda:formField id="day" label="Dag" type="date"><camunda:properties>'
    '<camunda:property id="in" value="days"/></camunda:properties></camunda:formField>'
    "</camunda:formData></bpmn:extensionElements>"
)


@pytest.mark.parametrize(
    ("condition", "taken"),
    [
        ('= begin &lt; date("2026-12-01")', "left"),
        ('= begin + duration("P1M") = @"2026-12-28"', "left"),
        ("= begin.month = 11 and begin.weekday = 6", "left"),
        ('= note = "2026-11-28"', "left"),  # a text that looks like a date is a text
        ("= note &lt; begin", "right"),
        ('= string(begin) = "2026-11-28"', "left"),
        ('= some each in days satisfies each.day > @"2027-01-01"', "left"),
        ("= hours + 0.2 = 0.3", "left"),
        ('begin == "2026-11-28" and begin &lt; today() or begin > "2026-01-01"', "left"),
        ("hours + 0.2 == 0.3", "left"),
        ("days[0]['day'] == '2027-02-01'", "left"),
    ],
)
def test_a_date_of_a_form_is_a_date_in_feel_and_the_same_text_elsewhere(
    session: Session, condition: str, taken: str
) -> None:
    body = (
        node("startEvent", "start") + node("exclusiveGateway", "x", default="x_to_right")
        + user("ask", FORM) + user("left") + user("right") + chain("start", "ask", "x", "right")
        + flow("x", "left", condition)
    )  # fmt: skip
    instance = start(session, process(body))
    days = [{"day": "2026-02-01"}, {"day": "2027-02-01"}]
    if "days[0]" in condition:
        days.reverse()

    do(session, "ask", begin="2026-11-28", note="2026-11-28", hours=0.1, days=days)

    assert at(session) == [taken]
    assert instances.variables(session, instance)["begin"] == "2026-11-28"


def test_a_field_is_asked_by_a_date_that_stands_above_it() -> None:
    shown = (
        '<camunda:formField id="why" label="Waarom" type="string"><camunda:properties>'
        '<camunda:property id="visible" value="= begin &gt; @&quot;2026-12-31&quot;"/>'
        "</camunda:properties></camunda:formField></camunda:formData>"
    )
    drawn = FORM.replace("</camunda:formData>", shown)
    *_, why = read(process(user("ask", drawn))).elements["ask"].form_fields

    assert why.is_shown({"begin": "2027-01-01"})
    assert not why.is_shown({"begin": "2026-12-31"})
    assert not why.is_shown({"begin": None})
