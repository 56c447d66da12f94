"""What a small crawl costs in a worker: a feed that has not changed, asked again and again in one process.

    python benchmarks/workers/small_crawls.py [CRAWLS]     needs nothing: own database, own web site on loopback

Prints CPU milliseconds a crawl of the process that crawls and of the database, and the memory before and after.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from aiohttp import web
from sqlalchemy import Engine, event

from archive.captures import CaptureFiles
from archive.database import open_archive
from archive.embedded import EmbeddedServer
from archive.home import Home, open_home
from crawler.engine import threads
from crawler.pool import CrawlPool
from crawler.targets import SCHEDULED, Target, TargetKind
from news.outlets import Outlet

OUTLETS = 100
AT_ONCE = 16
LINKS = 20


def serve(port: int) -> None:
    """Return a site whose feeds never change and whose pages are all one article."""

    async def feed(request: web.Request) -> web.Response:
        etag = f'"{request.match_info["name"]}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        links = "".join(
            f"<item><title>t</title><link>http://{request.host}/{request.match_info['name']}/{number}</link></item>"
            for number in range(LINKS)
        )
        body = f'<rss version="2.0"><channel><title>S</title>{links}</channel></rss>'
        return web.Response(body=body.encode(), content_type="application/rss+xml", headers={"ETag": etag})

    async def page(request: web.Request) -> web.Response:
        text = " ".join(f"{request.path} word{number}" for number in range(80))
        return web.Response(
            text=f"<html><article><h1>{request.path}</h1><p>{text}</p></article>", content_type="text/html"
        )

    app = web.Application()
    app.router.add_get("/{name}/feed", feed)
    app.router.add_get("/{name}/{number:[0-9]+}", page)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


def cpu_of(pids: list[int]) -> float:
    """CPU seconds of processes, those that have ended below them included."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def below(parent: int) -> list[int]:
    """Return a process and its children."""
    found = [parent]
    for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))):
        try:
            if int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(pid)
        except OSError:
            continue
    return found


def resident() -> float:
    """Megabytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


async def measure(home: Home, engine: Engine, port: int, postmaster: int, crawls: int) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(threads())
    site = f"http://127.0.0.1:{port}"
    outlets = [
        Outlet(f"o{n}", f"{site}/o{n}/", feeds=(f"{site}/o{n}/feed",), sitemaps=(), listings=(), delay=0.0)
        for n in range(OUTLETS)
    ]
    with CaptureFiles(home) as captures:
        room = CrawlPool(home, engine, captures)
        statements: Counter[str] = Counter()
        event.listen(engine, "before_cursor_execute", lambda *about: statements.update([about[2]]))
        at_once = asyncio.Semaphore(AT_ONCE)

        async def crawl(number: int) -> None:
            async with at_once:
                outlet = outlets[number % OUTLETS]
                result = await room.crawl(Target(outlet, TargetKind.OUTLET, outlet.url), SCHEDULED)
                assert (result.state, result.looked) == ("finished", True), result

        await asyncio.gather(*map(crawl, range(OUTLETS)))
        await asyncio.gather(*map(crawl, range(OUTLETS)))
        print(f"warm: {resident():.0f} MB")
        for _ in range(4):
            statements.clear()
            cpu, database, wall = time.process_time(), cpu_of(below(postmaster)), time.monotonic()
            number = crawls // 4
            await asyncio.gather(*map(crawl, range(number)))
            spent, wall = time.process_time() - cpu, time.monotonic() - wall
            database = cpu_of(below(postmaster)) - database
            print(
                f"{number} crawls: {1000 * spent / number:.1f} ms CPU each, database {1000 * database / number:.1f} ms,"
                f" {statements.total() / number:.1f} statements, {number / wall:.1f} a second, {resident():.0f} MB"
            )


def main() -> None:
    crawls = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    port = 18080 + os.getpid() % 1000
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"NEWSKEEP_HOME": folder, "NEWSKEEP_ALLOW_NETWORKS": "127.0.0.0/8"}
        os.environ.pop("NEWSKEEP_DATABASE_URL", None)
        server = subprocess.Popen([sys.executable, __file__, "serve", str(port)])
        home = open_home()
        database = EmbeddedServer(home.postgres)
        try:
            engine = open_archive(home)
            postmaster = database.state().pid
            assert postmaster
            asyncio.run(measure(home, engine, port, postmaster, crawls))
            engine.dispose()
        finally:
            server.terminate()
            server.wait()
            database.stop()


if __name__ == "__main__":
    serve(int(sys.argv[2])) if sys.argv[1:2] == ["serve"] else main()
