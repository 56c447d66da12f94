"""The bodies of feeds, sitemaps and listings, so that an unchanged one can be read again without fetching it."""

from sqlalchemy import Connection, text

from archive.captures.index import FILE_PLACE
from news.urls import canonicalise, url_key


def latest_body(conn: Connection, url: str, digest: bytes) -> tuple[str, int, int] | None:
    """(file, offset, length) of the record that holds the body with *digest* of the channel at *url*, if it is kept."""
    row = conn.execute(_LATEST, {"url_key": url_key(canonicalise(url)), "digest": digest}).first()
    return (row.file, row.record_offset, row.record_length) if row else None


_LATEST = text(f"""
select {FILE_PLACE} as file, c.record_offset, c.record_length
from captures c left join capture_files f on f.name = c.file
where c.url_key = :url_key and c.digest = :digest and c.revisit_of is null
order by c.captured_at desc limit 1
""")  # noqa: S608 - put together from constants
