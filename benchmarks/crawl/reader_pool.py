"""Compare reading in the crawl's own process (crash markers) with a pool of reader processes.

    python benchmarks/crawl/reader_pool.py PAGES [--pages 300] [--runs 3] [--crawl]

PAGES is a folder of HTML files. Prints the CPU time of our own processes and the wall time for each page: of reading
alone, or with --crawl of a whole crawl over loopback into a new archive, in runs that take turns. PostgreSQL is not
counted: it does the same work either way.

The pool is the cheapest that we could think of: forkserver children with frozen garbage collection, one pipe each that
the event loop watches, pickled tuples, no threads.
"""

import argparse
import asyncio
import gc
import multiprocessing
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from archive.ingest.fetched import FetchedPage  # noqa: E402
from crawler import reading  # noqa: E402
from news.errors import NewsError  # noqa: E402
from news.outlets import Outlet  # noqa: E402

OUTLET = Outlet("bench", "https://bench.example/")


class ReaderPool:
    """A few reader processes, which the event loop of the caller watches."""

    def __init__(self, size: int) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["crawler.reading"])
        self.pipes: list[Connection] = []
        self.processes = []
        for _ in range(size):
            ours, child = context.Pipe()
            process = context.Process(target=serve, args=(child,), daemon=True)
            process.start()
            child.close()
            self.pipes.append(ours)
            self.processes.append(process)
        self.idle: asyncio.Queue[Connection] = asyncio.Queue()
        for pipe in self.pipes:
            self.idle.put_nowait(pipe)

    async def read(self, pages: Sequence[FetchedPage], outlet: Outlet) -> list[Any]:
        """Return the article, or the error, of each page."""
        pipe, loop = await self.idle.get(), asyncio.get_running_loop()
        answered: asyncio.Future[None] = loop.create_future()
        tasks = [(page.url, page.body, page.fetched_at, page.encoding) for page in pages]
        pipe.send_bytes(pickle.dumps((tasks, outlet), protocol=5))
        loop.add_reader(pipe.fileno(), lambda: answered.done() or answered.set_result(None))
        await answered
        loop.remove_reader(pipe.fileno())
        answers: list[Any] = pickle.loads(pipe.recv_bytes())
        self.idle.put_nowait(pipe)
        return answers

    def close(self) -> float:
        """End the processes; return their CPU seconds."""
        spent = 0.0
        for pipe, process in zip(self.pipes, self.processes, strict=True):
            pipe.send_bytes(b"")
            spent += float(pipe.recv())
            pipe.close()
            process.join()
        return spent


def serve(pipe: Connection) -> None:
    """Read what comes until an empty message."""
    gc.freeze()
    gc.set_threshold(100_000)
    before = process_time()
    while message := pipe.recv_bytes():
        tasks, outlet = pickle.loads(message)
        pipe.send_bytes(pickle.dumps([read_one(FetchedPage.unlinked(*task), outlet) for task in tasks], protocol=5))
    pipe.send(process_time() - before)


def read_one(page: FetchedPage, outlet: Outlet) -> Any:
    """Return the article on the page, or the error."""
    try:
        return reading.read_article(page, outlet, (reading.extract,))
    except NewsError as error:
        return error


def read_alone(pages: Sequence[FetchedPage]) -> tuple[float, float]:
    """(CPU, wall) milliseconds a page, read here."""
    started, wall = process_time(), perf_counter()
    for page in pages:
        read_one(page, OUTLET)
    return per_page(process_time() - started, len(pages)), per_page(perf_counter() - wall, len(pages))


def read_pooled(pages: Sequence[FetchedPage], size: int, batch: int) -> tuple[float, float]:
    """(CPU, wall) milliseconds a page, read by *size* processes in batches."""

    async def run() -> tuple[float, float]:
        pool = ReaderPool(size)
        await asyncio.gather(*(pool.read(pages[:1], OUTLET) for _ in range(size)))
        started, wall = process_time(), perf_counter()
        groups = [pages[n : n + batch] for n in range(0, len(pages), batch)]
        await asyncio.gather(*(pool.read(group, OUTLET) for group in groups))
        own, passed = process_time() - started, perf_counter() - wall
        return per_page(own + pool.close(), len(pages)), per_page(passed, len(pages))

    return asyncio.run(run())


def per_page(seconds: float, pages: int) -> float:
    return 1000 * seconds / pages


@contextmanager
def site(pages: Sequence[bytes]) -> Iterator[str]:
    """Serve the pages and a home page that links to them, from a process of its own."""
    ready, child = multiprocessing.get_context("fork").Pipe()
    process = multiprocessing.get_context("fork").Process(target=serve_site, args=(pages, child), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ready.recv()}/"
    finally:
        process.kill()


