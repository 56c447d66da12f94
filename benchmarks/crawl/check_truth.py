"""Compares an archive with the truth of a generated news web, article by article and edit by edit.

    python benchmarks/crawl/check_truth.py TRUTH.jsonl --visits 0 1 [--database URL]

TRUTH has lines with url, outlet, visit, story, revision, status, title, body (paragraphs), promos, teasers. An outlet's
story is one article, however many addresses carry it; every edit at an address is one revision. Ends with 1 when
anything is missing, stored twice, extra, or has another text.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

from sqlalchemy import create_engine, text

from archive.database import database_url
from archive.home import open_home

Row = dict[str, object]


def expected(
    truth: list[Row], visits: list[int]
) -> tuple[dict[tuple[int, str], list[list[str]]], dict[str, tuple[int, str]]]:
    """({(outlet, story): the texts it had, in order}, {url: (outlet, story)}) over the visits."""
    texts: dict[tuple[int, str], list[list[str]]] = defaultdict(list)
    owner = {}
    for visit in visits:
        for row in truth:
            if row["visit"] != visit or row["status"] != 200:
                continue
            key = (row["outlet"], row["story"])
            owner[row["url"]] = key
            shown = [row["title"], *row["body"]]
            if shown not in texts[key]:
                texts[key].append(shown)
    return texts, owner


def main() -> int:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("truth", type=Path)
    ap.add_argument("--visits", type=int, nargs="+", default=[0])
    ap.add_argument("--database")
    given = ap.parse_args()
    truth = [json.loads(line) for line in given.truth.open(encoding="utf-8")]
    texts, owner = expected(truth, given.visits)
    url = given.database or database_url(open_home())
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    wrong: Counter[str] = Counter()
    samples = defaultdict(list)

    def note(kind: str, what: object) -> None:
        wrong[kind] += 1
        samples[kind].append(what)

    with engine.connect() as conn:
        articles = conn.execute(text("select id, url, canonical_url, headline, body from v_articles")).all()
        revisions = defaultdict(list)
        for row in conn.execute(
            text("select article_id, number, headline, body from v_revisions order by article_id, number")
        ):
            revisions[row.article_id].append(row)
    stored: dict[tuple[int, str], list[str]] = defaultdict(list)
    for article in articles:
        key = owner.get(article.url) or owner.get(article.canonical_url)
        if key is None:
            note("not in the truth", article.url)
            continue
        stored[key].append(article.id)
    for key, shown in texts.items():
        ids = stored.get(key, [])
        if len(ids) != 1:
            note("missing" if not ids else "stored twice", (key, ids))
            continue
        have = revisions[ids[0]]
        if len(have) != len(shown):
            note("wrong number of revisions", (key, ids[0], len(have), len(shown)))
        want = {(one[0], "\n\n".join(one[1:])) for one in shown}
        for row in have:
            if (row.headline, row.body) not in want:
                note("another text", (key, ids[0], row.number))
    total = sum(map(len, texts.values()))
    held = sum(map(len, revisions.values()))
    print(f"{len(articles)} articles of {len(texts)}; {held} revisions of {total}")
    for kind, count in wrong.items():
        print(f"  {kind}: {count}   e.g. {samples[kind][:3]}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
