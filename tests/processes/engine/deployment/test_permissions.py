"""Permissions per process: who is named may, and where nobody is named the role decides."""

import pytest
from sqlalchemy.orm import Session

from processes.engine.deployment.permissions import (
    NoSuchPersonError,
    Permissions,
    candidates,
    named_for,
    permissions,
    set_named,
)
from processes.engine.store.permission_models import Right
from processes.engine.store.work_models import KnownPerson

ANNA, BAS = "staff:1", "staff:2"


def known(session: Session, reference: str, name: str, *groups: str) -> None:
    session.add(KnownPerson(reference=reference, name=name, groups=frozenset(groups), tenant=None))
    session.flush()


def test_without_a_row_everybody_may() -> None:
    assert all(Permissions().allow(ANNA, right, "p") for right in Right)
    assert Permissions().hidden(ANNA, Right.SEE) == frozenset()


@pytest.mark.parametrize("right", list(Right))
def test_who_is_named_may_and_nobody_else(right: Right) -> None:
    given = Permissions({"p": {right: frozenset({ANNA})}})
    assert given.allow(ANNA, right, "p")
    assert not given.allow(BAS, right, "p")
    assert given.allow(BAS, right, "q")
    assert given.hidden(BAS, right) == {"p"}


def test_a_right_of_which_nobody_is_named_asks_that_the_process_is_seen() -> None:
    given = Permissions({"p": {Right.SEE: frozenset({ANNA})}})
    assert given.allow(ANNA, Right.EDIT, "p")
    assert not given.allow(BAS, Right.EDIT, "p")
    assert given.allow(BAS, Right.OPERATE, "p")  # operating is a right of its own


def test_who_is_named_for_editing_sees_the_process() -> None:
    given = Permissions({"p": {Right.SEE: frozenset({ANNA}), Right.EDIT: frozenset({BAS})}})
    assert given.allow(BAS, Right.SEE, "p")
    assert not given.allow(ANNA, Right.EDIT, "p")
    assert not Permissions({"p": {Right.EDIT: frozenset({BAS})}}).allow(ANNA, Right.EDIT, "p")


def test_people_are_named_by_their_reference_and_only_with_the_role(session: Session) -> None:
    known(session, ANNA, "Anna", "process_owner")
    known(session, BAS, "Bas", "operator", "process_owner")
    assert [each.name for each in candidates(session, Right.EDIT)] == ["Anna", "Bas"]
    assert set_named(session, "p", Right.EDIT, [ANNA], by="x") == ([], ["Anna"])
    assert set_named(session, "p", Right.EDIT, [ANNA, BAS], by="x") == (["Anna"], ["Anna", "Bas"])
    assert permissions(session).named == {"p": {Right.EDIT: {ANNA, BAS}}}
    with pytest.raises(NoSuchPersonError):
        set_named(session, "p", Right.OPERATE, [ANNA], by="x")
    assert set_named(session, "p", Right.EDIT, [], by="x") == (["Anna", "Bas"], [])
    assert named_for(session, "p") == []


def test_who_was_named_may_stay_without_the_role(session: Session) -> None:
    known(session, ANNA, "Anna", "process_owner")
    set_named(session, "p", Right.EDIT, [ANNA], by="x")
    session.get_one(KnownPerson, ANNA).groups = frozenset({"registrar"})
    assert candidates(session, Right.EDIT) == []
    assert set_named(session, "p", Right.EDIT, [ANNA], by="y") == (["Anna"], ["Anna"])
