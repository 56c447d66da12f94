"""Keeps Scrapy's log to what a person must look at: how links end stands in the ledger, not in the log."""

from typing import Any

from scrapy.logformatter import LogFormatter


class QuietLogFormatter(LogFormatter):
    """Says nothing per page."""

    def crawled(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        return None

    def scraped(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        return None

    def dropped(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        return None
