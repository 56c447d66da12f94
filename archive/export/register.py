"""The register of exports: who asks later finds what was handed on, and can make it again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

from sqlalchemy import Connection, text

from archive.export.request import Request


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A finished file of data. `damaged` captures are missing in it."""

    name: str
    rows: int
    bytes: int
    sha256: str
    damaged: int = 0


@dataclass(frozen=True, slots=True)
class Export:
    """An export of the register; `finished_at` is None while it is unfinished."""

    id: int
    request: Mapping[str, Any]
    as_of: datetime
    folder: str
    files: Sequence[Mapping[str, Any]]
    version: str
    rules: Sequence[str]
    started_at: datetime
    finished_at: datetime | None

    def asked(self) -> Request:
        """Return the request, to make the export again."""
        return Request.from_json(self.request, self.as_of)


def begin_export(conn: Connection, request: Request, folder: str) -> int:
    """Register an export that begins; return its number."""
    values = {"request": json.dumps(request.as_json()), "as_of": request.as_of, "folder": folder}
    return int(conn.execute(_BEGIN, values | {"version": version("newskeep")}).scalar_one())


def finish_export(
    conn: Connection, number: int, files: Sequence[ExportedFile], rules: Sequence[str], articles: str
) -> None:
    """Register the files of a finished export, and the ids of its articles as PostgreSQL writes a multirange."""
    values = {"files": json.dumps(list(map(asdict, files))), "rules": list(rules), "articles": articles}
    conn.execute(_FINISH, {"id": number, **values})


def exports_with(conn: Connection, article_ids: Sequence[int]) -> list[str]:
    """List the folders of the exports that contain any of these articles, or are unfinished and may."""
    return list(conn.scalars(_WITH, {"ids": list(article_ids)}))


def list_exports(conn: Connection, limit: int) -> list[Export]:
    """List the latest exports, newest first."""
    return [Export(**row._mapping) for row in conn.execute(_LIST, {"id": None, "limit": limit})]


def find_export(conn: Connection, number: int) -> Export | None:
    """Find an export by its number; None without one."""
    row = conn.execute(_LIST, {"id": number, "limit": 1}).first()
    return Export(**row._mapping) if row else None


_BEGIN = text("""
insert into exports (request, as_of, folder, version) values (cast(:request as jsonb), :as_of, :folder, :version)
returning id
""")

_FINISH = text("""
update exports set files = cast(:files as jsonb), rules = cast(:rules as text[]),
    articles = cast(:articles as int8multirange), finished_at = clock_timestamp()
where id = :id
""")

_WITH = text("""
select distinct folder from exports
where finished_at is null
   or articles && (select range_agg(int8range(id, id, '[]')) from unnest(cast(:ids as bigint[])) as id)
order by 1
""")

_LIST = text("""
select id, request, as_of, folder, files, version, rules, started_at, finished_at from exports
where cast(:id as bigint) is null or id = :id order by id desc limit :limit
""")
