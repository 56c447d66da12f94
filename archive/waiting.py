"""Wait for the archive: in containers and on other machines, a program may start before its database and schema.

Not all container engines wait for a healthy database, so each program waits itself.
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
_REPORT_SECONDS = 10.0  # between two lines of the log


class Upgrading(StrEnum):
    """Whether the waiting program may bring the schema up to date: always, when there is none yet, or never."""

    ALWAYS = "always"
    FIRST = "first"
    NEVER = "never"


def wait_for_archive(home: Home, upgrading: Upgrading, seconds: float) -> SchemaStatus:
    """Return once the database answers and its schema fits; log every ten seconds what is missing.

    Raises ArchiveUnavailable or SchemaOutdated after *seconds*, at once for a schema that is newer than this program.
    """
    deadline, logged_at = time.monotonic() + seconds, -_REPORT_SECONDS
    while True:
        try:
            return _look(home, upgrading)
        except _Newer:
            raise
        except (ArchiveUnavailable, SchemaOutdated) as problem:
            now = time.monotonic()
            if now >= deadline:
                raise
            if now - logged_at >= _REPORT_SECONDS:
                logger.warning("archive_waited_for", extra={"problem": str(problem)})
                logged_at = now
            time.sleep(_POLL_SECONDS)


class _Newer(SchemaOutdated):
    """The schema is newer than this program: waiting does not help."""


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
