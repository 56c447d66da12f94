"""How the stage of sameness behaves as the archive grows: articles a second, time of a lookup, bytes of the store.

    python benchmarks/sameness/growth.py HOME [--sizes 10000,100000] [--days 56] [--words 350]

HOME is an empty data folder. Up to each size the table of fingerprints is filled with rows of made-up articles (their
texts would change nothing for it); then 2,000 articles, a tenth of them near copies, are imported and measured.
"""

import argparse
import gc
import os
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, text

from archive.database import open_archive
from archive.home import open_home
from archive.ingest.existing import load_links, prepare
from archive.ingest.fetched import FetchedPage
from archive.ingest.importer import SIZE, Importer
from archive.ingest.near_copies import NearCopies
from news.article import Article, Block
from news.json_articles import Imported
from news.sameness.overlap import fingerprints

START = datetime(2023, 12, 21, tzinfo=UTC)  # a period of fingerprints begins
MEASURED, LOOKUPS = 2000, 200
FILL = text("""
insert into fingerprints (key, revision_id)
select (:bucket + floor((a - :first)::numeric * :buckets / :all)::bigint << 32) | floor(random() * 4294967295)::bigint,
       1000000000 + a
from generate_series(cast(:low as int), cast(:high as int)) as a, generate_series(1, cast(:each as int))
order by 1 -- as batches are put in
on conflict do nothing
""")


class Maker:
    """Makes articles of random words, common ones often; a tenth are cut and edited copies of earlier ones."""

    def __init__(self, words: int, days: int, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.vocabulary = [f"w{number:x}" for number in range(40_000)]
        self.weights = [1 / (rank + 20) for rank in range(40_000)]
        self.words, self.days, self.made = words, days, 0
        self.recent: list[tuple[str, list[str]]] = []

    def article(self) -> Imported:
        self.made += 1
        if self.recent and self.random.random() < 0.1:
            headline, words = self.random.choice(self.recent)
            words = words[: len(words) // 2] + self._words(30)
        else:
            headline, words = " ".join(self._words(7)), self._words(self.words)
            self.recent = [*self.recent[-500:], (headline, words)]
        at = START + timedelta(days=self.days * self.random.uniform(0.75, 1))  # where the others lie already
        outlet = f"outlet{self.random.randrange(200)}"
        blocks = tuple(Block(" ".join(words[i : i + 50])) for i in range(0, len(words), 50))
        url = f"https://{outlet}.example/{self.made}-{self.random.getrandbits(40):x}"
        return Imported(str(self.made), outlet, Article(url, headline, blocks=blocks, date_published=at))

    def _words(self, number: int) -> list[str]:
        return self.random.choices(self.vocabulary, self.weights, k=number)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home")
    parser.add_argument("--sizes", default="10000,30000,100000,300000,1000000")
    parser.add_argument("--days", type=int, default=56)
    parser.add_argument("--words", type=int, default=350)
    options = parser.parse_args()
    os.environ |= {"NEWSKEEP_HOME": options.home, "NEWSKEEP_CONTACT": "benchmark@example.org"}
    engine = open_archive(open_home())
    gc.freeze()  # as `newskeep import` does
    gc.set_threshold(100_000)
    maker, have = Maker(options.words, options.days), 0
    each = len(fingerprints(maker.article().article.body.split()))
    for size in map(int, options.sizes.split(",")):
        fill(engine, have, size, each, options.days)
        have = size
        measure(engine, maker, size)
    engine.dispose()


def fill(engine: Engine, low: int, high: int, each: int, days: int) -> None:
    """Rows as *high* articles over *days* would leave them."""
    bucket = (START - datetime(1970, 1, 1, tzinfo=UTC)).days // 14
    for start in range(low, high, 10_000):
        values = {"low": start + 1, "high": min(start + 10_000, high), "each": each}
        values |= {"first": low, "all": high - low + 1, "bucket": bucket, "buckets": max(1, days // 14)}
        with engine.begin() as conn:
            conn.execute(FILL, values)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("vacuum analyze fingerprints"))
        conn.execute(text("checkpoint"))


def measure(engine: Engine, maker: Maker, size: int) -> None:
    """Import and look up articles; print how long it took."""
    articles = [maker.article() for _ in range(MEASURED)]
    importer = Importer(engine)
    own, server = time.process_time(), server_seconds(engine)
    started = time.monotonic()
    for place in range(0, MEASURED, SIZE):
        importer.store(articles[place : place + SIZE])
    wall = time.monotonic() - started
    own, server = time.process_time() - own, server_seconds(engine) - server
    times = sorted(lookup(engine, articles[place]) for place in range(LOOKUPS))
    with engine.connect() as conn:
        stored = conn.execute(text("select pg_total_relation_size('fingerprints')")).scalar_one()
    print(
        f"{size:>9,} articles: {MEASURED / wall:5.0f} a second; CPU {1000 * own / MEASURED:.2f} ms here and"
        f" {1000 * server / MEASURED:.2f} ms in PostgreSQL for each; lookup median {1000 * times[LOOKUPS // 2]:.1f},"
        f" p95 {1000 * times[int(LOOKUPS * 0.95)]:.1f} ms; {stored / (size + maker.made):,.0f} bytes an article",
        flush=True,
    )


def lookup(engine: Engine, one: Imported) -> float:
    """Seconds that it takes to find what one article may be a copy of."""
    with engine.connect() as conn:
        link_id = conn.execute(text("select id from links where url = :url"), {"url": one.article.url}).scalar_one()
        page = FetchedPage(link_id, None, datetime.now(UTC), None, one.article)
        read = prepare(page, load_links(conn, [link_id])[link_id])
        assert read
        started = time.monotonic()
        matches = NearCopies(conn, [read])
        matches.load()
        matches.near(read)
        return time.monotonic() - started


def server_seconds(engine: Engine) -> float:
    """CPU of the embedded server's processes so far."""
    with engine.connect() as conn:
        folder = os.readlink(f"/proc/{conn.execute(text('select pg_backend_pid()')).scalar_one()}/cwd")
    ticks = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(process / "cwd") == folder:
                fields = (process / "stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
