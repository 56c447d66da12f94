"""One pace per host, however many crawls of this process ask it at once."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

_MANY = 10_000  # hosts remembered before those are forgotten whose pause is over


@dataclass(slots=True)
class HostPaces:
    """When each host was last asked, and which hosts want to be left alone for a while."""

    clock: Callable[[], float] = monotonic
    _last: dict[str, tuple[float, float]] = field(default_factory=dict)  # host: (its last turn, the pause after it)
    _closed_until: dict[str, float] = field(default_factory=dict)

    async def turn(self, host: str, pause: float) -> None:
        """Return when *host* may be asked by a crawl that leaves it *pause* seconds between requests."""
        wait = self.claim(host, pause)
        if wait > 0:
            await asyncio.sleep(wait)

    def claim(self, host: str, pause: float) -> float:
        """Take the next turn at *host*; the seconds until then. Of two crawls' pauses the longer one holds."""
        now = self.clock()
        last, after = self._last.get(host, (float("-inf"), 0.0))
        start = max(now, last + max(after, pause))
        if len(self._last) >= _MANY:
            self._last = {name: (began, rest) for name, (began, rest) in self._last.items() if began + rest > now}
        self._last[host] = (start, pause)
        return start - now

    def close(self, host: str, seconds: float) -> None:
        """Leave *host* alone for so long."""
        self._closed_until[host] = self.clock() + seconds

    def closed(self, host: str) -> bool:
        """True while *host* is to be left alone."""
        return self.clock() < self._closed_until.get(host, float("-inf"))
