"""The portal as gunicorn serves it, with one extra route: a POST that only commits."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from app.factory import create_app
from app.web.access import Role, current_user, requires
from app.web.db import Begins, begins, db
from app.web.limits import count_view
from processes.platform.settings import current_settings
from processes.register.changes import record_event
from processes.unit_of_work import unit_of_work

PLAIN = "/benchmark"

bp = Blueprint("benchmark", __name__)  # as every route of the portal


@bp.post(PLAIN)
@requires(Role.PROVIDER)
@begins(Begins.WHEN_WRITING)  # as the page of a task does
def plain() -> ResponseReturnValue:
    """One durable row, and the answer that a completed task gets too."""
    user = current_user()
    unit = unit_of_work(db.session())
    unit.begin_writing()
    record_event(db.session(), "benchmark", actor=user.label, kvk=user.kvk)
    unit.commit()
    return redirect("/", 303)


app = create_app(current_settings())
app.register_blueprint(bp)
count_view(app, f"{bp.name}.{plain.__name__}")  # as every form that is sent is counted
