"""What is counted of cases and their passages."""

from datetime import UTC, datetime, timedelta

import pytest

from processes.base import new_id
from processes.engine.insight import statistics
from processes.engine.insight.figures import Passage, Run, figures_of
from processes.engine.store.models import InstanceStatus

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("is_first", [True, False])
def test_a_stopped_case_left_where_it_came_last(is_first: bool) -> None:
    case = Run(str(new_id()), str(new_id()), InstanceStatus.CANCELLED, MONDAY, MONDAY)

    def passage(element: str, entered: float, left: float | None) -> Passage:
        moments = [None if each is None else MONDAY + timedelta(each) for each in (entered, left)]
        began = moments[0] or MONDAY
        return Passage(case.id, element, "userTask", element, began, moments[1], "cancelled")

    def stopped(*passages: Passage) -> list[str]:
        ordered = passages if is_first else passages[::-1]
        told = statistics.cancellations(figures_of([case], ordered))
        return [each.element_id for each in told]

    assert stopped(passage("a", 0, 5), passage("b", 1, 4)) == ["a"]
    assert stopped(passage("b", 1, 5), passage("a", 2, 5)) == ["a"]  # both were open
    assert stopped(passage("a", 2, 5), passage("b", 2, 5)) == ["b"]
    assert stopped(passage("a", 0, 5), passage("b", 1, None)) == ["b"]
    assert stopped(passage("a", 2, None), passage("b", 1, None)) == ["a"]


@pytest.mark.parametrize("is_first", [True, False])
def test_where_as_many_were_stopped_the_order_is_that_of_the_elements(is_first: bool) -> None:
    cases = [
        Run(str(new_id()), str(new_id()), InstanceStatus.CANCELLED, MONDAY, MONDAY) for _ in "abcc"
    ]
    passages = [
        Passage(case.id, element, "userTask", element, MONDAY, MONDAY, "cancelled")
        for case, element in zip(cases, "abcc", strict=True)
    ]
    ordered = passages if is_first else passages[::-1]
    told = statistics.cancellations(figures_of(cases, ordered))
    assert [(each.element_id, each.count) for each in told] == [("c", 2), ("a", 1), ("b", 1)]
