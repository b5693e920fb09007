"""A portfolio to take along: as accessible PDF, and as CSV for a spreadsheet."""

from flask import Response
from flask.typing import ResponseReturnValue

from app.portfolio.blueprint import bp, chosen, signed_in_teacher
from app.portfolio.export import portfolio_csv
from app.web.access import Role, requires
from app.web.db import db
from app.web.limits import Rate, limited
from processes.base import today
from processes.register.portfolio.entries import entries_of
from processes.register.portfolio.hours import hours, periods


@bp.get("/export.csv")
@requires(Role.TEACHER)
def export() -> ResponseReturnValue:
    entries = entries_of(db.session(), signed_in_teacher())
    return _file(portfolio_csv(entries), "text/csv", "csv")


@bp.get("/export.pdf")
@requires(Role.TEACHER)
@limited(Rate.UPLOAD)
def export_pdf() -> ResponseReturnValue:
    from app.portfolio.pdf import portfolio_pdf  # with the first PDF: typesetting is large

    teacher = signed_in_teacher()
    entries = entries_of(db.session(), teacher)
    period = chosen(periods(teacher.period_start, on=today()))
    pdf = portfolio_pdf(teacher.name, entries, hours(entries, period), period)
    return _file(pdf, "application/pdf", "pdf")


def _file(content: str | bytes, media_type: str, suffix: str) -> Response:
    response = Response(content, mimetype=media_type)
    name = f"portfolio-{today():%Y-%m-%d}.{suffix}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
