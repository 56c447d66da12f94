"""Reads pages in a separate process: a page that blocks the parser or takes all memory ends that process, not ours.

Imports use it, since their input may come from a pipe: the import goes on without the page. A crawl can start again,
so a page may end it; crash markers name the page (see `archive.crash_markers`). That costs a crawl nothing, while
reading in another process adds 1 ms of CPU a page (see benchmarks/crawl/reader_pool.py).
"""

import asyncio
import faulthandler
import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from queue import SimpleQueue
from traceback import format_exc
from typing import Self

from archive.ingest.fetched import FetchedPage
from crawler.reading import read_article
from news.article import Article
from news.errors import ArticleError, PageTooCostly
from news.garbage import collect_rarely
from news.outlets import Outlet

CPU_SECONDS = 120.0  # the costliest page that the guard lets pass takes about seven
STDERR = 2
_TURNS = 12  # how often the clock is set back in that time
_DEATHS = 2  # one alone may be an accident: memory that others took

Task = tuple[FetchedPage, Outlet]


class Sandbox:
    """A separate process that reads pages: `with Sandbox() as read: article = read(page, outlet)`, like `read_article`.

    The process is made when the first page comes, and made anew when a page has ended it.
    """

    def __init__(self, cpu_seconds: float = CPU_SECONDS) -> None:
        self._cpu_seconds = cpu_seconds
        self._context = multiprocessing.get_context("forkserver")  # no copy of our threads and connections
        self._context.set_forkserver_preload([__name__])
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    def __call__(self, page: FetchedPage, outlet: Outlet) -> Article:
        """Return the article on the page. Raises as `read_article` does; PageTooCostly for a page that ends readers."""
        for _ in range(_DEATHS):
            try:
                return self._ask((page, outlet))
            except (EOFError, OSError):
                self.close()
        raise PageTooCostly(f"{page.url} ended the process that read it {_DEATHS} times")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process: it ends when its pipe does."""
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.join()
        self._pipe = self._process = None

    def _ask(self, task: Task) -> Article:
        pipe = self._pipe or self._start()
        pipe.send(task)
        answer = pipe.recv()
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, Article)
        return answer

    def _start(self) -> Connection:
        self._pipe, child_end = self._context.Pipe()
        self._process = self._context.Process(target=_serve, args=(child_end, self._cpu_seconds), daemon=True)
        self._process.start()
        child_end.close()
        return self._pipe


class SandboxPool:
    """Sandboxes side by side, one for each core: `start(page, outlet)` returns the future of the page's article."""

    def __init__(self, processes: int | None = None) -> None:
        number = processes or len(os.sched_getaffinity(0))
        self._threads = ThreadPoolExecutor(number)
        self._all = [Sandbox() for _ in range(number)]
        self._free: SimpleQueue[Sandbox] = SimpleQueue()
        for sandbox in self._all:
            self._free.put(sandbox)

    def start(self, page: FetchedPage, outlet: Outlet) -> Future[Article]:
        """Let the next free sandbox read the page."""
        return self._threads.submit(self._read, page, outlet)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._threads.shutdown(cancel_futures=True)
        for sandbox in self._all:
            sandbox.close()

    def _read(self, page: FetchedPage, outlet: Outlet) -> Article:
        sandbox = self._free.get()
        try:
            return sandbox(page, outlet)
        finally:
            self._free.put(sandbox)


def _serve(pipe: Connection, cpu_seconds: float) -> None:
    """Read pages until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    faulthandler.register(signal.SIGPROF, file=STDERR, chain=True)
    collect_rarely()
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        answer = _read(task)
        signal.setitimer(signal.ITIMER_PROF, 0)
        pipe.send(answer)


def _read(task: Task) -> Article | Exception:
    try:
        return read_article(*task)
    except ArticleError as error:
        return error
    except Exception:
        return RuntimeError(format_exc())  # its own kind may not travel


@contextmanager
def watched(loop: asyncio.AbstractEventLoop, cpu_seconds: float = CPU_SECONDS) -> Iterator[None]:
    """Kill the process by SIGPROF, saying where it was, when *loop* got no turn for so much CPU time.

    Time asleep or suspended does not count. The link that was being read is marked: see `archive.crash_markers`.
    """
    faulthandler.register(signal.SIGPROF, file=STDERR, chain=True)
    turn: asyncio.TimerHandle | None = None

    def set_back() -> None:
        nonlocal turn
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        turn = loop.call_later(cpu_seconds / _TURNS, set_back)

    set_back()
    try:
        yield
    finally:
        if turn:
            turn.cancel()
        signal.setitimer(signal.ITIMER_PROF, 0)
        faulthandler.unregister(signal.SIGPROF)
