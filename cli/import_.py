"""`newskeep import`: take in articles that other programs wrote, through the same comparison as crawled pages."""

from __future__ import annotations

import gc
import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

import click

from cli.exits import FINE, SOME_PAGES_FAILED
from cli.output import emit, say
from news.dispositions import Disposition
from news.ids import short_id
from news.imports import Imported, read_line

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from archive.store import Outcome

_MOST_BYTES = 10_000_000  # of a line
_WORDS = {"new": "new", "revision": "revised", "duplicate": "known already", "near_duplicate": "near copies"}


@click.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--json", "as_json", is_flag=True, help="What became of each line, one JSON object a line.")
@click.option("--dry-run", is_flag=True, help="Check every line and write nothing.")
def import_(file: IO[bytes], as_json: bool, dry_run: bool) -> int:
    """Take in articles from a file of JSON lines, in the order in which they were crawled.

    \b
    newskeep import articles.jsonl                     {"id","url","title","body","published_at","source"} a line
    newskeep import --json - < news-please.jsonl       lines that news-please or fundus wrote are understood as well

    With --json the answers come at the end, since a later article may join the stories of earlier ones.
    """
    gc.freeze()  # articles make thousands of small objects and no circles: looking for some costs a fifth of the time
    gc.set_threshold(100_000)
    counts: Counter[str] = Counter()
    if dry_run:
        for _ in _readable(file, counts):
            counts["readable"] += 1
        say(f"{counts['readable']} articles could be taken in, {counts['error']} lines not")
        return SOME_PAGES_FAILED if counts["error"] else FINE
    with tempfile.TemporaryFile("w+", encoding="utf-8") as answers:
        engine = _open()
        try:
            _store(engine, file, counts, answers if as_json else None)
        finally:  # what was stored before an interruption stays, and is told of
            if as_json:
                _answer(engine, answers)
            engine.dispose()
    parts = [f"{counts[relation]} {words}" for relation, words in _WORDS.items() if counts[relation]]
    say(f"{sum(counts.values())} lines: " + (", ".join(parts) or "nothing") + _failed(counts))
    return SOME_PAGES_FAILED if counts["error"] else FINE


def _failed(counts: Counter[str]) -> str:
    return f", {counts['error']} could not be taken in" if counts["error"] else ""


def _open() -> Engine:
    from archive.database import open_archive
    from archive.home import open_home

    return open_archive(open_home())


def _store(engine: Engine, file: IO[bytes], counts: Counter[str], answers: IO[str] | None) -> None:
    """Store batch after batch; what became of each line goes to *answers*."""
    from archive.importing import SIZE, Importer

    importer = Importer(engine)
    first_of: dict[int, str] = {}
    lines = _readable(file, counts, answers)
    while batch := list(islice(lines, SIZE)):
        for one, outcome in zip(batch, importer.store(batch), strict=True):
            answer = _became(one, outcome, first_of)
            counts[answer.get("relation", "error")] += 1
            if answers:
                answers.write(json.dumps(answer) + "\n")


def _readable(file: IO[bytes], counts: Counter[str], answers: IO[str] | None = None) -> Iterator[Imported]:
    """The articles as news.teasers leaves them; a line that is none is told of and counted as an error."""
    from dataclasses import replace

    from news.teasers import remove_teasers

    for number, line in enumerate(_lines(file), 1):
        try:
            if len(line) > _MOST_BYTES:
                raise ValueError(f"a line of more than {_MOST_BYTES} bytes")
            read = read_line(line)
            yield replace(read, article=remove_teasers(read.article))
        except ValueError as error:
            counts["error"] += 1
            say(f"line {number}: {error}")
            if answers:
                answers.write(json.dumps({"line": number, "error": str(error)}) + "\n")


def _lines(file: IO[bytes]) -> Iterable[bytes]:
    """Each line that is not empty, cut where it is longer than any article."""
    while line := file.readline(_MOST_BYTES + 1):
        whole = line
        while whole and not whole.endswith(b"\n") and len(line) > _MOST_BYTES:
            whole = file.readline(_MOST_BYTES)
        if line.strip():
            yield line


def _became(one: Imported, outcome: Outcome, first_of: dict[int, str]) -> dict[str, Any]:
    """The answer to one line; `story` is a number until the stories have settled."""
    if outcome.article_id is None or outcome.disposition in (Disposition.FAILED, Disposition.SKIPPED):
        return {"id": one.id, "error": outcome.reason}
    relation = _relation(outcome)
    rule = outcome.evidence or {}
    of = None if relation == "new" else int(rule.get("article") or outcome.article_id)
    answer = {
        "id": one.id,
        "story": outcome.story_id,
        "relation": relation,
        "of": first_of.get(of, short_id("a", of)) if of else None,
        "article": short_id("a", outcome.article_id),
    }
    first_of.setdefault(outcome.article_id, one.id)
    return answer


def _relation(outcome: Outcome) -> str:
    if outcome.disposition is Disposition.NEW:
        return "new"
    if outcome.disposition is Disposition.REVISED:
        return "revision"
    same = outcome.disposition is not Disposition.COPY or (outcome.evidence or {}).get("rule") == "same_letters"
    return "duplicate" if same else "near_duplicate"


def _answer(engine: Engine, answers: IO[str]) -> None:
    """Print the answers, each with the story that its article is in by now."""
    from archive.importing import final_stories

    with engine.connect() as conn:
        went = final_stories(conn)
    answers.seek(0)
    for line in answers:
        answer = json.loads(line)
        story = answer.pop("story", None)
        emit({**answer, "story_id": short_id("s", went.get(story, story))} if story else answer)
