"""Waits for the archive: in containers and on other machines, a program may be up before its database and its schema.

Container engines differ in whether they wait for a healthy database, so everybody waits for himself.
"""

import logging
import time
from enum import StrEnum

from archive.database import connect_archive, refuse_what_does_not_fit, upgrade
from archive.home import Home
from archive.schema import SchemaStatus, schema_status
from news.errors import ArchiveUnavailable, SchemaOutdated

logger = logging.getLogger(__name__)

_POLL_SECONDS = 1.0
_SAID_EVERY = 10.0  # seconds between two lines that say what is waited for


class Upgrading(StrEnum):
    """Whether the one who waits may bring the schema up to date: always, when there is none yet, or never."""

    ALWAYS = "always"
    FIRST = "first"
    NEVER = "never"


def wait_for_archive(home: Home, upgrading: Upgrading, seconds: float) -> SchemaStatus:
    """Return once the database is there with a schema that fits; said every ten seconds what is waited for.

    Raises ArchiveUnavailable or SchemaOutdated after *seconds*, at once for a schema that is newer than this program.
    """
    ends, told = time.monotonic() + seconds, -_SAID_EVERY
    while True:
        try:
            return _look(home, upgrading)
        except (ArchiveUnavailable, SchemaOutdated) as problem:
            now = time.monotonic()
            if now >= ends or _is_newer(problem):
                raise
            if now - told >= _SAID_EVERY:
                logger.warning("archive_waited_for", extra={"problem": str(problem)})
                told = now
            time.sleep(_POLL_SECONDS)


class _Newer(SchemaOutdated):
    """No waiting helps."""


def _is_newer(problem: Exception) -> bool:
    return isinstance(problem, _Newer)


def _look(home: Home, upgrading: Upgrading) -> SchemaStatus:
    engine = connect_archive(home)
    try:
        schema = schema_status(engine)
        may = upgrading is Upgrading.ALWAYS or (upgrading is Upgrading.FIRST and schema.current is None)
        if schema.outdated and may:
            schema = upgrade(engine)
        _refuse(schema)
        return schema
    finally:
        engine.dispose()


def _refuse(schema: SchemaStatus) -> None:
    try:
        refuse_what_does_not_fit(schema)
    except SchemaOutdated as problem:
        if schema.newer:
            raise _Newer(str(problem), problem.hint) from problem
        raise
