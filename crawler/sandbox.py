"""Reads pages in a process of its own: what holds the parser, or takes all memory, ends that process and not ours.

A crawl is ended as a whole and its page found by a mark (see `crawler.watchdog`), since it can be begun again. An
import may come from a pipe; so it goes on without the page.
"""

import faulthandler
import gc
import multiprocessing
import signal
from multiprocessing.connection import Connection
from traceback import format_exc
from typing import Self

from archive.ingest.fetched import FetchedPage
from crawler.reading import read_article
from crawler.watchdog import CPU_SECONDS, STDERR
from news.article import Article
from news.errors import ArticleError, PageTooCostly
from news.outlets import Outlet

_DEATHS = 2  # one alone may be an accident: memory that others took

Task = tuple[FetchedPage, Outlet]


class Sandbox:
    """`with Sandbox() as read: article = read(page, outlet)`, as `crawler.reading.read_article` is called.

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
        self._pipe, theirs = self._context.Pipe()
        self._process = self._context.Process(target=_serve, args=(theirs, self._cpu_seconds), daemon=True)
        self._process.start()
        theirs.close()
        return self._pipe


def _serve(pipe: Connection, cpu_seconds: float) -> None:
    """Read what comes until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever asks
    faulthandler.register(signal.SIGPROF, file=STDERR, chain=True)
    gc.freeze()
    gc.set_threshold(100_000)  # as the import does
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
