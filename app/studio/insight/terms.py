"""Page and file of the share of cases that ended within the legal term, by month (B03)."""

from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue

from app.studio.deploy.versions import versions_of
from app.studio.insight.blueprint import bp
from app.web.access import STUDIO_READERS, requires
from app.web.db import db
from processes.dutch import month_in_words, percent_text
from processes.engine.deployment.start_rights import beginning_of
from processes.engine.insight.term_report import MONTHS, Month, late_now, months, total
from processes.engine.store.models import ProcessDefinition
from processes.letters.csv_files import csv_file

HEADER = ("maand", "klaar", "binnen de termijn", "te laat", "gestopt", "deel binnen de termijn")


@bp.get("/<key>/termijn")
@requires(*STUDIO_READERS)
def terms(key: str) -> ResponseReturnValue:
    """By month, the newest first; and how many run on although their term has passed."""
    latest, session = _latest(key), db.session()
    found = months(session, key)
    return render_template(
        "studio/terms.html",
        latest=latest,
        term=beginning_of(session, latest.id).legal_term,
        months=[(month_in_words(each.first_day), each) for each in found],
        whole=total(found),
        late_now=late_now(session, key),
        most=MONTHS,
    )


@bp.get("/<key>/termijn.csv")
@requires(*STUDIO_READERS)
def terms_file(key: str) -> ResponseReturnValue:
    _latest(key)
    text = csv_file(HEADER, map(_row, months(db.session(), key)))
    answer = Response(text, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="termijn.csv"'
    return answer


def _row(month: Month) -> tuple[str, ...]:
    share = "" if month.share is None else percent_text(month.share)
    counts = (month.completed, month.in_time, month.late, month.stopped)
    return (f"{month.first_day:%Y-%m}", *map(str, counts), share)


def _latest(key: str) -> ProcessDefinition:
    (latest, *_) = versions_of(db.session(), key) or abort(404)
    return latest.definition
