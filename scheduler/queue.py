"""The queue: one job per outlet that is due, waiting for a worker. Its tables lie in the schema "queue"."""

from datetime import datetime

import psycopg
from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from archive.database import database_url, with_defaults
from archive.home import Home
from news.errors import ArchiveUnavailable

QUEUE = "crawls"
TASK = "crawl_outlet"
_WAIT_SECONDS = 10.0


class Queue:
    """Takes jobs in. Safe to use from several threads. Raises ArchiveUnavailable when the database is away."""

    def __init__(self, home_or_url: Home | str) -> None:
        url = home_or_url if isinstance(home_or_url, str) else database_url(home_or_url)
        connector = SyncPsycopgConnector(conninfo=queue_conninfo(url), min_size=0, max_size=2, timeout=_WAIT_SECONDS)
        self._app = App(connector=connector)
        self._app.open()

    def offer(self, outlet_id: int, name: str, due_at: datetime, *, contact: str | None = None) -> bool:
        """Queue the outlet's crawl that became due at *due_at*; False when one waits already.

        *contact* is what outlets.toml says, for workers that have no such file.
        """
        lock = outlet_lock(outlet_id)
        job = self._app.configure_task(TASK, queue=QUEUE, lock=lock, queueing_lock=lock)
        try:
            job.defer(outlet_id=outlet_id, name=name, due_at=due_at.isoformat(), contact=contact)
        except AlreadyEnqueued:
            return False
        except (ConnectorException, psycopg.Error) as error:
            raise ArchiveUnavailable(f"the queue cannot be reached: {error.__cause__ or error}") from error
        return True

    def close(self) -> None:
        """Let go of the connections."""
        self._app.close()


def outlet_lock(outlet_id: int) -> str:
    """The name under which the queue runs one job of an outlet at a time."""
    return f"outlet {outlet_id}"


def queue_conninfo(url: str, name: str | None = None) -> str:
    """How the queue connects: *url*, in the queue's schema, called *name* among the server's connections."""
    given = str(conninfo_to_dict(url).get("options") or "")
    named: dict[str, str] = {"application_name": name} if name else {}
    return make_conninfo(with_defaults(url), options=f"{given} -c search_path=queue".strip(), **named)
