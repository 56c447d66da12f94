"""`newskeep import`: take in articles or captures that other programs made, on the same way as crawled pages."""

from __future__ import annotations

import gzip
import io
import json
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

import click

from cli.output import emit, plural, say
from news.article import short_id
from news.dispositions import Disposition
from news.errors import NewsError
from news.exit_codes import ExitCode
from news.garbage import collect_rarely
from news.json_articles import Imported, read_line
from news.reasons import in_words
from news.sameness.sameness_rule import SamenessRule

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from archive.home import Home
    from archive.ingest.fetched import Outcome
    from archive.ingest.importer import Importer

SECTION = "Collect"

_GZIP, _WARC = b"\x1f\x8b", b"WARC/"
_PEEK = 1 << 16
_OTHERS = {
    b"PK\x03\x04": ("a ZIP archive", "unzip -p FILE.wacz 'archive/*.warc.gz' | newskeep import -"),
    b"\x28\xb5\x2f\xfd": ("packed with zstd", "zstd -dc FILE | newskeep import -"),
    b"BZh": ("packed with bzip2", "bzip2 -dc FILE | newskeep import -"),
    b"\xfd7zXZ": ("packed with xz", "xz -dc FILE | newskeep import -"),
}


class CannotImport(NewsError):
    """The file is none that can be taken in; nothing was written."""

    exit_code = ExitCode.USAGE


@click.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--json", "as_json", is_flag=True, help="What became of each line or record, one JSON object a line.")
@click.option("--dry-run", is_flag=True, help="Check everything and write nothing.")
def import_(file: IO[bytes], as_json: bool, dry_run: bool) -> int:
    """Import articles (JSON lines) or captures (WARC), in file order.

    \b
    newskeep import articles.jsonl                     {"id","url","title","body","published_at","source"} a line
    newskeep import --json - < crawl.warc.gz           pages that wget, Browsertrix, Heritrix or Newskeep captured

    Lines that news-please or fundus wrote are understood as well; either kind of file may be packed with gzip.
    With --json the answers come at the end, since a later article may join the stories of earlier ones.
    """
    from archive.home import existing_archive

    collect_rarely()
    data, start = _opened(file)
    home = existing_archive()
    if start.startswith(_WARC):
        return import_warc(home, data, *_name_of(file, home), as_json=as_json, dry_run=dry_run)

    lines = cast(BinaryIO, gzip.GzipFile(fileobj=data)) if data.peek(2).startswith(_GZIP) else data
    return import_jsonl(home, lines, as_json=as_json, dry_run=dry_run)


def _opened(file: IO[bytes]) -> tuple[io.BufferedReader, bytes]:
    """Return the file, and the beginning of its unpacked content. Raises CannotImport."""
    data = file if isinstance(file, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, file), _PEEK)
    start = data.peek(_PEEK)
    for magic, (kind, hint) in _OTHERS.items():
        if start.startswith(magic):
            raise CannotImport(f"{file.name} is {kind}", hint)
    return data, _unpacked(start) if start.startswith(_GZIP) else start


def _unpacked(start: bytes) -> bytes:
    import zlib

    try:
        return zlib.decompressobj(31).decompress(start, len(_WARC))
    except zlib.error:
        return b""


def _name_of(file: IO[bytes], home: Home) -> tuple[str, bool]:
    """Return the file's name, and whether it is one of our own captures."""
    from pathlib import Path

    path = Path(file.name)
    return path.name, path.is_file() and path.resolve().parent == home.captures.resolve()


_WORDS = {"new": "new", "revision": "revised", "duplicate": "known already", "near_duplicate": "near copies"}


