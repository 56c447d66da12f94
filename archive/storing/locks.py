"""The lock of whoever decides about texts and stories."""

from sqlalchemy import Connection, text

# One writer of new texts at a time, in the whole database: a copy can share passages with anything, and of two copies
# that arrive at once the second has to find the first. Taken after all other locks, so nobody waits in a circle.
_LOCK_TEXTS = text("select pg_advisory_xact_lock(28268, 0)")  # "nl"; the first number keeps it apart from other locks


def lock_texts(conn: Connection) -> None:
    """Let nobody else take in texts or move articles between stories until the transaction ends."""
    conn.execute(_LOCK_TEXTS)
