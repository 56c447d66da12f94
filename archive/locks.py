"""Advisory locks: outlets held by this process, all on one connection, which ends with it; the capture files."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine, TextClause, text
from sqlalchemy.exc import SQLAlchemyError

from news.errors import ArchiveError, Busy


class OutletLocks:
    """The locks on outlets that this process crawls. Safe to use from several threads.

    A broken connection is replaced, and the new one takes the locks again; `keep` returns those lost meanwhile.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._guard = threading.Lock()
        self._connection: Connection | None = None
        self._held: set[int] = set()
        self._lost: set[int] = set()

    def take(self, outlet_id: int) -> bool:
        """Hold the outlet; False when it is held already, also by this process. Raises ArchiveUnavailable."""
        with self._guard:
            if outlet_id not in self._held and self._query(_TAKE, outlet_id):
                self._held.add(outlet_id)
                return True
            self._release_idle()
            return False

    def free(self, outlet_id: int) -> None:
        """Let go of the outlet, even over a broken connection."""
        with self._guard:
            self._held.discard(outlet_id)
            self._lost.discard(outlet_id)
            if self._connection is not None:
                with suppress(SQLAlchemyError, ArchiveError):
                    self._query(_FREE, outlet_id)
            self._release_idle()

    def keep(self) -> set[int]:
        """Check that the outlets are still held; return those that were lost. Raises ArchiveUnavailable."""
        with self._guard:
            if self._held:
                self._query(_PING)
            lost, self._lost = self._lost, set()
            return lost

    def drop(self) -> None:
        """Let go of all outlets at once, as the end of the process would."""
        with self._guard:
            self._held.clear()
            self._disconnect()

    def _query(self, statement: TextClause, outlet_id: int = 0) -> bool:
        try:
            return bool(self._connected().execute(statement, {"outlet_id": outlet_id}).scalar_one())
        except BaseException:
            self._disconnect()
            raise

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            for outlet_id in sorted(self._held):
                if not self._connection.execute(_TAKE, {"outlet_id": outlet_id}).scalar_one():
                    self._held.discard(outlet_id)
                    self._lost.add(outlet_id)
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    def _release_idle(self) -> None:
        """Give the connection back while nothing is held."""
        if self._connection is not None and not self._held:
            self._connection.close()
            self._connection = None


def hold_if_free(conn: Connection, outlet_id: int) -> bool:
    """Hold the outlet until the caller's transaction ends; False when it is held already."""
    return bool(conn.execute(_TAKE_FOR_NOW, {"outlet_id": outlet_id}).scalar_one())


_SPACE = 0x6E6B  # "nk": apart from the locks of other programs in this database
_KEY = f"{_SPACE}, cast(:outlet_id as int)"
_TAKE = text(f"select pg_try_advisory_lock({_KEY})")
_FREE = text(f"select pg_advisory_unlock({_KEY})")
_TAKE_FOR_NOW = text(f"select pg_try_advisory_xact_lock({_KEY})")
_PING = text("select true")


@contextmanager
def hold_captures(engine: Engine) -> Iterator[None]:
    """Hold all capture files as they are: for a backup, and for whatever rewrites records. Raises Busy when held."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        if not conn.execute(_TAKE_CAPTURES).scalar_one():
            raise Busy("another command makes a backup or rewrites captures", "the same command again, later")
        try:
            yield
        finally:
            conn.execute(_FREE_CAPTURES)


_CAPTURES = int.from_bytes(b"captures", "big")
_TAKE_CAPTURES = text(f"select pg_try_advisory_lock({_CAPTURES})")
_FREE_CAPTURES = text(f"select pg_advisory_unlock({_CAPTURES})")
