"""The log on standard error: one line per event, times in UTC; JSON for programs, words on a terminal.

The daemon, its workers and crawls set it up.
"""

import logging
import sys
from pathlib import Path
from traceback import extract_tb
from typing import Any

from scrapy import Spider
from scrapy.logformatter import LogFormatter

from archive.home import Home
from crawler.results import CrawlResult
from news.logline import error_in_words, json_line, text_line

logger = logging.getLogger(__name__)

_FRAMES = 12  # of a traceback: the last ones, where it happened
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
_OWN_STATS = ("teasers/",)  # other names are Scrapy's
# Least levels of libraries: the ledger says how a link ended, crawl_finished how a job ended.
_LIBRARY_LEVELS = {
    "scrapy": logging.ERROR,
    "procrastinate": logging.WARNING,
    "apscheduler": logging.WARNING,
    "alembic": logging.WARNING,
    "asyncio": logging.WARNING,
    "aiohttp": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "psycopg": logging.ERROR,  # it reports each attempt to reach a database that is away; we say so once
    "twisted": logging.ERROR,
}


def setup_logging(home: Home, usual_level: str = "info") -> None:
    """Write the log to standard error as LOG_LEVEL (when not set: *usual_level*) and LOG_FORMAT say.

    May be called again, then for the new settings. Raises nothing.
    """
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if isinstance(handler, StderrHandler)]:
        root.removeHandler(old)
    handler = StderrHandler()
    handler.setFormatter(LineFormatter(as_json=_as_json(home.settings["LOG_FORMAT"])))
    root.addHandler(handler)
    root.setLevel((home.settings["LOG_LEVEL"] or usual_level).upper())
    logging.captureWarnings(True)  # otherwise they would have another format
    for name, level in _LIBRARY_LEVELS.items():
        logging.getLogger(name).setLevel(max(level, root.level))


def log_finished(result: CrawlResult) -> None:
    """Log the line that ends a crawl: all counts, under the names of the statistics."""
    logger.info("crawl_finished", extra=finished_facts(result))


def own_stats(spider: Spider | None) -> dict[str, int]:
    """Return what our pipelines counted in a crawl; how links ended is in the ledger."""
    stats = spider.crawler.stats.get_stats() if spider and spider.crawler.stats else {}
    return {name: value for name, value in stats.items() if name.startswith(_OWN_STATS) and isinstance(value, int)}


def finished_facts(result: CrawlResult) -> dict[str, Any]:
    """Return the fields of `crawl_finished`: sizes in bytes, times in seconds, `links/new`, `teasers/removed`, ..."""
    counts = result.ledger.counts if result.ledger else {}
    facts: dict[str, Any] = {
        "crawl": result.crawl_id,
        "outlet": result.outlet,
        "target": result.target,
        "state": result.state,
        "seconds": round(result.seconds, 1),
        "pages": result.pages,
        "bytes": result.size,
        "looked": result.looked,
        "unchanged": result.unchanged,
        "balanced": result.balanced,
        "links/seen": result.ledger.links if result.ledger else 0,
        "links/waiting": result.waiting,
        **{f"links/{kind}": number for kind, number in counts.items()},
        **result.stats,
    }
    return facts | ({"problem": error_in_words(result.problem)} if result.problem else {})


class StderrHandler(logging.Handler):
    """Writes to the present standard error, which a progress bar may have replaced."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            pass  # its reader is gone; the work goes on
        except Exception:
            self.handleError(record)


class LineFormatter(logging.Formatter):
    """One line per record: the event and its fields; of an exception the class, the first line and the place."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self.write = json_line if as_json else text_line

    def format(self, record: logging.LogRecord) -> str:
        facts = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info and record.exc_info[1]:
            error = record.exc_info[1]
            facts |= {"error": error_in_words(error), "at": _places(error)}
        return self.write(record.created, record.levelname, record.name, _message(record), facts)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        return str(record.msg)


def _places(error: BaseException) -> list[str]:
    frames = extract_tb(error.__traceback__)[-_FRAMES:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]


def _as_json(chosen: str) -> bool:
    return chosen == "json" or (chosen == "auto" and not sys.stderr.isatty())


class QuietLogFormatter(LogFormatter):
    """Logs nothing per page: the ledger says how links ended."""

    def crawled(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        return None

    def scraped(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        return None

    def dropped(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        return None
