"""In which order offers are told, and how those of the whole catalogue are read in that order."""

from collections.abc import Sequence

from processes.register.search.restrictions import OF_DAY

NEXT_DAY = """coalesce(
    (SELECT min(r.day) FROM search_run r WHERE r.number = e.number AND r.day >= :day), :never)"""
NEXT_RUNS = """search_run n CROSS JOIN search_entry e WHERE e.number = n.number AND n.day >= :day
    AND NOT EXISTS (SELECT 1 FROM search_run b WHERE b.number = n.number AND b.day >= :day
    AND b.day < n.day)"""
"""The next run of each entry that has one; a cross join, for SQLite to read runs by their day."""
PRICE = OF_DAY.format("price")
NEWEST = "nieuw"
ORDERS = {
    "": "e.sort_title, e.number",
    "begin": f"{NEXT_DAY}, e.sort_title, e.number",
    "uren": "e.hours + 0, e.sort_title, e.number",  # no order of an index, for few of many hits
    "prijs": f"{PRICE}, e.sort_title, e.number",
    NEWEST: "e.number DESC",
}
"""By title where the order says nothing, or there is no text."""
INDEXED = {"uren": "durations", "prijs": "prices"}
"""Orders of an index, with the facets whose offers all may stand at its end."""
IN_ORDER = "ORDER BY amount, sort_title, number LIMIT"
AMOUNTS = {
    "uren": ("e.hours",),
    "prijs": ("e.price", "NOT EXISTS (SELECT 1 FROM search_entry o WHERE o.valid_until < :day)"),
}
# As NOT, for else SQLite would read by the index of `valid_until`.
HOLDS, IS_OVER = "NOT e.valid_until < :day", "e.valid_until < :day"


def by_next_run(conditions: Sequence[str]) -> str:
    """A page of the offers that begin, by the day on which they do next."""
    order = "n.day, e.sort_title, e.number LIMIT :number OFFSET :first"
    return f"SELECT e.offer_id FROM {NEXT_RUNS} AND {' AND '.join(conditions)} ORDER BY {order}"


def by_amount(order: str, conditions: Sequence[str]) -> str:
    """A page by hours or price, read by an index: no further than its end, `:number + :first`.

    Entries that are over have another price than they say; they are few, and sorted.
    """
    if order == "uren":
        parts = [_part("e.hours", conditions)]
    else:
        own = _part("e.price", [*conditions, HOLDS])
        parts = [own, _part(PRICE, [*conditions, IS_OVER])]
    found = " UNION ALL ".join(f"SELECT * FROM ({part}) AS p{n}" for n, part in enumerate(parts))
    return f"SELECT offer_id FROM ({found}) AS found {IN_ORDER} :number OFFSET :first"


def among_first(order: str, conditions: Sequence[str]) -> str:
    """A page by hours or price of what matches, of the first `:walked` entries in that order.

    For PostgreSQL; SQLite looks up each hit in half a microsecond, and would list them all here
    too. Nothing, where some entry has another price than it says.
    """
    amount, *more = AMOUNTS[order]
    place = f"{amount}, e.sort_title, e.number"
    first = f"SELECT * FROM search_entry e ORDER BY {place} LIMIT :walked"
    wanted = " AND ".join(["e.keys @@ CAST(:match AS tsquery)", *more, *conditions])
    page = f"ORDER BY {place} LIMIT :number OFFSET :first"
    return f"SELECT e.offer_id FROM ({first}) e WHERE {wanted} {page}"


def _part(amount: str, conditions: Sequence[str]) -> str:
    return (
        f"SELECT e.offer_id, {amount} AS amount, e.sort_title, e.number FROM search_entry e"
        f" WHERE {' AND '.join(conditions)} ORDER BY {amount}, e.sort_title, e.number LIMIT :until"
    )
