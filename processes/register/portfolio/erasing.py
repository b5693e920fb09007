"""A teacher's wish to be forgotten: what goes, and what stays (GDPR article 17)."""

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from processes.register.offers.evaluations import Evaluation
from processes.register.portfolio.entries import PortfolioEntry
from processes.register.portfolio.saved_searches import SavedSearch
from processes.register.portfolio.teachers import Teacher


def counted(session: Session, teacher: Teacher) -> tuple[int, int]:
    """How many entries and evaluations there are of this teacher."""
    entries, evaluations = (
        session.scalar(select(func.count()).where(each.teacher_id == teacher.id)) or 0
        for each in (PortfolioEntry, Evaluation)
    )
    return entries, evaluations


def erase(session: Session, teacher: Teacher) -> list[str]:
    """Delete the portfolio, the evaluations and the name; gives the ids of files of evidence.

    Their pseudonym stays, so that they find the cases that they began.
    """
    query = select(PortfolioEntry.evidence).where(PortfolioEntry.teacher_id == teacher.id)
    files = [str(each["id"]) for evidence in session.scalars(query) for each in evidence]
    for table in (PortfolioEntry, Evaluation, SavedSearch):
        session.execute(delete(table).where(table.teacher_id == teacher.id))
    teacher.name, teacher.sector, teacher.period_start = "", None, None
    session.flush()
    return files
