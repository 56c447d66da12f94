"""References: no row refers to one that is not there."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Table, text
from sqlalchemy.exc import DBAPIError

from archive.models import metadata
from archive.verify.check import Check, Damage, Look, Scope

_MOST = 1000  # rows listed of one reference
# What no foreign key guards, see archive/models.py.
_UNGUARDED = (
    ("articles", "revision_id", "revisions", "id"),
    ("fingerprints", "revision_id", "revisions", "id"),
    ("block_memory", "article_id", "articles", "id"),
)


@dataclass(frozen=True, slots=True)
class _Reference:
    """A column that refers to a row of another table."""

    table: Table
    column: str
    target: str
    target_column: str

    @property
    def name(self) -> str:
        return f"{self.table.name}.{self.column}"

    @property
    def query(self) -> str:
        """SQL of the key and the article of each row that refers to nothing."""
        key = " || ' ' || ".join(f"cast(r.{column.name} as text)" for column in self.table.primary_key)
        article = (
            "r.id" if self.table.name == "articles" else "r.article_id" if "article_id" in self.table.c else "null"
        )
        return f"""
        select {key} as key, cast({article} as bigint) as article_id from {self.table.name} r
        where r.{self.column} is not null
          and not exists (select from {self.target} t where t.{self.target_column} = r.{self.column}) limit {_MOST}
        """  # noqa: S608 - our own names

    def damages(self, scope: Scope) -> Iterator[Damage]:
        try:
            with scope.engine.connect() as conn:
                rows = conn.execute(text(self.query)).all()
        except DBAPIError as error:
            problem = str(error.orig).strip().partition("\n")[0]
            yield Damage("references", self.name, f"the database cannot read it: {problem}")
        else:
            for row in rows:
                place = f"{self.name}@{row.key}"
                yield Damage("references", place, f"{self.name} refers to a row of {self.target} that is not there",
                             (row.article_id,) if row.article_id else ())  # fmt: skip


def _references() -> list[_Reference]:
    guarded = [
        _Reference(table, key.parent.name, key.column.table.name, key.column.name)
        for table in metadata.sorted_tables
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
    ]
    unguarded = [_Reference(metadata.tables[table], *rest) for table, *rest in _UNGUARDED]
    return sorted(guarded + unguarded, key=lambda reference: reference.name)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ReferenceCheck(Check):
    """A check of each column that refers to another table; only of the whole archive."""

    def total(self, scope: Scope) -> int:
        return len(_references()) if scope.articles is None else 0

    def looks(self, scope: Scope, after: str | None = None) -> Iterator[Look]:
        for reference in _references() if scope.articles is None else ():
            if after is None or reference.name > after:
                damages = list(reference.damages(scope))
                yield Look([reference.name], reference.name, 1, 0, damages)


REFERENCES = ReferenceCheck(id="references", title="no row refers to one that is not there")