class Answers:
    """Counts how each part of an import ended and keeps the answers until the stories have settled."""

    def __init__(self, file: IO[str] | None) -> None:
        self.counts: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.parts = 0
        self._file = file  # None without --json
        self._first_of: dict[int, str] = {}

    def failed(self, reason: str, **named: Any) -> None:
        """Note a part that cannot be imported."""
        self._count("error", reason)
        self._write({**named, "error": reason})

    def ended(self, name: str, outcome: Outcome, **more: Any) -> None:
        """Note how a part ended that was imported or skipped."""
        answer = self._became(name, outcome)
        key = next((key for key in ("error", "skipped") if key in answer), "")
        self._count(answer.get("relation") or key, answer.get(key, ""))
        self._write({"id": name, **more, **answer})

    def in_words(self) -> str:
        """Return the counts on one line."""
        parts = [f"{self.counts[relation]} {words}" for relation, words in _WORDS.items() if self.counts[relation]]
        return ", ".join(parts) or "nothing"

    def _count(self, how: str, reason: str) -> None:
        self.parts += 1
        self.counts[how] += 1
        if reason:
            self.reasons[reason] += 1

    def _write(self, answer: dict[str, Any]) -> None:
        if self._file:
            self._file.write(json.dumps(answer) + "\n")

    def _became(self, name: str, outcome: Outcome) -> dict[str, Any]:
        """`story` is a number until the stories have settled."""
        if outcome.disposition is Disposition.SKIPPED:
            return {"skipped": outcome.reason}
        if outcome.article_id is None or outcome.disposition is Disposition.FAILED:
            return {"error": outcome.reason}
        relation = _relation(outcome)
        rule = outcome.evidence or {}
        of = None if relation == "new" else int(rule.get("article") or outcome.article_id)
        answer = {
            "story": outcome.story_id,
            "relation": relation,
            "of": self._first_of.get(of, short_id("a", of)) if of else None,
            "article": short_id("a", outcome.article_id),
        }
        self._first_of.setdefault(outcome.article_id, name)
        return answer


