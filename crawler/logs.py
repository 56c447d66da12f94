"""The log: one line an event on standard error, in UTC; JSON for programs, words on a terminal.

The one set-up for whatever runs longer than a question: the daemon, its workers, a crawl.
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
_OWN = ("teasers/",)  # the other names are Scrapy's
# What others say: how a link ended stands in the ledger, how a job ended in crawl_finished.
_OTHERS = {
    "scrapy": logging.ERROR,
    "procrastinate": logging.WARNING,
    "apscheduler": logging.WARNING,
    "alembic": logging.WARNING,
    "asyncio": logging.WARNING,
    "aiohttp": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "psycopg": logging.ERROR,  # each try to reach a database that is away; the rounds say once that it is
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
    logging.captureWarnings(True)  # they would be lines of another form among ours
    for name, level in _OTHERS.items():
        logging.getLogger(name).setLevel(max(level, root.level))


def log_finished(result: CrawlResult) -> None:
    """The one line a crawl ends with: every count, under the names of the statistics."""
    logger.info("crawl_finished", extra=finished_facts(result))


def own_stats(spider: Spider | None) -> dict[str, int]:
    """What our stages counted in a crawl, apart from how links ended, which is the ledger's to say."""
    stats = spider.crawler.stats.get_stats() if spider and spider.crawler.stats else {}
    return {name: value for name, value in stats.items() if name.startswith(_OWN) and isinstance(value, int)}


def finished_facts(result: CrawlResult) -> dict[str, Any]:
    """What `crawl_finished` says of a crawl: sizes in bytes, seconds, and `links/new`, `teasers/removed` and so on."""
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
        "balanced": result.balanced,
        "links/seen": result.ledger.links if result.ledger else 0,
        "links/waiting": result.waiting,
        **{f"links/{kind}": number for kind, number in counts.items()},
        **result.stats,
    }
    return facts | ({"problem": error_in_words(result.problem)} if result.problem else {})


class StderrHandler(logging.Handler):
    """Writes to whatever standard error is at that moment: a progress bar may have put itself before it."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            pass  # nobody reads it any more; the work goes on
        except Exception:
            self.handleError(record)


class LineFormatter(logging.Formatter):
    """One line a record: its event and its facts; an exception as its kind, first line and place."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self.write = json_line if as_json else text_line

    def format(self, record: logging.LogRecord) -> str:
        facts = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info and record.exc_info[1]:
            error = record.exc_info[1]
            facts |= {"error": error_in_words(error), "at": _places(error)}
        return self.write(record.created, record.levelname, record.name, _said(record), facts)


def _said(record: logging.LogRecord) -> str:
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
    """Says nothing per page."""

    def crawled(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        return None

    def scraped(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        return None

    def dropped(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        return None