def serve_site(pages: Sequence[bytes], port: Connection) -> None:
    """Answer requests until killed."""
    links = "".join(f'<article><h2><a href="/story-number-{n}-of-many">The story {n} in a headline</a></h2></article>'
                    for n in range(len(pages)))  # fmt: skip
    home = f"<!doctype html><html lang='en'><title>Bench</title><body>{links}</body></html>".encode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            number = self.path.removeprefix("/story-number-").partition("-")[0]
            body = home if self.path == "/" else pages[int(number)] if number.isdecimal() else b""
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    port.send(server.server_port)
    server.serve_forever()


def crawl_once(pages: Sequence[bytes], size: int) -> tuple[float, float]:
    """(CPU, wall) milliseconds a page of a crawl whose pages are read here, or by *size* processes."""
    with tempfile.TemporaryDirectory() as home, site(pages) as address:
        environment = {**os.environ, "NEWSKEEP_HOME": home, "NEWSKEEP_ALLOW_NETWORKS": "127.0.0.0/8",
                       "NEWSKEEP_DATABASE_URL": "", "PYTHONPATH": str(ROOT)}  # fmt: skip
        command = [sys.executable, __file__, "--one-crawl", address, "--size", str(size)]
        answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        subprocess.run(
            [sys.executable, "-m", "cli.main", "db", "stop"], env=environment, capture_output=True, check=True
        )
    cpu, wall, read = map(float, answer.stdout.split()[-3:])
    return per_page(cpu, int(read)), per_page(wall, int(read))


def one_crawl(address: str, size: int) -> None:
    """Crawl the address in this process; print CPU and wall seconds and the number of pages."""
    from archive.database import open_archive
    from archive.home import open_home
    from crawler import pipelines
    from crawler.runner import crawl
    from crawler.targets import CrawlOptions

    pools: list[ReaderPool] = []

    async def process_item(self: Any, page: FetchedPage) -> FetchedPage:
        if page.disposition:
            return page
        if not pools:
            pools.append(ReaderPool(size))
        [answer] = await pools[0].read([page], self.job.outlet)
        return page.ended(*reading.end_of(answer)) if isinstance(answer, Exception) else replace(page, article=answer)

    if size:
        pipelines.ExtractPipeline.process_item = process_item  # type: ignore[assignment]
    home = open_home()
    engine = open_archive(home)
    started, wall = process_time(), perf_counter()
    [result] = crawl(home, engine, [address], CrawlOptions(delay=0))
    cpu, passed = process_time() - started, perf_counter() - wall
    for pool in pools:
        cpu += pool.close()
    print(cpu, passed, result.pages)


def compare(ways: dict[str, Callable[[], tuple[float, float]]], runs: int) -> None:
    """Run each way in turn; print the medians."""
    figures: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(runs):
        for name, way in ways.items():
            figures[name].append(way())
    for name, pairs in figures.items():
        cpu, wall = (statistics.median(pair[n] for pair in pairs) for n in (0, 1))
        print(f"{name:<34} {cpu:6.2f} ms CPU a page  {wall:6.2f} ms wall", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("pages", nargs="?", type=Path)
    parser.add_argument("--pages", dest="count", type=int, default=300)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--crawl", action="store_true")
    parser.add_argument("--one-crawl")
    parser.add_argument("--size", type=int, default=0)
    chosen = parser.parse_args()
    if chosen.one_crawl:
        one_crawl(chosen.one_crawl, chosen.size)
        return
    bodies = [file.read_bytes() for file in sorted(chosen.pages.glob("*.html"))[: chosen.count]]
    if chosen.crawl:
        compare({"crawl, read in its own process": lambda: crawl_once(bodies, 0),
                 "crawl, pool of 1": lambda: crawl_once(bodies, 1),
                 "crawl, pool of 2": lambda: crawl_once(bodies, 2)}, chosen.runs)  # fmt: skip
        return
    now = datetime.now(UTC)
    pages = [FetchedPage.unlinked(f"https://bench.example/{n}", body, now) for n, body in enumerate(bodies)]
    gc.freeze()
    gc.set_threshold(100_000)
    compare({"read here": lambda: read_alone(pages),
             "pool of 1, page by page": lambda: read_pooled(pages, 1, 1),
             "pool of 1, batches of 8": lambda: read_pooled(pages, 1, 8),
             "pool of 2, page by page": lambda: read_pooled(pages, 2, 1)}, chosen.runs)  # fmt: skip


if __name__ == "__main__":
    main()
