"""How a process begins is read from its file: starters, start form, business key, other starts."""

import pytest

from processes.engine.diagram.beginning import Beginning, beginning_of
from processes.engine.diagram.graph import read
from tests.app.begin.complaints import KEY, SUBJECT, complaint
from tests.processes.engine.diagrams import message, node, process, timer, user


def of(xml: bytes, key: str = KEY) -> Beginning:
    return beginning_of(read(xml), key)


def test_all_that_is_drawn_is_read() -> None:
    begun = of(
        complaint(
            SUBJECT,
            groups="teacher, provider ,, teacher",
            start=' camunda:initiator=" indiener "',
            business_key="${onderwerp}",
            review=True,
            body=node("startEvent", "post", message("binnen")),
        )
    )
    assert begun.groups == ("teacher", "provider")
    assert (begun.name, begun.initiator, begun.business_key) == (
        "Klacht behandelen",
        "indiener",
        "${onderwerp}",
    )
    assert begun.has_plain_start
    assert begun.is_listed
    assert begun.is_reviewed
    assert begun.documentation == "U hoort **binnen een week** iets."
    assert [each.id for each in begun.form_fields] == ["onderwerp"]
    assert begun.others == (("message", "binnen"),)


def test_without_a_start_event_people_may_begin() -> None:
    assert of(process(user("a")), "p").has_plain_start


def test_what_begins_by_itself_cannot_be_begun() -> None:
    xml = process(node("startEvent", "s", message("m")), messages=("m",))
    begun = of(xml, "p")
    assert not begun.has_plain_start
    assert begun.others == (("message", "m"),)


def test_a_start_event_may_have_several_definitions() -> None:
    start = node("startEvent", "s", message("m") + message("n") + timer("timeDuration", "P1D"))
    begun = of(process(start, messages=("m", "n")), "p")
    assert not begun.has_plain_start
    assert begun.others == (("message", "m"), ("message", "n"), ("timer", "s"))


def test_another_key_is_an_error() -> None:
    with pytest.raises(LookupError):
        of(complaint(SUBJECT), "other")
