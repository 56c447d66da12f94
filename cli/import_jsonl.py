"""`newskeep import` of articles, one JSON object a line."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from cli.exits import FINE, SOME_PAGES_FAILED
from cli.import_answers import Answers, answering
from cli.output import say
from news.imports import Imported, read_line
from news.teasers import remove_teasers

if TYPE_CHECKING:
    from archive.home import Home
    from archive.importing import Importer

_MOST_BYTES = 10_000_000  # of a line


@dataclass(frozen=True, slots=True)
class _NoArticle:
    """A line that is nothing to take in."""

    number: int
    problem: str


def import_jsonl(home: Home, file: BinaryIO, *, as_json: bool, dry_run: bool) -> int:
    """Take in each line; the exit code."""
    if dry_run:
        kinds = Counter(isinstance(one, Imported) for one in _read(file))
        say(f"{kinds[True]} articles could be taken in, {kinds[False]} lines not")
        return SOME_PAGES_FAILED if kinds[False] else FINE
    from archive.database import open_archive
    from archive.importing import SIZE, Importer

    engine = open_archive(home)
    try:
        with answering(engine, as_json) as answers:
            importer, lines = Importer(engine), _read(file)
            while batch := list(islice(lines, SIZE)):
                _store(importer, batch, answers)
    finally:
        engine.dispose()
    _tell(answers)
    return SOME_PAGES_FAILED if answers.counts["error"] else FINE


def _store(importer: Importer, batch: Sequence[Imported | _NoArticle], answers: Answers) -> None:
    outcomes = iter(importer.store([one for one in batch if isinstance(one, Imported)]))
    for one in batch:
        if isinstance(one, Imported):
            answers.ended(one.id, next(outcomes))
        else:
            answers.failed(one.problem, line=one.number)


def _tell(answers: Answers) -> None:
    left = {"older than what is known": answers.counts["skipped"], "could not be taken in": answers.counts["error"]}
    more = "".join(f", {number} {how}" for how, number in left.items() if number)
    say(f"{answers.parts} lines: {answers.in_words()}{more}")


def _read(file: BinaryIO) -> Iterator[Imported | _NoArticle]:
    """The articles as news.teasers leaves them; a line that is none is told of."""
    for number, line in enumerate(_lines(file), 1):
        try:
            yield _article(line)
        except ValueError as error:
            say(f"line {number}: {error}")
            yield _NoArticle(number, str(error))


def _article(line: bytes | Exception) -> Imported:
    if isinstance(line, Exception):
        raise ValueError(f"the file is damaged from here on: {line}")
    if len(line) > _MOST_BYTES:
        raise ValueError(f"a line of more than {_MOST_BYTES} bytes")
    read = read_line(line)
    return replace(read, article=remove_teasers(read.article))


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
