"""Score the reading of a folder of labelled pages: accuracy, leakage and CPU in one run. README.md explains it."""

import argparse
import gzip
import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from crawler.extraction.page import read_page
from news.article import Article, Label
from news.errors import ArticleError
from news.teasers import remove_teasers

_WORD = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]|[^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]+")
_COLUMNS = (
    "pages",
    "F1",
    "precision",
    "recall",
    "extra",
    "linked",
    "title",
    "authors",
    "day",
    "lang",
    "median ms",
    "mean ms",
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One page's truth, what was read of it (None: it could not be read), and the CPU it took in ms."""

    truth: dict[str, Any]
    article: Article | None
    cpu: float


def words(text: str | None) -> list[str]:
    return _WORD.findall(text or "")


def shingles(tokens: list[str], size: int) -> Counter[tuple[str, ...]]:
    parts = zip(*(tokens[n:] for n in range(size)), strict=False)
    return Counter(parts) if len(tokens) >= size else Counter([tuple(tokens)] if tokens else [])


def readings(folder: Path, datasets: set[str]) -> Iterator[Reading]:
    for line in (folder / "truth.jsonl").open(encoding="utf-8"):
        truth = json.loads(line)
        if not truth.get("body") or (datasets and truth.get("dataset") not in datasets):
            continue
        page = gzip.decompress((folder / "pages" / f"{truth['id']}.html.gz").read_bytes())
        started = time.process_time()
        try:
            article = remove_teasers(read_page(page, truth["url"]))
        except ArticleError:
            article = None
        yield Reading(truth, article, (time.process_time() - started) * 1000)


def overlap(reading: Reading) -> tuple[float, float]:
    """Precision and recall of the body."""
    true = shingles(words(reading.truth["body"]), 4)
    found = shingles(words(reading.article.body if reading.article else ""), 4)
    both = sum((true & found).values())
    return (both / found.total() if found else 0.0), (both / true.total() if true else 1.0)


def extras(reading: Reading) -> tuple[bool, bool]:
    """Whether a body paragraph is not in the truth, and whether such a one is mostly links."""
    known = shingles(words(reading.truth["body"]), 3)
    blocks = reading.article.blocks if reading.article else ()
    extra = [block for block in blocks if block.label is Label.BODY and _foreign(block.text, known)]
    return bool(extra), any(block.link_share > 0.5 for block in extra)


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
    article, wanted = row.article, row.truth[field]
    if article is None:
        return False
    if field == "title":
        return words((article.headline or "").casefold()) == words(str(wanted).casefold())
    if field == "lang":
        return bool(article.language == wanted)
    return article.date_published is not None and article.date_published.date().isoformat() == str(wanted)[:10]


def author_f1(rows: list[Reading]) -> float | None:
    known = [row for row in rows if row.truth.get("authors") is not None]
    pairs = [(names(row.truth["authors"]), names(row.article.authors if row.article else ())) for row in known]
    both, either = sum(len(true & found) for true, found in pairs), sum(len(true) + len(found) for true, found in pairs)
    return 2 * both / either if either else None


def scores(rows: list[Reading]) -> list[float | None]:
    measured = [overlap(row) for row in rows]
    precision, recall = (statistics.mean(values) for values in zip(*measured, strict=True))
    extra, linked = (statistics.mean(values) for values in zip(*map(extras, rows), strict=True))
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    fields = [agree(rows, "title"), author_f1(rows), agree(rows, "published_at"), agree(rows, "lang")]
    cpu = [row.cpu for row in rows]
    return [len(rows), f1, precision, recall, extra, linked, *fields, statistics.median(cpu), statistics.mean(cpu)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dataset", default="", help="comma-separated; all when left out")
    parser.add_argument("--worst", type=int, default=0, help="name that many pages that were read worst")
    asked = parser.parse_args()
    rows = list(readings(asked.folder, {name for name in asked.dataset.split(",") if name}))
    if not rows:
        parser.error(f"no page with a body in {asked.folder}")
    print(f"{'':10}" + "".join(f"{name:>11}" for name in _COLUMNS))
    for name in ["all", *sorted({str(row.truth.get("dataset")) for row in rows})]:
        part = [row for row in rows if name in ("all", str(row.truth.get("dataset")))]
        print(f"{name:10}" + "".join(f"{'-' if value is None else f'{value:.3f}':>11}" for value in scores(part)))
    for row in sorted(rows, key=lambda row: sum(overlap(row)))[: asked.worst]:
        print(f"{sum(overlap(row)) / 2:.3f}  {row.truth['id']}  {row.truth['url']}")


if __name__ == "__main__":
    main()
