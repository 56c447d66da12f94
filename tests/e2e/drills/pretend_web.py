"""A pretend web of many outlets with the truth about it: deterministic, served by one process, at two visits.

    python -m tests.e2e.drills.pretend_web --port 8080 --hosts 127.0.1.{} --outlets 40

Which outlet answers is told by the Host header. SIGUSR1 moves the whole web on to its second visit: some articles are
edited, some new, some have left the lists (their pages stay). What an article says and which addresses there are is
computed from the seed, so that a check needs only the same arguments.
"""

# ruff: noqa: SIM905 - a list of words is read more easily as a text
import argparse
import asyncio
import hashlib
import json
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from random import Random

from aiohttp import web

VISITS = (1, 2)
TEASERS = 12
_NOUNS = "council bridge harbour budget school orchestra river hospital airport library museum tram court farm".split()
_PLACES = "Linz Graz Wien Bremen Kiel Mainz Erfurt Dresden Basel Bern Zug Passau Worms Trier Jena Gera".split()
_VERBS = "opens closes plans delays repairs sells buys paints moves counts measures names loses finds".split()
_SAID = "said explained added stressed announced repeated denied promised".split()
_NAMES = "Anna Jonas Paul Emil Clara Karl Ines Otto Nora Hugo Greta Sven Maja Timo Ella Max Ruth Lars".split()


@dataclass(frozen=True, slots=True)
class Piece:
    """An article at its address: what it says at each visit, and at which visits the lists name it."""

    outlet: int
    number: int
    headline: str
    first: tuple[str, ...]
    later: tuple[str, ...]
    since: int = 1
    until: int = VISITS[-1]
    agency: int | None = None

    @property
    def path(self) -> str:
        slug = "-".join("".join(char if char.isalnum() else " " for char in self.headline.lower()).split())
        return f"/news/{slug}-{self.outlet:04d}{self.number:03d}.html"

    @property
    def edited(self) -> bool:
        return self.first != self.later

    def text(self, visit: int) -> tuple[str, ...]:
        return self.first if visit == 1 else self.later

    def listed(self, visit: int) -> bool:
        return self.since <= visit <= self.until


