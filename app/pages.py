"""What pages of every area share: turning pages, numbers in Dutch, and the token of a form."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID, uuid4

from flask import Blueprint, request
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

Row = TypeVar("Row")
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
    """The address of another page of this list, filters and all."""
    words = request.args.to_dict(flat=False) | {"pagina": [str(page)]}
    return f"{request.path}?{urlencode(words, doseq=True)}"


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


def getal(value: Decimal | float | None) -> str:
    """A number with a decimal comma, and no zeros that say nothing: "3,5"."""
    if value is None:
        return ""
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def add_helpers(bp: Blueprint) -> None:
    """Give the templates what stands above."""
    bp.add_app_template_filter(getal)
    bp.add_app_template_global(page_url)
    bp.add_app_template_global(uuid4, "new_submission_id")
