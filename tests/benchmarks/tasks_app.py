"""The portal as gunicorn serves it, with two extra routes: a bare list, and a POST that commits."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from app.api.blueprint import current_opening
from app.api.credentials import recognise
from app.factory import create_app, csrf
from app.web.access import Role, current_user, public, requires
from app.web.db import Begins, begins, db
from app.web.limits import Rate, count_view, limited
from processes.platform.settings import current_settings
from processes.register.changes import record_event
from processes.unit_of_work import unit_of_work

LIST, PLAIN = "/benchmark/taken", "/benchmark/plain"
SELECT = text(
    "SELECT t.id, t.name, t.label, t.priority, t.due_at, t.opened_at, t.assignee_name,"
    " i.business_key, d.name FROM user_task t"
    " JOIN process_instance i ON i.id = t.instance_id"
    " JOIN process_definition d ON d.id = i.definition_id"
    " WHERE t.tenant = :tenant AND t.status = 'open' AND i.status = 'active'"
    " ORDER BY t.due_at IS NULL, t.due_at, t.priority DESC, t.opened_at, t.id LIMIT 25"
)

bp = Blueprint("benchmark", __name__)  # as every route of the portal
for_programs = Blueprint("benchmark_api", __name__)
for_programs.before_request(recognise)


@bp.get(LIST)
@requires(Role.PROVIDER)
def bare() -> ResponseReturnValue:
    """The 25 rows of the first page, and no page around them."""
    rows = db.session().execute(SELECT, {"tenant": current_user().kvk}).all()
    return "\n".join(map(str, rows))


@for_programs.post(PLAIN)
@public
@limited(Rate.OPENING)
@begins(Begins.WHEN_WRITING)
def plain() -> ResponseReturnValue:
    """One durable row with the body, for a program that is recognised and counted as by the API.

    It has no message id: sent again, it is kept again.
    """
    given = request.get_json()
    unit = unit_of_work(db.session())
    unit.begin_writing()
    record_event(db.session(), "benchmark", actor=current_opening().name, details=given)
    unit.commit()
    return {"outcome": "kept"}


app = create_app(current_settings())
csrf.exempt(for_programs)
app.register_blueprint(bp)
app.register_blueprint(for_programs)
count_view(app, f"{for_programs.name}.{plain.__name__}")