@contextmanager
def answering(engine: Engine, as_json: bool) -> Iterator[Answers]:
    """Yield a collector; with *as_json*, print its answers at the end, also after an interruption."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
        try:
            yield Answers(file if as_json else None)
        finally:  # what was stored before an interruption stays, and is reported
            if as_json:
                _print(engine, file)


def _relation(outcome: Outcome) -> str:
    if outcome.disposition is Disposition.NEW:
        return "new"
    if outcome.disposition is Disposition.REVISED:
        return "revision"
    rule = (outcome.evidence or {}).get("rule")
    is_near = outcome.disposition is Disposition.COPY and rule != SamenessRule.SAME_LETTERS
    return "near_duplicate" if is_near else "duplicate"


def _print(engine: Engine, answers: IO[str]) -> None:
    """Print the answers, each with the present story of its article."""
    from archive.ingest.importer import final_stories

    with engine.connect() as conn:
        went = final_stories(conn)
    answers.seek(0)
    for line in answers:
        answer = json.loads(line)
        story = answer.pop("story", None)
        emit({**answer, "story_id": short_id("s", went.get(story, story))} if story else answer)


_MOST_BYTES = 10_000_000  # of a line


@dataclass(frozen=True, slots=True)
class _NoArticle:
    """A line that is nothing to take in."""

    number: int
    problem: str


def import_jsonl(home: Home, file: BinaryIO, *, as_json: bool, dry_run: bool) -> int:
    """Take in each line; the exit code."""
    if dry_run:
        kinds = Counter(isinstance(line, Imported) for line in _read_lines(file))
        say(f"{plural(kinds[True], 'article')} could be taken in, {plural(kinds[False], 'line')} not")
        return ExitCode.SOME_PAGES_FAILED if kinds[False] else ExitCode.FINE
    from archive.database import archive_engine
    from archive.ingest.importer import SIZE, Importer

    with archive_engine(home) as engine, answering(engine, as_json) as answers:
        importer, lines = Importer(engine), _read_lines(file)
        while batch := list(islice(lines, SIZE)):
            _store_lines(importer, batch, answers)
    _tell_lines(answers)
    return ExitCode.SOME_PAGES_FAILED if answers.counts["error"] else ExitCode.FINE


def _store_lines(importer: Importer, batch: Sequence[Imported | _NoArticle], answers: Answers) -> None:
    outcomes = iter(importer.store([line for line in batch if isinstance(line, Imported)]))
    for line in batch:
        if isinstance(line, Imported):
            answers.ended(line.id, next(outcomes))
        else:
            answers.failed(line.problem, line=line.number)


def _tell_lines(answers: Answers) -> None:
    others = {"older than what is known": answers.counts["skipped"], "could not be taken in": answers.counts["error"]}
    more = "".join(f", {number} {how}" for how, number in others.items() if number)
    say(f"{plural(answers.parts, 'line')}: {answers.in_words()}{more}")


def _read_lines(file: BinaryIO) -> Iterator[Imported | _NoArticle]:
    """Yield the articles without their teasers, and a problem for each line that holds none."""
    for number, line in enumerate(_lines(file), 1):
        try:
            yield _article(line)
        except ValueError as error:
            say(f"line {number}: {error}")
            yield _NoArticle(number, str(error))


def _article(line: bytes | Exception) -> Imported:
    from archive.ingest.fetched import FetchedPage
    from crawler.reading import PARSED, read_article

    if isinstance(line, Exception):
        raise ValueError(f"the file is damaged from here on: {line}")
    if len(line) > _MOST_BYTES:
        raise ValueError(f"a line of more than {_MOST_BYTES} bytes")
    read = read_line(line)
    page = replace(FetchedPage.unlinked(read.article.url), article=read.article)
    return replace(read, article=read_article(page, stages=PARSED))


def _lines(file: BinaryIO) -> Iterable[bytes | Exception]:
    """Each line that is not empty, cut where it is longer than any article; at last an error in unpacking them."""
    try:
        while line := file.readline(_MOST_BYTES + 1):
            whole = line
            while whole and not whole.endswith(b"\n") and len(line) > _MOST_BYTES:
                whole = file.readline(_MOST_BYTES)
            if line.strip():
                yield line
    except (EOFError, zlib.error, OSError) as error:
        yield error


def import_warc(home: Home, file: BinaryIO, name: str, ours: bool, *, as_json: bool, dry_run: bool) -> int:
    """Take in each capture; the exit code."""
    if dry_run:
        return _look_at_captures(file)
    from archive.captures import CaptureFiles
    from archive.captures.upload import Uploader
    from archive.database import archive_engine
    from crawler.sandbox import Sandbox
    from crawler.targets import known_outlets
    from crawler.warc_import import CaptureImporter

    with (
        archive_engine(home) as engine,
        Uploader(engine, home) as uploader,
        CaptureFiles(home, uploader.wake) as files,
        Sandbox() as read,
        answering(engine, as_json) as answers,
    ):
        importer = CaptureImporter(home, engine, files, read, *known_outlets(home, engine))
        for taken in importer.take(file, name, ours=ours):
            answers.ended(taken.id, taken.outcome, url=taken.url)
    _tell_captures(answers, as_json)
    return ExitCode.SOME_PAGES_FAILED if answers.counts["error"] else ExitCode.FINE


def _tell_captures(answers: Answers, as_json: bool) -> None:
    counts = {"skipped": answers.counts["skipped"], "failed": answers.counts["error"]}
    counted = {how: number for how, number in answers.counts.items() if how not in ("skipped", "error")} | counts
    balanced = sum(counted.values()) == answers.parts
    if as_json:
        summary = {"records": answers.parts, "counts": counted, "reasons": answers.reasons, "balanced": balanced}
        emit({"type": "summary", **summary})
    whys = " · ".join(f"{number} {in_words(reason)}" for reason, number in answers.reasons.most_common(8))
    others = ", ".join(f"{number} {how}" for how, number in counts.items() if number)
    say(f"{plural(answers.parts, 'capture')}: {answers.in_words()}" + (f", {others} ({whys})" if others else ""))


def _look_at_captures(file: BinaryIO) -> int:
    """Print what the file holds; write nothing."""
    from archive.captures.warc_reader import read_records

    kinds = Counter(record.kind or "unnamed" for record in read_records(file, 0))
    say(", ".join(f"{number} {kind}" for kind, number in kinds.most_common()) or "The file holds no record.")
    return ExitCode.SOME_PAGES_FAILED if kinds["damaged"] else ExitCode.FINE
