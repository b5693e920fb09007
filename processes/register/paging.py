"""Pagination of a query (R58)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

Item = TypeVar("Item")
LAST_PAGE = 100_000


@dataclass(frozen=True)
class Page(Generic[Item]):
    """The items of one page; numbers start at 1, and an empty list has one page."""

    items: Sequence[Item]
    number: int
    per_page: int
    total: int

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // self.per_page))

    @property
    def first(self) -> int:
        """The place of the first item in the whole list, 0 when there is none."""
        return (self.number - 1) * self.per_page + 1 if self.items else 0

    @property
    def last(self) -> int:
        """The place of the last item in the whole list."""
        return self.first + len(self.items) - 1 if self.items else 0


def page_of(
    session: Session,
    query: Select[Any],
    number: int,
    per_page: int = 25,
    *,
    total: int | None = None,
) -> Page[Any]:
    """One page of a query; a number past the end gives the last page.

    The items are counted, unless their total is given.
    """
    if total is None:
        counted = select(func.count()).select_from(query.order_by(None).subquery())
        total = session.scalar(counted) or 0
    last = max(1, -(-total // per_page))
    number = min(max(1, number), last, LAST_PAGE)
    items = session.scalars(query.limit(per_page).offset((number - 1) * per_page)).unique().all()
    return Page(items, number, per_page, total)
