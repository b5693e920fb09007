"""Answers a search: the page of offers in order, the total, and counts of facets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.orm import Session

from processes.register.search import facets, kept_summary
from processes.register.search.analyser import Word
from processes.register.search.expressions import Expressions
from processes.register.search.hits import Hits
from processes.register.search.orders import (
    AMOUNTS,
    INDEXED,
    NEWEST,
    ORDERS,
    among_first,
    by_amount,
    by_next_run,
)
from processes.register.search.question import Question, understand
from processes.register.search.restrictions import Restrictions, Search
from processes.register.search.summary import (
    Named,
    Summary,
    named,
    widened,
)

MANY = 2_000  # hits, from which PostgreSQL first looks among the newest entries
WALKED = 20_000  # entries at most that are looked at so
SPARE = 4  # times as many entries as have the wanted number of hits, if these lie evenly
RARE = 1_000  # hits without words, for which an index in their order would be read to its end
NAMES = (
    text("SELECT p.id, p.kvk, p.display_name FROM provider p WHERE p.id IN :ids")
    .bindparams(bindparam("ids", expanding=True, type_=Uuid()))
    .columns(id=Uuid())
)


@dataclass(frozen=True)
class Found:
    """A page of offers, best first, and what is said about the whole."""

    offer_ids: Sequence[UUID]
    number: int  # of the page
    total: int
    counts: dict[str, int]
    """By facet: what a click on it would give beside what is chosen; of a chosen one, its own."""
    months: Mapping[int, int] = field(default_factory=dict)  # by `month_of`, the same
    providers: Sequence[Named] = ()
    subjects: Sequence[Named] = ()
    question: Question = field(default_factory=Question)


Tier = str  # an expression


def _facet(words: Sequence[Word]) -> int:
    """The bit of the facet that is all that was asked; 0 for another question.

    A run that is over still says online to whoever searches.
    """
    asked = words[0].alternatives[0][0].removeprefix("f=") if len(words) == 1 else ""
    is_facet = bool(asked) and words[0].is_facet and asked != facets.ONLINE
    return facets.BITS[asked] if is_facet else 0


@dataclass(frozen=True)
class _Match:
    """Which offers the text means: those of an expression, of pieces of text, or all."""

    tiers: Sequence[Tier]  # from strict to loose; none: no expression
    summary: Summary

    @property
    def whole(self) -> Tier:
        return self.tiers[-1] if self.tiers else ""


def find(session: Session, search: Search, *, page: int, per_page: int) -> Found:
    """One page; a number past the end gives the last one."""
    return _Finder(session, search).found(page, per_page)


class _Finder:
    def __init__(self, session: Session, search: Search) -> None:
        session.flush()
        self.session, self.search = session, search
        self.connection = session.connection()  # past the session, which costs more than they do
        self.write = Expressions(session.get_bind().dialect.name)
        self.restrictions = Restrictions(search)
        self.hits = Hits(self.connection, self.write, self.restrictions)

    def found(self, page: int, per_page: int) -> Found:
        question = understand(self.session, self.search.text)
        match = self._understood(question) if question.words else None
        if match is None:  # no text, or none that is understood: letter by letter
            match = _Match([], self._kept() or self._summary())
            question = Question() if match.summary.found else question
        summary, total = match.summary, match.summary.total
        number = min(max(1, page), max(1, -(-total // per_page)))
        return Found(
            self._page(match, (number - 1) * per_page, per_page, total),
            number,
            total,
            summary.counts,
            months=summary.months,
            providers=widened(self._named(summary.providers), self.search.providers, total),
            subjects=widened(summary.subjects, self.search.subjects, total),
            question=question,
        )

    def _understood(self, question: Question) -> _Match | None:
        """The tiers that hold something, and the counts of the whole.

        What is chosen does not change what the text means, so that each count is right.
        """
        for words in dict.fromkeys((question.words, question.loosened().words)):
            summary = self._kept(words) or self._summary(self.write.every(words, "w"))
            if summary.found:
                return _Match(self.write.strict(words), summary)
        if len(question.words) > 1:
            words = question.loosened().words
            summary = self._summary(self.write.all_but_one(words, "w"))
            if summary.found:
                return _Match(self.write.loose(words, self._without_most_common(words)), summary)
        return None

    def _without_most_common(self, words: Sequence[Word]) -> Sequence[Word]:
        """The rare words say most."""
        numbers = [self.hits.number(self.write.every([word], "w")) for word in words]
        most = numbers.index(max(numbers))
        return [*words[:most], *words[most + 1 :]]

    def _kept(self, words: Sequence[Word] = ()) -> Summary | None:
        """What the kept counts say, where they do: of all, one facet, or one kind of list."""
        if not words and self.restrictions.pieces():
            return None
        kept, (own, bit) = None, self.restrictions.only_facet or ("", 0)
        if not words and (kind := self.restrictions.only_list):
            kept = self._of_list(kind)
        elif not words and (pair := self.restrictions.two_facets):
            kept = self._of_two(pair)
        elif self.restrictions.only_facet and not words:
            kept = kept_summary.read(self.connection, self.restrictions, own, bit)
        elif self.restrictions.only_facet and not bit and (named := _facet(words)):
            kept = kept_summary.read(self.connection, self.restrictions, "", named)
        return kept

    def _of_list(self, kind: str) -> Summary | None:
        """Few offers are of these providers or subjects; only their own kind tells of all."""
        kept = kept_summary.read(self.connection, self.restrictions)
        condition = self.restrictions.listed_entries()[kind]
        entries = "search_entry" if kind == "providers" else self.write.hits
        few = self.hits.counted(f"{self.hits.limited('', entries)} AND {condition}")
        return kept and replace(few, found=kept.found, **{kind: getattr(kept, kind)})

    def _of_two(self, pair: Sequence[tuple[str, int]]) -> Summary | None:
        """Offers with both facets are counted; what another value of either would add is kept."""
        (group, bit), (other, other_bit) = pair
        of_one = kept_summary.read(self.connection, self.restrictions, group, bit)
        of_other = kept_summary.read(self.connection, self.restrictions, other, other_bit)
        if of_one is None or of_other is None:
            return None
        chosen = [self.hits.limited("", self.write.hits), *self.restrictions.chosen_entries()]
        all_of_them = Restrictions(replace(self.search, facets=frozenset()))
        both = self.hits.counted(" AND ".join(chosen), restrictions=all_of_them)
        alone = {value: of_one.counts[value] for value in facets.GROUPS[other]}
        alone |= {value: of_other.counts[value] for value in facets.GROUPS[group]}
        also = {value: both.total + n - both.counts[value] for value, n in alone.items()}
        return replace(both, found=of_one.found, counts=both.counts | also)

    def _summary(self, expression: Tier = "") -> Summary:
        is_narrow = expression or not self.restrictions.pieces()
        entries = self.write.hits if is_narrow else "search_entry"
        return self.hits.counted(self.hits.limited(expression, entries), expression)

    def _named(self, providers: Sequence[tuple[UUID, int]]) -> Sequence[Named]:
        ids = [provider_id for provider_id, _number in providers]
        return named(providers, self.connection.execute(NAMES, {"ids": ids})) if ids else ()

    def _page(self, match: _Match, first: int, number: int, total: int) -> list[UUID]:
        if not total:
            return []
        if match.tiers and self.search.order in ("", NEWEST):
            wanted = min(first + number, total)
            tiers = [match.whole] if self.search.order == NEWEST else match.tiers
            return self._in_tiers(tiers, wanted, total)[first:]
        if match.tiers and (read := self._among_first(match.whole, first, number, total)):
            return read
        order = f"{ORDERS[self.search.order]} LIMIT :number OFFSET :first"
        is_whole = not match.tiers and not self.restrictions.pieces()
        is_rare = total <= RARE and is_whole
        if is_whole and not is_rare:
            read = self._in_order(first, min(number, total - first))
            if len(read) == min(number, total - first):
                return read
        keys = self.write.facets(self.restrictions.keyed_facets()) if is_rare else match.whole
        is_of_few = is_rare and "providers" in self.restrictions.listed_entries()
        entries = self.write.hits if is_rare and not is_of_few else "search_entry"
        return self.hits.offers(
            keys, order, entries, found_first=is_rare, number=number, first=first
        )

    def _in_order(self, first: int, number: int) -> list[UUID]:
        """Offers in an order in which an index gives them; by begin, those that begin."""
        order = self.search.order
        conditions = self._conditions()
        if order == "begin":
            return self.hits.ids(by_next_run(conditions), "", number=number, first=first)
        if order in INDEXED and INDEXED[order] not in self.restrictions.wishes:
            until = first + number
            sql = by_amount(order, conditions)
            return self.hits.ids(sql, "", number=number, first=first, until=until)
        return []

    def _among_first(self, whole: Tier, first: int, number: int, total: int) -> list[UUID]:
        """Of many hits by hours or price, those among the first entries; none if they are few."""
        order, until = self.search.order, min(first + number, total)
        if total <= MANY or order not in AMOUNTS or not self.write.is_postgresql:
            return []
        walked = self.hits.last() * until * SPARE // total
        if not 0 < walked <= WALKED:
            return []
        sql = among_first(order, self._conditions())
        read = self.hits.ids(sql, whole, number=until - first, first=first, walked=walked)
        return read if len(read) == until - first else []

    def _conditions(self) -> list[str]:
        return [*self.restrictions.searched, *self.restrictions.chosen_entries()]

    def _in_tiers(self, tiers: Sequence[Tier], wanted: int, total: int) -> list[UUID]:
        found: dict[UUID, None] = {}
        walks = self.write.is_postgresql and total > MANY
        last = self.hits.last() if walks else 0
        for tier in tiers if wanted else ():
            # What an earlier tier gave comes again at most once, so as many more are enough.
            number = wanted + len(found)
            walked = last * number * SPARE // total if walks else 0
            found |= dict.fromkeys(self._newest(tier, number, walked, last))
            if len(found) >= wanted:
                break
        return list(found)[:wanted]

    def _newest(self, tier: Tier, number: int, walked: int, last: int) -> list[UUID]:
        """The newest hits; where there are many, PostgreSQL looks among the newest entries first.

        It would read a wide block for each hit; and in a walk without end, all for a tier of none.
        """
        order = f"{self.write.newest_first} LIMIT :number"
        if 0 < walked <= WALKED:
            recent = "e.number > :after"
            few = self.hits.offers(tier, order, more=[recent], number=number, after=last - walked)
            if len(few) == number:
                return few
        return self.hits.offers(tier, order, number=number)
