"""The last heartbeat of a host's processes, read with the driver alone: a container asks for it every few seconds."""

import psycopg

from archive.connection_url import with_defaults

ALIVE_SECONDS = 30.0  # a process without a sign for longer does not count as alive; it gives one every five
_CONNECT_SECONDS = 3


def seconds_since_heartbeat(url: str, role: str, host: str) -> float | None:
    """Seconds since the last heartbeat of a live *role* process on *host*, by the database's clock; None without one.

    A heartbeat from the future (that clock was set back) counts as that far in the past.
    Raises psycopg.Error when the database cannot be reached.
    """
    with psycopg.connect(with_defaults(url), autocommit=True, connect_timeout=_CONNECT_SECONDS) as connection:
        row = connection.execute(_LAST_HEARTBEAT, (role, host)).fetchone()
    return None if row is None or row[0] is None else float(row[0])


_LAST_HEARTBEAT = """
select min(abs(extract(epoch from clock_timestamp() - heartbeat_at))) from processes
where role = %s and host = %s and stopped_at is null
"""
