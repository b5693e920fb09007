"""Cases that programs outside may follow, and how the processes begin that they may start."""

from http import HTTPStatus
from uuid import UUID

from flask.typing import ResponseReturnValue

from app.api.answers import (
    CaseAnswer,
    CasesAnswer,
    CaseStateAnswer,
    FieldAnswer,
    StartFormAnswer,
)
from app.api.blueprint import bp, current_opening
from app.api.form_answers import own_questions
from app.api.operation import Operation, describes
from app.api.problems import ProblemError
from app.api.queries import CasesQuery, asked, next_link, page
from app.web.access import public
from app.web.db import db
from app.web.limits import Rate, limited
from processes.engine.deployment.definitions import UnknownProcessError
from processes.engine.insight.progress import progress
from processes.engine.openings.sending import startable
from processes.engine.openings.work import CaseFilter, Place, case_of, cases_of, variables_seen


@bp.get("/zaken")
@public
@limited(Rate.OPENING)
@describes(Operation("cases", {200: CasesAnswer}, query=CasesQuery))
def cases() -> ResponseReturnValue:
    """The cases of the processes that this opening may start, the newest first."""
    query = asked(CasesQuery)
    wanted = CaseFilter(query.process, query.business_key, query.status)
    found = cases_of(db.session(), current_opening(), wanted, query.limit + 1, query.place)
    items, after = page(found, query, lambda each: Place(each.started_at, each.id))
    answer = CasesAnswer(cases=[CaseAnswer.of(each) for each in items], next=after)
    return answer.body(), next_link(after)


@bp.get("/zaken/<uuid:instance_id>")
@public
@limited(Rate.OPENING)
@describes(Operation("cases", {200: CaseStateAnswer}, refuses=(404,)))
def case(instance_id: UUID) -> ResponseReturnValue:
    """How far a case is, and what may be known of it.

    Raises ProblemError.
    """
    session, opening = db.session(), current_opening()
    try:
        found = case_of(session, opening, instance_id)
    except LookupError:
        raise ProblemError(HTTPStatus.NOT_FOUND, "There is no such case.") from None
    return CaseStateAnswer.of(
        found,
        now=[each.name for each in progress(session, found).now],
        variables=variables_seen(session, opening, found),
    ).body()


@bp.get("/processen/<key>")
@public
@limited(Rate.OPENING)
@describes(Operation("cases", {200: StartFormAnswer}, refuses=(404,)))
def start_form(key: str) -> ResponseReturnValue:
    """What a process asks of who starts it.

    Raises ProblemError.
    """
    try:
        begun = startable(db.session(), current_opening(), key).beginning
    except UnknownProcessError:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"No process {key} can be started.") from None
    return StartFormAnswer(
        process=key,
        name=begun.name,
        documentation=begun.documentation,
        fields=[FieldAnswer.of(each, {}) for each in begun.form_fields],
        form=begun.form_key,
        asks=own_questions(begun, current_opening().tenant),
    ).body()
