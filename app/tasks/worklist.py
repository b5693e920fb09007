"""The list of one's tasks at /taken, and who takes them: claim, release, take over."""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.tasks.blueprint import bp
from app.tasks.open_task import task_of
from app.web.access import Role, current_user, not_theirs, requires
from app.web.db import db
from app.web.limits import Rate, limited
from processes.casework import task_work
from processes.casework.mail.notices import OWN_LISTS
from processes.engine.store.models import UserTask
from processes.engine.tasks.claims import HeldError, MayNotError, TaskClosedError
from processes.engine.tasks.rights import Person
from processes.engine.tasks.wanted_tasks import Due, Place, Tab, Wanted
from processes.engine.tasks.worklist import worklist
from processes.platform.roles import ROLE_NAMES
from processes.unit_of_work import unit_of_work

DUE_WORDS: Mapping[str, str] = {
    "": "Alle",
    Due.LATE: "Te laat",
    Due.TODAY: "Vandaag",
    Due.WEEK: "Binnen een week",
    Due.NONE: "Zonder datum",
}


@bp.get("/taken")
@requires(*Role)
@limited(Rate.SEARCH)
def task_list() -> ResponseReturnValue:
    person, wanted = current_user().person, _wanted(request.args)
    found = worklist(
        db.session(),
        person,
        wanted,
        hidden_forms=OWN_LISTS,
        or_group="lijst" not in request.args,
    )
    wanted = found.wanted
    return render_template(
        "tasks/list.html",
        found=found,
        wanted=wanted,
        tabs=_tabs(person, wanted),
        due_words=list(DUE_WORDS.items()),
        next_page=_address(wanted, na=str(found.next)) if found.next else None,
        first_page=_address(wanted) if wanted.after else None,
        group_names=ROLE_NAMES,
    )


def _wanted(words: Mapping[str, str]) -> Wanted:
    tab, due = words.get("lijst", ""), words.get("termijn", "")
    return Wanted(
        tab=Tab(tab) if tab in set(Tab) else Tab.MINE,
        process=words.get("proces", "")[:200],
        due=Due(due) if due in set(Due) else None,
        text=words.get("zoek", "").strip(),
        after=Place.read(words.get("na", "")),
    )


def _tabs(person: Person, wanted: Wanted) -> list[tuple[Tab, str, str]]:
    group = "Van mijn bedrijf" if person.tenant is not None else "Van mijn groep"
    names = {Tab.MINE: "Van mij", Tab.GROUP: group, Tab.LATER: "Later", Tab.DONE: "Klaar"}
    return [
        (tab, name, _address(Wanted(tab, wanted.process, wanted.due, wanted.text)))
        for tab, name in names.items()
    ]


def _address(wanted: Wanted, **more: str) -> str:
    words = {
        "lijst": wanted.tab.value,
        "proces": wanted.process,
        "termijn": wanted.due or "",
        "zoek": wanted.text,
        **more,
    }
    return f"/taken?{urlencode({name: word for name, word in words.items() if word})}"


@bp.post("/taken/<uuid:task_id>/oppakken")
@requires(*Role)
def claim(task_id: UUID) -> ResponseReturnValue:
    return change_of(task_id, task_work.claim, "U bent nu met deze taak bezig.")


@bp.post("/taken/<uuid:task_id>/loslaten")
@requires(*Role)
def release(task_id: UUID) -> ResponseReturnValue:
    text = "U hebt de taak losgelaten. Een ander kan haar nu oppakken."
    return change_of(task_id, task_work.release, text)


@bp.post("/taken/<uuid:task_id>/overnemen")
@requires(*Role)
def take_over(task_id: UUID) -> ResponseReturnValue:
    return change_of(task_id, task_work.take_over, "U hebt de taak overgenomen.")


Change = Callable[[Session, UUID, Person], UserTask]


def change_of(task_id: UUID, change: Change, text: str) -> ResponseReturnValue:
    """Make this change, say so, and go back to the task; what cannot be is told there too."""
    task_of(db.session(), task_id, current_user())
    try:
        change(db.session(), task_id, current_user().person)
        unit_of_work(db.session()).commit()
        flash(text, "ok")
    except LookupError:
        not_theirs(f"task:{task_id}")
    except (TaskClosedError, MayNotError) as error:
        db.session().rollback()
        flash(_why_not(error), "warning")
    return redirect(_back_to(task_id), 303)


def _why_not(error: TaskClosedError | MayNotError) -> str:
    if isinstance(error, HeldError):
        return f"{error.holder or 'Iemand anders'} is al met deze taak bezig."
    if isinstance(error, TaskClosedError):
        return "Deze taak is intussen afgerond, of staat stil. U kunt haar niet meer veranderen."
    return "Dat kan niet meer: de taak is intussen veranderd."


def _back_to(task_id: UUID) -> str:
    """The page of the task, or the list where the button stood."""
    if request.form.get("terug") == "lijst":
        return url_for("tasks.task_list", lijst=Tab.MINE.value)
    return url_for("tasks.show", task_id=task_id)
