"""A check of each row of a table, in batches; a row that the database cannot read is damage as well."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import DBAPIError

from archive.verify.check import Check, Damage, Look, Scope

_ROWS = 200  # in one look
NO_ARTICLES = "select cast(null as bigint) where false"

Problem = Callable[[Connection, Row[Any]], str | None]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RowCheck(Check):
    """A check of each row of a `table`, by its `key`.

    `rows` is the SQL of a row's values and `articles` that of the articles it concerns, for the key `k.key`.
    `of_articles` is the SQL of the keys that belong to the articles :articles; without it, the check looks only at the
    whole table. `problem` says in words what is wrong with a row.
    """

    table: str
    rows: str
    problem: Problem
    key: str = "id"
    type: str = "bigint"
    articles: str = NO_ARTICLES
    of_articles: str = ""
    size: Callable[[Row[Any]], int] = field(default=lambda _: 200)

    def total(self, scope: Scope) -> int:
        if scope.articles is not None and not self.of_articles:
            return 0
        try:
            with scope.engine.connect() as conn:
                return int(conn.scalar(text(f"select count(*) from {self._source(scope)}"), _values(scope)) or 0)  # noqa: S608
        except DBAPIError:
            return 0

    def looks(self, scope: Scope, after: str | None = None) -> Iterator[Look]:
        if scope.articles is not None and not self.of_articles:
            return
        try:
            yield from self._looks_by_key(scope, after)
        except DBAPIError as error:  # a page of the table is damaged: which rows it held, only other tables can tell
            yield from self._looks_by_article(scope, error)

    def _looks_by_key(self, scope: Scope, after: str | None) -> Iterator[Look]:
        while keys := self._keys(scope, after):
            after = keys[-1]
            damages, size = self._look(scope, keys)
            yield Look([self._part(key) for key in keys], after, len(keys), size, damages)
        yield Look([self.table, f"{self.table} of article"], after or "", 0, 0)  # all of it could be read

    def _looks_by_article(self, scope: Scope, error: DBAPIError) -> Iterator[Look]:
        problem = f"the database cannot read it: {_first_line(error)}"
        yield Look([], self.table, 1, 0, [Damage(self.id, self.table, problem)])
        ids = scope.articles or _all_articles(scope) if self.of_articles else ()
        for start in range(0, len(ids), _ROWS):
            some = ids[start : start + _ROWS]
            yield Look([], self.table, len(some), 0, self._of_articles(scope, some))

    def _of_articles(self, scope: Scope, ids: Sequence[int]) -> list[Damage]:
        """Judge the rows of these articles; where the database cannot find them together, those of each half."""
        try:
            with scope.engine.connect() as conn:
                query = f"select distinct cast(key as text) from ({self.of_articles}) as rows(key)"  # noqa: S608
                keys = list(conn.scalars(text(query), {"articles": list(ids)}))
            return self._look(scope, keys)[0] if keys else []
        except DBAPIError as error:
            if len(ids) == 1:
                problem = f"the database cannot read it: {_first_line(error)}"
                return [Damage(self.id, f"{self.table} of article@{ids[0]}", problem, tuple(ids))]
        middle = len(ids) // 2
        return self._of_articles(scope, ids[:middle]) + self._of_articles(scope, ids[middle:])

    def _source(self, scope: Scope) -> str:
        within = f"where {self.key} in ({self.of_articles})" if scope.articles is not None else ""
        return f"(select {self.key} as key from {self.table} {within}) as rows"  # noqa: S608 - our own constants

    def _keys(self, scope: Scope, after: str | None) -> list[str]:
        behind = f"where key > cast(:after as {self.type})" if after is not None else ""
        query = f"select cast(key as text) as shown from {self._source(scope)} {behind} order by key limit {_ROWS}"  # noqa: S608
        with scope.engine.connect() as conn:
            return list(conn.scalars(text(query), _values(scope) | {"after": after}))

    def _look(self, scope: Scope, keys: Sequence[str]) -> tuple[list[Damage], int]:
        """Judge the rows; where the database cannot read them together, judge each half alone."""
        try:
            with scope.engine.connect() as conn:
                rows = conn.execute(text(self._query()), {"keys": list(keys)}).all()
                found = [(row, self._problem(conn, row)) for row in rows]
        except DBAPIError as error:
            if len(keys) == 1:
                return [self._unreadable(scope, keys[0], error)], 0
            middle = len(keys) // 2
            (first, size), (second, more) = self._look(scope, keys[:middle]), self._look(scope, keys[middle:])
            return first + second, size + more
        damages = [
            Damage(self.id, self._part(row.key_text), problem, tuple(row.articles)) for row, problem in found if problem
        ]
        return damages, sum(self.size(row) for row in rows)

    def _problem(self, conn: Connection, row: Row[Any]) -> str | None:
        try:
            return self.problem(conn, row)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            return f"a value is not of its kind: {error}"

    def _query(self) -> str:
        return f"""
        select k.text as key_text, array({self.articles}) as articles, v.*
        from (select key as text, cast(key as {self.type}) as key from unnest(cast(:keys as text[])) as key) as k
        cross join lateral ({self.rows}) as v
        """  # noqa: S608 - our own constants

    def _unreadable(self, scope: Scope, key: str, error: DBAPIError) -> Damage:
        query = f"select distinct found from (select cast(:key as {self.type}) as key) as k, lateral ({self.articles}) as f(found)"  # noqa: S608, E501
        try:
            with scope.engine.connect() as conn:
                articles = tuple(conn.scalars(text(query), {"key": key}))
        except DBAPIError:
            articles = ()
        return Damage(self.id, self._part(key), f"the database cannot read it: {_first_line(error)}", articles)

    def _part(self, key: str) -> str:
        return f"{self.table} {key.removeprefix(chr(92) + 'x')}"


def _values(scope: Scope) -> dict[str, Any]:
    return {"articles": list(scope.articles)} if scope.articles is not None else {}


def _all_articles(scope: Scope) -> list[int]:
    """Return the articles, as far as a table can be read that names them."""
    for query in ("select id from articles order by 1", "select distinct article_id from revisions order by 1"):
        try:
            with scope.engine.connect() as conn:
                return list(conn.scalars(text(query)))
        except DBAPIError:
            continue
    return []


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().partition("\n")[0]
