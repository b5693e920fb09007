"""What retention would remove now, what stays and why, and what the last runs removed (D6)."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.operations.blueprint import bp
from app.web.access import Role, requires
from app.web.db import db
from processes.casework.retention.runs import PROCESS, deployed_terms, due, last_runs, terms_from
from processes.engine.registry import BadDataError


@bp.get("/beheer/bewaartermijnen")
@requires(Role.OPERATOR)
def retention() -> ResponseReturnValue:
    """A dry run with the terms of the process in use; the page itself removes nothing."""
    session, problem = db.session(), ""
    try:
        terms = deployed_terms(session)
    except BadDataError as error:
        terms, problem = None, str(error)
    return render_template(
        "operations/retention.html",
        due=due(session, terms or terms_from({})),
        is_in_use=terms is not None,
        problem=problem,
        runs=last_runs(session),
        process=PROCESS,
    )