@dataclass(frozen=True, slots=True)
class Web:
    """All outlets of a seed. `hosts` holds {} where the outlet's number stands, from 1; two of them for very many."""

    hosts: str
    port: int
    outlets: int = 40
    articles: int = 12
    seed: int = 1

    def host(self, outlet: int) -> str:
        if self.hosts.count("{}") == 2:
            return self.hosts.format(1 + outlet // 250, 1 + outlet % 250)
        return self.hosts.format(outlet + 1)

    def base(self, outlet: int) -> str:
        return f"http://{self.host(outlet)}:{self.port}"

    def url(self, piece: Piece) -> str:
        return self.base(piece.outlet) + piece.path

    def name(self, outlet: int) -> str:
        return f"outlet{outlet + 1}"

    def pieces(self, outlet: int) -> list[Piece]:
        """Return the outlet's articles; at the second visit some are edited, some new, some gone from the lists."""
        return [self._piece(outlet, number) for number in range(self.articles)]

    def all_pieces(self) -> Iterator[Piece]:
        for outlet in range(self.outlets):
            yield from self.pieces(outlet)

    def _piece(self, outlet: int, number: int) -> Piece:
        agency = outlet % 5 if number == 4 else None
        rng = Random(f"{self.seed}:agency:{agency}" if agency is not None else f"{self.seed}:{outlet}:{number}")
        headline, first = _headline(rng), tuple(_paragraph(rng) for _ in range(5))
        later = (*first[:2], _paragraph(rng), *first[3:]) if number % 5 == 1 else first
        since, until = (2 if number % 6 == 3 else 1), (1 if number % 6 == 5 else VISITS[-1])
        return Piece(outlet, number, headline, first, later, since, until, agency)

    def outlets_toml(self, *, every: str, delay: float) -> str:
        """Return the entries of all outlets, without feeds and lists; pages are checked again every minute."""
        head = f'contact = "drill@example.org"\n\n[defaults]\nevery = "{every}"\ndelay = {delay}\n\n'
        ages = ", ".join(f'"{minutes}m"' for minutes in range(1, 31))
        entries = (
            f'[[outlet]]\nname = "{self.name(outlet)}"\nurl = "{self.base(outlet)}/"\nlanguage = "en"\n'
            f"revisit = [{ages}]\n"
            for outlet in range(self.outlets)
        )
        return head + "\n".join(entries)


def _headline(rng: Random) -> str:
    here, there = rng.choice(_PLACES), rng.choice(_PLACES)
    return f"{here} {rng.choice(_NOUNS)} {rng.choice(_VERBS)} the {rng.choice(_NOUNS)} of {there}"


def _paragraph(rng: Random) -> str:
    return " ".join(_sentence(rng) for _ in range(3))


def _sentence(rng: Random) -> str:
    who, what, where = rng.choice(_NAMES), rng.choice(_NOUNS), rng.choice(_PLACES)
    days, missing = rng.randint(2, 500), rng.choice(_NOUNS)
    return (
        f"The {rng.choice(_NOUNS)} in {where} {rng.choice(_VERBS)} a {what} for {rng.randint(2, 99999)} people, "
        f"{rng.choice(_SAID)} {who} of {rng.choice(_PLACES)} after {days} days without a {missing}."
    )


# --- pages


def article_page(site: Web, piece: Piece, visit: int) -> str:
    rng = Random(f"{site.seed}:teasers:{piece.outlet}:{piece.number}:{visit}")
    teasers = "".join(f"<li>{visit * 2 + 1} hrs ago<br><a href='/#'>{_headline(rng)}</a></li>" for _ in range(TEASERS))
    text, name = "".join(f"<p>{escape(part)}</p>" for part in piece.text(visit)), site.name(piece.outlet)
    return (
        f"<!doctype html><html lang='en'><head><title>{escape(piece.headline)} | {name}</title>"
        f"<meta property='og:type' content='article'><link rel='canonical' href='{site.url(piece)}'></head><body>"
        f"<nav><a href='/'>Home</a></nav><article><h1>{escape(piece.headline)}</h1>{text}</article>"
        f"<aside><h2>OTHER NEWS</h2><ul>{teasers}</ul></aside><footer>© {name}</footer></body></html>"
    )


def home_page(site: Web, outlet: int, visit: int) -> str:
    listed = [piece for piece in site.pieces(outlet) if piece.listed(visit)]
    links = "".join(f"<article><h2><a href='{p.path}'>{escape(p.headline)}</a></h2></article>" for p in listed)
    return (
        f"<!doctype html><html lang='en'><head><title>{site.name(outlet)}</title>"
        "<link rel='alternate' type='application/rss+xml' href='/feed.xml'></head>"
        f"<body><main>{links}</main></body></html>"
    )


def feed(site: Web, outlet: int, visit: int) -> str:
    items = "".join(
        f"<item><title>{escape(piece.headline)}</title><link>{site.url(piece)}</link></item>"
        for piece in site.pieces(outlet)
        if piece.listed(visit)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{site.name(outlet)}</title>{items}</channel></rss>'


# --- the server


@dataclass(slots=True)
class Served:
    """What one outlet was asked: requests, the smallest gap between two in seconds, and who asked in turn."""

    requests: int = 0
    smallest_gap: float = float("inf")
    last: float = 0.0
    askers: list[str] = field(default_factory=list)  # one entry whenever another client than before asks

    def note(self, asker: str, now: float) -> None:
        self.smallest_gap = min(self.smallest_gap, now - self.last) if self.requests else self.smallest_gap
        self.requests, self.last = self.requests + 1, now
        if not self.askers or self.askers[-1] != asker:
            self.askers.append(asker)


class Server:
    """Answers for all outlets of a `Web`."""

    def __init__(self, site: Web, latency: float = 0.0) -> None:
        self.site, self.visit, self.latency = site, 1, latency
        self.outlets = {site.host(outlet): outlet for outlet in range(site.outlets)}
        self.pages = {(piece.outlet, piece.path): piece for piece in site.all_pieces()}
        self.served = [Served() for _ in range(site.outlets)]

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/__seen", self.seen)
        app.router.add_get("/{path:.*}", self.answer)
        return app

    async def seen(self, request: web.Request) -> web.Response:
        gaps = [outlet.smallest_gap for outlet in self.served if outlet.requests > 1]
        return web.json_response(
            {
                "visit": self.visit,
                "requests": sum(outlet.requests for outlet in self.served),
                "asked": sum(outlet.requests > 0 for outlet in self.served),
                "smallest_gap": min(gaps, default=None),
                "askers": {self.site.name(number): outlet.askers for number, outlet in enumerate(self.served)},
            }
        )

    async def answer(self, request: web.Request) -> web.Response:
        if self.latency:
            await asyncio.sleep(self.latency)
        outlet = self.outlets.get((request.host or "").partition(":")[0])
        if outlet is None:
            return web.Response(status=404, text="no such outlet")
        self.served[outlet].note(request.remote or "", time.monotonic())
        found = self._page(outlet, request.path)
        if found is None:
            return web.Response(status=404, text="not here")
        kind, text = found
        etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(text=text, content_type=kind, charset="utf-8", headers={"ETag": etag})

    def _page(self, outlet: int, path: str) -> tuple[str, str] | None:
        if path == "/robots.txt":
            return "text/plain", "User-agent: *\nDisallow: /search\n"
        if path == "/":
            return "text/html", home_page(self.site, outlet, self.visit)
        if path == "/feed.xml":
            return "application/rss+xml", feed(self.site, outlet, self.visit)
        piece = self.pages.get((outlet, path))
        if piece is None or piece.since > self.visit:
            return None
        return "text/html", article_page(self.site, piece, self.visit)


async def serve(site: Web, latency: float = 0.0, address: str = "0.0.0.0") -> None:
    """Serve until cancelled; prints one line when it listens."""
    server = Server(site, latency)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, setattr, server, "visit", VISITS[-1])
    runner = web.AppRunner(server.app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, address, site.port, backlog=1024, reuse_address=True).start()
    print(json.dumps({"listening": site.port, "outlets": site.outlets}), flush=True)
    await asyncio.Event().wait()


def arguments(parser: argparse.ArgumentParser) -> None:
    """Return the arguments that say which web it is."""
    parser.add_argument("--hosts", default="127.0.1.{}", help="{} is the outlet's number, from 1; {}.{} for very many")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--outlets", type=int, default=40)
    parser.add_argument("--articles", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)


def chosen(given: argparse.Namespace) -> Web:
    """Return the web that the arguments name."""
    return Web(given.hosts, given.port, given.outlets, given.articles, given.seed)


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve a pretend web of many outlets.")
    arguments(parser)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    given = parser.parse_args()
    asyncio.run(serve(chosen(given), given.latency))


if __name__ == "__main__":
    main()
