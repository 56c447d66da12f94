"""How much less leaks into archived texts with site memory on, and whether true text is lost. README.md explains it.

    python benchmarks/reading/memory.py FOLDER [--least 3]

FOLDER holds labelled pages (`truth.jsonl`, `pages/ID.html.gz`, `teasers.json`) or a pretend web (`truth.jsonl`,
`index.jsonl`, `pages.bin`). Its pages go through the store in their order, into an archive that is thrown away.
"""

import argparse
import gzip
import json
import os
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[2]))

from sqlalchemy import Engine, text

from archive.database import open_archive
from archive.embedded import EmbeddedServer
from archive.home import open_home
from archive.ingest.importer import SIZE, Importer
from archive.models import metadata
from benchmarks.reading.measures import leaks, overlap, words
from crawler.extraction.page import read_page
from news.article import CHROME, Article, Label
from news.errors import ArticleError
from news.json_articles import Imported
from news.sameness.boilerplate import HEADLINE, RECURS
from news.teasers import remove_teasers

_NEVER_TEXT = CHROME | {Label.HEADLINE, Label.LEAD, Label.BYLINE, Label.DATE, Label.CAPTION}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A page with its true text and the lines that must not be in it; `body` is None where that is not known."""

    id: str
    host: str
    url: str
    page: bytes
    body: str | None
    teasers: list[list[str]]


def labelled_pages(folder: Path, least: int) -> Iterator[Labelled]:
    """The pages of hosts with at least so many, in the order of the file."""
    rows = [json.loads(line) for line in (folder / "truth.jsonl").open(encoding="utf-8")]
    known = json.loads((folder / "teasers.json").read_text(encoding="utf-8"))
    hosts = Counter(_host(row["url"]) for row in rows)
    for row in rows:
        if hosts[_host(row["url"])] >= least:
            page = gzip.decompress((folder / "pages" / f"{row['id']}.html.gz").read_bytes())
            yield Labelled(row["id"], _host(row["url"]), row["url"], page, row.get("body"), known.get(row["id"], []))


def pretend_web(folder: Path) -> Iterator[Labelled]:
    """The pages of all outlets, visit by visit."""
    blob, places = (folder / "pages.bin").read_bytes(), {}
    for line in (folder / "index.jsonl").open(encoding="utf-8"):
        outlet, path, visit, _, _, at, size, *_ = json.loads(line)
        places[outlet, path, visit] = at, size
    rows = [json.loads(line) for line in (folder / "truth.jsonl").open(encoding="utf-8")]
    for row in sorted((row for row in rows if row["status"] == 200), key=lambda row: int(row["visit"])):
        at, size = places[row["outlet"], urlsplit(row["url"]).path, row["visit"]]
        teasers = [words(line) for line in (*row["promos"], *row["teasers"])]
        named, body = f"{row['url']} {row['visit']}", "\n\n".join(row["body"])
        yield Labelled(named, f"outlet{row['outlet']}", row["url"], blob[at : at + size], body, teasers)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def as_read(page: Labelled) -> Article:
    return remove_teasers(read_page(page.page, page.url))


def by_markup(page: Labelled) -> Article:
    return read_page(page.page, page.url)


def everything(page: Labelled) -> Article:
    """Read a page without any rules: all text around the article counts as its text."""
    article = read_page(page.page, page.url)
    return article.with_blocks(
        block._replace(label=block.label if block.label in _NEVER_TEXT else Label.BODY) for block in article.blocks
    )


READERS = {"all rules": as_read, "markup alone": by_markup, "no rules": everything}


def stored(engine: Engine, pages: Sequence[Labelled], articles: Sequence[Article]) -> list[str]:
    """What the archive has as the text of each page."""
    importer, bodies = Importer(engine), []
    for start in range(0, len(pages), SIZE):
        batch = list(zip(pages[start : start + SIZE], articles[start : start + SIZE], strict=True))
        ends = importer.store([Imported(page.id, page.host, article) for page, article in batch])
        bodies += [(one.article_id, one.revision) for one in ends]
    with engine.connect() as conn:
        found = conn.execute(
            text("select article_id, number, body from revisions r join texts t on t.digest = r.text_digest")
        )
        known = {(row.article_id, row.number): row.body for row in found}
    return [known.get(key, "") for key in bodies]


def scores(pages: Sequence[Labelled], bodies: Sequence[str]) -> list[float]:
    """F1, precision and recall (means over pages, on 4-word shingles), and the share of pages with a leak."""
    found = [(page, body) for page, body in zip(pages, bodies, strict=True) if page.body]
    measured = [overlap(page.body or "", body) for page, body in found]
    precision, recall = (statistics.mean(values) for values in zip(*measured, strict=True))
    leaked = [leaks(page.body, body, page.teasers) for page, body in found if page.teasers]
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return [f1, precision, recall, sum(map(bool, leaked)) / len(leaked), sum(leaked) / len(leaked)]


def _is_poorer(page: Labelled, before: str, after: str) -> bool:
    return bool(page.body) and overlap(page.body or "", after)[1] < overlap(page.body or "", before)[1]


def print_removed(engine: Engine, most: int) -> None:
    with engine.connect() as conn:
        rows = conn.execute(_REMOVED, {"rules": [HEADLINE, RECURS]}).all()
        size, articles = conn.execute(_SIZE).one()
    lines = sum(row.number for row in rows)
    print(f"  {lines} lines set aside by memory; {size / max(1, articles):,.0f} bytes an article")
    for row in rows[:most]:
        print(f"    {row.number:4} {row.rule}: {row.text[:100]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--least", type=int, default=3, help="pages that a host must have")
    parser.add_argument("--lines", type=int, default=0, help="print so many of the lines that memory set aside")
    asked = parser.parse_args()
    is_web = (asked.folder / "pages.bin").exists()
    pages = list(pretend_web(asked.folder) if is_web else labelled_pages(asked.folder, asked.least))
    with tempfile.TemporaryDirectory(prefix="memory-") as folder:
        os.environ |= {"NEWSKEEP_HOME": folder, "NEWSKEEP_CONTACT": "benchmark@example.org"}
        os.environ.pop("NEWSKEEP_DATABASE_URL", None)
        home = open_home()
        try:
            run(open_archive(home), pages, asked.lines)
        finally:
            EmbeddedServer(home.postgres).stop()


def run(engine: Engine, pages: Sequence[Labelled], lines: int) -> None:
    """Print each reader's scores without and with memory."""
    print(f"{len(pages)} pages of {len({page.host for page in pages})} outlets")
    print(f"{'':24}{'F1':>8}{'prec':>8}{'recall':>8}{'leakPg':>8}{'lines':>8}")
    for name, reader in READERS.items():
        read = [(page, article) for page in pages if (article := _read(reader, page))]
        with engine.begin() as conn:
            conn.execute(text(f"truncate {', '.join(metadata.tables)} restart identity"))
        used = [page for page, _ in read]
        before = [article.body for _, article in read]
        after = stored(engine, used, [article for _, article in read])
        for when, bodies in (("before", before), ("with memory", after)):
            print(f"{name:13}{when:11}" + "".join(f"{value:8.3f}" for value in scores(used, bodies)))
        print(f"  {sum(map(_is_poorer, used, before, after))} pages with less of the true text than before")
        print_removed(engine, lines)
    engine.dispose()


def _read(reader: Any, page: Labelled) -> Article | None:
    try:
        found: Article = reader(page)
    except ArticleError:
        return None
    return found


_REMOVED = text("""
select rule, text, count(*) as number from blocks where rule = any(:rules) group by 1, 2 order by 3 desc, 2
""")

_SIZE = text("select pg_total_relation_size('block_memory'), (select count(*) from articles)")


if __name__ == "__main__":
    main()
