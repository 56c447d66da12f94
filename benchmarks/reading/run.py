"""Score the reading of a folder of labelled pages: accuracy, leakage and CPU in one run. README.md explains it."""

import argparse
import gc
import gzip
import hashlib
import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.reading.measures import leaks, linked_lines, overlap, shingles, words
from benchmarks.reading.readers import Found, Reader, readers
from crawler.extraction.page_bytes import as_utf8
from news.errors import ArticleError

_NAMES = re.compile(rb"(\s(?:class|id)\s*=\s*)(\"[^\"]*\"|'[^']*'|[^\s>\"']+)")
_LETTERS = re.compile(rb"[A-Za-z]{3,}")
_COLUMNS = (
    "pages", "F1", "precision", "recall", "extra", "leak", "title", "authors", "day", "lang", "median ms", "mean ms",
    "failed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """One page's truth, its lines about other pages, what a reader found, and the CPU time in ms.

    `found` is None when the page could not be read.
    """

    truth: dict[str, Any]
    others: list[list[str]]
    found: Found | None
    cpu: float

    @property
    def body(self) -> str:
        return "\n".join(self.found.paragraphs) if self.found else ""


def own_pages() -> Iterator[tuple[dict[str, Any], bytes]]:
    """One text in many layouts, as the tests have it."""
    from tests.crawler.extraction import pages as layouts

    truth = {"url": "https://talbote.example/politik/stausee-treffen", "title": layouts.HEADLINE, "lang": "de"}
    for name, page in layouts.layouts():
        yield {**truth, "id": name, "dataset": "own", "body": "\n\n".join(layouts.PARAGRAPHS)}, page.encode()


def labelled_pages(folder: Path, datasets: set[str]) -> Iterator[tuple[dict[str, Any], bytes]]:
    for line in (folder / "truth.jsonl").open(encoding="utf-8"):
        truth = json.loads(line)
        if truth.get("body") and (not datasets or truth.get("dataset") in datasets):
            yield truth, gzip.decompress((folder / "pages" / f"{truth['id']}.html.gz").read_bytes())


def nameless(page: bytes, share: float) -> bytes:
    """Return *page* with that share of the words in class and id made meaningless, each word always in the same way.

    It shows how the pages of an outlet are read whose words no list contains.
    """

    def changed(word: re.Match[bytes]) -> bytes:
        digest = hashlib.sha256(word[0].lower()).digest()
        return word[0] if digest[0] / 256 >= share else bytes(97 + byte % 26 for byte in digest[1:7])

    return _NAMES.sub(lambda found: found[1] + _LETTERS.sub(changed, found[2]), page)


def reading(read: Reader, truth: dict[str, Any], page: bytes, others: list[list[str]], foreign: bool) -> Reading:
    """What *read* makes of the page; whatever a foreign reader raises is counted as a page it cannot read."""
    started = time.process_time()
    found = None
    try:
        found = read(page, truth["url"])
    except ArticleError:
        pass
    except Exception:
        if not foreign:
            raise
    return Reading(truth, others, found, (time.process_time() - started) * 1000)


def accuracy(row: Reading) -> tuple[float, float]:
    """Precision and recall of the body."""
    return overlap(row.truth["body"], row.body)


def has_extra(row: Reading) -> bool:
    """Whether a body paragraph is not in the truth."""
    known = shingles(words(row.truth["body"]), 3)
    return any(_foreign(text, known) for text in (row.found.paragraphs if row.found else ()))


def _foreign(text: str, known: Counter[tuple[str, ...]]) -> bool:
    tokens = words(text)
    found = shingles(tokens, 3)
    return len(tokens) >= 8 and sum(part in known for part in found) < 0.3 * len(found)


def names(people: list[str] | tuple[str, ...]) -> set[str]:
    return {" ".join(sorted(words(name.casefold()))) for name in people}


def agree(rows: list[Reading], field: str) -> float | None:
    """Share of the pages with a known *field* that were read so."""
    known = [row for row in rows if row.truth.get(field)]
    return sum(_agrees(row, field) for row in known) / len(known) if known else None


def _agrees(row: Reading, field: str) -> bool:
    found, wanted = row.found, str(row.truth[field])
    if found is None:
        return False
    if field == "title":
        return words(found.title.casefold()) == words(wanted.casefold())
    return found.lang == wanted if field == "lang" else found.day == wanted[:10]


def author_f1(rows: list[Reading]) -> float | None:
    known = [row for row in rows if row.truth.get("authors") is not None]
    pairs = [(names(row.truth["authors"]), names(row.found.authors if row.found else ())) for row in known]
    both, either = sum(len(true & found) for true, found in pairs), sum(len(true) + len(found) for true, found in pairs)
    return 2 * both / either if either else None


def scores(rows: list[Reading]) -> list[float | None]:
    measured = [accuracy(row) for row in rows]
    precision, recall = (statistics.mean(values) for values in zip(*measured, strict=True))
    leaked = [leaks(row.truth["body"], row.body, row.others) > 0 for row in rows if row.others]
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    fields = [agree(rows, "title"), author_f1(rows), agree(rows, "published_at"), agree(rows, "lang")]
    cpu = [row.cpu for row in rows]
    failed = sum(row.found is None for row in rows)
    times = [statistics.median(cpu), statistics.mean(cpu), failed]
    shares = [statistics.mean(map(has_extra, rows)), statistics.mean(leaked) if leaked else None]
    return [len(rows), f1, precision, recall, *shares, *fields, *times]


def table(rows: list[Reading]) -> Iterator[str]:
    for name in ["all", *sorted({str(row.truth.get("dataset")) for row in rows})]:
        part = [row for row in rows if name in ("all", str(row.truth.get("dataset")))]
        yield f"  {name:10}" + "".join(f"{'-' if value is None else f'{value:.3f}':>11}" for value in scores(part))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="labelled pages; our own layouts when left out")
    parser.add_argument("--dataset", default="", help="comma-separated; all when left out")
    parser.add_argument("--every", type=int, default=1, help="read every so many-th page only")
    parser.add_argument("--worst", type=int, default=0, help="name that many pages that Newskeep read worst")
    parser.add_argument(
        "--nameless", type=float, default=0, metavar="SHARE", help="hide that share of class and id words"
    )
    asked = parser.parse_args()
    known = list(readers())
    rows = read_all(asked, known)
    if not rows[known[0][0]]:
        parser.error(f"no page with a body in {asked.folder}")
    print(f"{'':12}" + "".join(f"{name:>11}" for name in _COLUMNS))
    for name, _ in known:
        print(name, *table(rows[name]), sep="\n")
    for row in sorted(rows[known[0][0]], key=lambda row: sum(accuracy(row)))[: asked.worst]:
        print(f"{sum(accuracy(row)) / 2:.3f}  {row.truth['id']}  {row.truth['url']}")


def read_all(asked: argparse.Namespace, known: list[tuple[str, Reader]]) -> dict[str, list[Reading]]:
    """The readings of each reader."""
    gc.freeze()
    gc.set_threshold(50_000)  # as `newskeep extract --jsonl` does
    rows: dict[str, list[Reading]] = {name: [] for name, _ in known}
    datasets = {name for name in asked.dataset.split(",") if name}
    known_pages = labelled_pages(asked.folder, datasets) if asked.folder else own_pages()
    for truth, page in islice(known_pages, 0, None, asked.every):
        shown = nameless(page, asked.nameless) if asked.nameless else page
        others = list(linked_lines(as_utf8(page)))
        for name, read in known:  # page by page: all readers meet the machine in the same mood
            rows[name].append(reading(read, truth, shown, others, name != known[0][0]))
    return rows


if __name__ == "__main__":
    main()
