"""What pages of every area share: turning pages, and numbers and dates as the Dutch write them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from flask import Blueprint, request, url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from processes.base import local

Row = TypeVar("Row")
MONTHS = ("januari februari maart april mei juni juli augustus september oktober november "
          "december").split()  # fmt: skip
LAST_PAGE = 100_000  # further nobody turns, and the database refuses an offset without end


@dataclass(frozen=True)
class Turned(Generic[Row]):
    """One page of the rows of a query."""

    items: Sequence[Row]
    total: int
    page: int
    pages: int


def page_asked() -> int:
    """The page in the address; anything else than a number is the first."""
    text = request.args.get("pagina", "1")
    is_number = text.isascii() and text.isdigit() and len(text) < len(str(LAST_PAGE))
    return max(int(text), 1) if is_number else 1


def page_url(page: int) -> str:
    """This address, filters and all, at another page."""
    words: dict[str, Any] = request.args.to_dict(flat=False)
    return url_for(request.endpoint or "", **(request.view_args or {}), **words | {"pagina": page})


def turned(session: Session, query: Select[tuple[Row]], *, per_page: int) -> Turned[Row]:
    """The page of this query that was asked for."""
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    pages = max(-(-total // per_page), 1)
    page = min(page_asked(), pages)
    rows = session.scalars(query.limit(per_page).offset((page - 1) * per_page)).all()
    return Turned(rows, total, page, pages)


def submission_sent() -> UUID:
    """The token of the form that was sent, so that a double click counts once (R15)."""
    try:
        return UUID(request.form.get("submission_id", ""))
    except ValueError:
        return uuid4()


def day(value: date | None) -> str:
    """A date in words: "3 maart 2026"."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}" if value else ""


def moment(value: datetime | None) -> str:
    """A moment on the clock in Amsterdam: "3 maart 2026, 14:05"."""
    if value is None:
        return ""
    there = local(value)
    return f"{day(there.date())}, {there:%H:%M}"


def number(value: Decimal | int | None) -> str:
    """A number with a decimal comma, and no zeros that say nothing: "3,5"."""
    if value is None:
        return ""
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def add_filters(bp: Blueprint) -> None:
    """Give the templates of an area the filters `day`, `moment` and `number`."""
    for convert in (day, moment, number):
        bp.add_app_template_filter(convert)
    bp.add_app_template_global(page_url)
    bp.add_app_template_global(uuid4, "new_submission_id")
