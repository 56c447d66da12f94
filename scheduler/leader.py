"""One of the running daemons leads: the one that holds a lock in the database, on a connection of its own.

The lock ends with the connection: at once when the process dies, within seven seconds when its machine vanishes (the
server checks the other end). A leader that hangs without dying loses its connection to the other daemons.
"""

# ruff: noqa: S608 - put together from constants of this file alone

import asyncio
import logging
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from news.errors import NewsError

logger = logging.getLogger(__name__)

ROUND_SECONDS = 2.0  # between two checks of the lock
_ANSWER_SECONDS = 3.0  # a database that takes longer is away
HUNG_SECONDS = 8  # a leader that has not checked its lock for so long hangs


@dataclass(slots=True)
class Leader:
    """A daemon's claim to lead: `await campaign()` every two seconds; `leads` says whether this process decides."""

    engine: Engine
    leads: bool = False
    _resigned: bool = False
    _lock: Connection | None = None
    _query: asyncio.Task[bool] | None = None

    async def campaign(self) -> bool:
        """Take the lock or keep it; True while this process leads. Never raises for a database that is away."""
        self._resigned = False
        led, self.leads = self.leads, await self._hold_lock()
        if led != self.leads:
            logger.info("lead_taken" if self.leads else "lead_lost")
        return self.leads

    async def resign(self) -> None:
        """Let another daemon lead. A query that is still running drops its connection when it ends."""
        self.leads, self._resigned = False, True
        query, self._query = self._query, None
        if query:
            query.add_done_callback(_ignore_result)
            await asyncio.wait({query}, timeout=_ANSWER_SECONDS)
        await asyncio.to_thread(self._drop)

    async def _hold_lock(self) -> bool:
        """Whether the lock is held; False without an answer in time. One query at a time, since threads are few."""
        self._query = self._query or asyncio.create_task(asyncio.to_thread(self._ask))
        answered, _ = await asyncio.wait({self._query}, timeout=_ANSWER_SECONDS)
        if not answered:
            return False
        query, self._query = self._query, None
        try:
            return query.result()
        except (NewsError, SQLAlchemyError, OSError):
            await asyncio.to_thread(self._drop)
            return False

    def _ask(self) -> bool:
        try:
            lock = self._lock = self._lock or self._connect()
            return _hold_or_take(lock)
        finally:
            if self._resigned:
                self._drop()

    def _connect(self) -> Connection:
        lock = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        lock.execute(_WATCH_THE_OTHER_END)
        return lock

    def _drop(self) -> None:
        """Close the connection without a word to the server, which may never answer."""
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.invalidate()
            lock.close()


def _ignore_result(query: asyncio.Task[bool]) -> None:
    """Read the result, so that asyncio does not log an error in it."""
    query.cancelled() or query.exception()


def _hold_or_take(lock: Connection) -> bool:
    if lock.execute(_HOLDS).scalar_one() or lock.execute(_TAKE).scalar_one():
        return True
    lock.execute(_END_HUNG_LEADER, {"seconds": HUNG_SECONDS})
    return False


_SPACE, _KEY = 0x6E6B, -1  # beside the outlets' locks, whose keys are positive
_TAKE = text(f"select pg_try_advisory_lock({_SPACE}, {_KEY})")
_LOCKS = f"""
locktype = 'advisory' and classid = {_SPACE} and objid = cast({_KEY} + 4294967296 as oid) and granted
and database = (select oid from pg_database where datname = current_database())
"""
_HOLDS = text(f"select exists (select from pg_locks where pid = pg_backend_pid() and {_LOCKS})")

_END_HUNG_LEADER = text(f"""
select pg_terminate_backend(a.pid) from pg_stat_activity a join pg_locks l on l.pid = a.pid
where {_LOCKS} and a.state_change < clock_timestamp() - make_interval(secs => :seconds)
""")

# Of this connection alone, and without effect on a local socket.
_WATCH_THE_OTHER_END = text("""
select set_config('tcp_keepalives_idle', '2', false), set_config('tcp_keepalives_interval', '1', false),
       set_config('tcp_keepalives_count', '4', false), set_config('tcp_user_timeout', '6000', false)
""")
