"""Outlets held by this process: one advisory lock each, all on one connection, which ends with the process."""

import threading
from contextlib import suppress

from sqlalchemy import Connection, Engine, TextClause, text
from sqlalchemy.exc import SQLAlchemyError

from news.errors import ArchiveError


class OutletLocks:
    """The outlets that this process crawls. Safe to use from several threads.

    A connection that broke is made anew and takes again what it held; `keep` tells what somebody else took meanwhile.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._guard = threading.Lock()
        self._connection: Connection | None = None
        self._held: set[int] = set()
        self._lost: set[int] = set()

    def take(self, outlet_id: int) -> bool:
        """Hold the outlet; False when somebody holds it, this process included. Raises ArchiveUnavailable."""
        with self._guard:
            if outlet_id not in self._held and self._ask(_TAKE, outlet_id):
                self._held.add(outlet_id)
                return True
            self._rest()
            return False

    def free(self, outlet_id: int) -> None:
        """Let go of the outlet, whatever the connection is like."""
        with self._guard:
            self._held.discard(outlet_id)
            self._lost.discard(outlet_id)
            if self._connection is not None:
                with suppress(SQLAlchemyError, ArchiveError):
                    self._ask(_FREE, outlet_id)
            self._rest()

    def keep(self) -> set[int]:
        """Make sure that what was taken is still held; the outlets that were lost. Raises ArchiveUnavailable."""
        with self._guard:
            if self._held:
                self._ask(_STILL_THERE)
            lost, self._lost = self._lost, set()
            return lost

    def drop(self) -> None:
        """Let go of everything at once, as the end of the process would."""
        with self._guard:
            self._held.clear()
            self._break_off()

    def _ask(self, statement: TextClause, outlet_id: int = 0) -> bool:
        try:
            return bool(self._connected().execute(statement, {"outlet_id": outlet_id}).scalar_one())
        except BaseException:
            self._break_off()
            raise

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            for outlet_id in sorted(self._held):
                if not self._connection.execute(_TAKE, {"outlet_id": outlet_id}).scalar_one():
                    self._held.discard(outlet_id)
                    self._lost.add(outlet_id)
        return self._connection

    def _break_off(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    def _rest(self) -> None:
        """Give the connection back while nothing is held."""
        if self._connection is not None and not self._held:
            self._connection.close()
            self._connection = None


def outlet_is_free(conn: Connection, outlet_id: int) -> bool:
    """Hold the outlet until the caller's transaction ends; False when somebody has it."""
    return bool(conn.execute(_TAKE_FOR_NOW, {"outlet_id": outlet_id}).scalar_one())


_SPACE = 0x6E6B  # "nk": apart from the locks of other programs in this database
_KEY = f"{_SPACE}, cast(:outlet_id as int)"
_TAKE = text(f"select pg_try_advisory_lock({_KEY})")
_FREE = text(f"select pg_advisory_unlock({_KEY})")
_TAKE_FOR_NOW = text(f"select pg_try_advisory_xact_lock({_KEY})")
_STILL_THERE = text("select true")
