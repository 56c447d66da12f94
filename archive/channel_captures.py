"""The bodies of feeds, sitemaps and listings, so that an unchanged one can be read again without fetching it."""

from sqlalchemy import Connection, select

from archive.models import captures
from news.urls import canonicalise, url_key


def latest_body(conn: Connection, url: str, digest: bytes) -> tuple[str, int, int] | None:
    """(file, offset, length) of the record that holds the body with *digest* of the channel at *url*, if it is kept."""
    row = conn.execute(
        select(captures.c.file, captures.c.record_offset, captures.c.record_length)
        .where(captures.c.url_key == url_key(canonicalise(url)), captures.c.digest == digest)
        .where(captures.c.revisit_of.is_(None))
        .order_by(captures.c.captured_at.desc())
        .limit(1)
    ).first()
    return (row.file, row.record_offset, row.record_length) if row else None
