"""Reads what a search finds, once for as long as nothing changes."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, Row, Uuid

from processes.register.search.answers import answers_of
from processes.register.search.expressions import Expressions
from processes.register.search.hit_columns import LAST, HitColumns, columns_of, columns_sql
from processes.register.search.restrictions import Restrictions, statement
from processes.register.search.summary import Summary, summary_of

MANY = 1_000  # hits, of which is kept what was read of each
COUNTED = 2_000  # hits as far as is counted to see how common a word is
LONGEST = 200  # ids that are kept as one answer: a page far on reads all that stand before it
T = TypeVar("T")


class Hits:
    """The entries that a search finds; an expression says which, an empty one means all."""

    def __init__(
        self, connection: Connection, write: Expressions, restrictions: Restrictions
    ) -> None:
        self._connection, self.write, self.restrictions = connection, write, restrictions
        self._highest: int | None = None  # number of an entry, once it was read
        self._answers = answers_of(connection)

    def number(self, expression: str) -> int:
        """How many there are, as far as is counted."""
        some = f"SELECT 1 FROM {self.limited(expression, self.write.hits)} LIMIT {COUNTED}"
        sql, given = f"SELECT count(*) FROM ({some}) AS few", self._given(expression)
        return self._once(sql, given, lambda: int(self._row(sql, given)[0]))

    def counted(
        self, source: str, expression: str = "", restrictions: Restrictions | None = None
    ) -> Summary:
        """What is said about them: `source` is what stands after FROM, with a WHERE."""
        restrictions = restrictions or self.restrictions
        sql, given = self._columns_sql(source, restrictions), self._given(expression)

        def read() -> tuple[Summary, int]:
            columns = self._columns(source, restrictions, given)
            counted, asked = columns.summaries, restrictions.asked
            if asked not in counted:
                counted[asked] = summary_of(columns.told, restrictions)
            return counted[asked], columns.highest

        summary, self._highest = self._once(sql, given, read, asked=restrictions.asked)
        return summary

    def _columns(
        self, source: str, restrictions: Restrictions, given: Mapping[str, Any]
    ) -> HitColumns:
        """What is told of the hits: of many that were read before, what changed is read again."""
        sql = self._columns_sql(source, restrictions)
        key = (sql, *((name, each) for name, each in given.items() if f":{name}" in sql))
        known = None if self._is_by_pieces(given) else self._answers.columns_of(key)
        if known is None:
            columns = columns_of(self._row(sql, given))
        else:
            columns, changed = known
            if changed:
                among = f"{source} AND e.number IN ({', '.join(map(str, changed))})"
                now = columns_of(self._row(self._columns_sql(among, restrictions), given))
                columns = columns.with_changed(changed, now)
        if len(columns) >= MANY and not self._is_by_pieces(given):
            self._answers.keep(key, columns)
        return columns

    def _columns_sql(self, source: str, restrictions: Restrictions) -> str:
        return columns_sql(source, restrictions, is_postgresql=self.write.is_postgresql)

    def _is_by_pieces(self, given: Mapping[str, Any]) -> bool:
        """Whether what is found is looked up letter by letter: no stamp tells of such texts."""
        return bool(not given["match"] and self.restrictions.pieces())

    def last(self) -> int:
        """The highest number of an entry: for most searches their counts have told it."""
        return self._highest or int(self._row(LAST, {})[0])

    def offers(
        self,
        expression: str,
        order: str,
        entries: str = "search_entry",
        *,
        found_first: bool = False,
        more: Sequence[str] = (),
        **given: int,
    ) -> list[UUID]:
        """Those that have all that is chosen, in this order, which ends in a limit of `number`."""
        chosen = [f"AND {each}" for each in (*self.restrictions.chosen_entries(), *more)]
        source = " ".join([self.limited(expression, entries), *chosen])
        if found_first:  # and not read in this order until there are enough
            source = f"search_entry e WHERE e.number IN (SELECT e.number FROM {source})"
        return self.ids(f"SELECT e.offer_id FROM {source} ORDER BY {order}", expression, **given)

    def ids(self, sql: str, expression: str, *, number: int, **more: int) -> list[UUID]:
        """The offers that this statement tells, at most `number` of them."""
        given = self._given(expression, number=number, **more)

        def read() -> Sequence[UUID]:
            asked = statement(sql).columns(offer_id=Uuid())
            return self._connection.execute(asked, given).scalars().all()

        return list(read() if number > LONGEST else self._once(sql, given, read))

    def limited(self, expression: str, entries: str = "search_entry") -> str:
        """What the text means, of the offers that are searched."""
        conditions = [*self.restrictions.searched]
        if not expression:
            return f"{entries} e WHERE {' AND '.join(conditions + self.restrictions.pieces())}"
        return " AND ".join([self.write.source(entries), *conditions])

    def _once(
        self, sql: str, given: Mapping[str, Any], read: Callable[[], T], asked: Hashable = None
    ) -> T:
        """What was answered before, if nothing changed since; pieces of text are always read.

        `asked` is what else the answer is made of.
        """
        if self._is_by_pieces(given):
            return read()
        kept, key = self._answers.kept, (sql, asked, *given.items())
        if key not in kept:
            kept[key] = read()
        answer: T = kept[key]
        return answer

    def _row(self, sql: str, given: Mapping[str, Any]) -> Row[Any]:
        return self._connection.execute(statement(sql), dict(given)).one()

    def _given(self, expression: str, **more: Any) -> dict[str, Any]:
        return {**self.restrictions.given, "match": expression, **more}
