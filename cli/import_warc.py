"""`newskeep import` of captures: a WARC file that any program wrote."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, BinaryIO

from cli.exits import FINE, SOME_PAGES_FAILED
from cli.import_answers import Answers, answering
from cli.output import emit, say
from news.reasons import in_words

if TYPE_CHECKING:
    from archive.home import Home


def import_warc(home: Home, file: BinaryIO, name: str, ours: bool, *, as_json: bool, dry_run: bool) -> int:
    """Take in each capture; the exit code."""
    if dry_run:
        return _look(file)
    from archive.captures import CaptureFiles
    from archive.captures.upload import Uploader
    from archive.database import open_archive
    from crawler.captured import CaptureImporter
    from crawler.reader import PageReader
    from crawler.targets import known_outlets

    engine = open_archive(home)
    try:
        with (
            Uploader(engine, home) as handing,
            CaptureFiles(home, handing.soon) as files,
            PageReader() as read,
            answering(engine, as_json) as answers,
        ):
            importer = CaptureImporter(home, engine, files, read, *known_outlets(home, engine))
            for taken in importer.take(file, name, ours=ours):
                answers.ended(taken.id, taken.outcome, url=taken.url)
    finally:
        engine.dispose()
    _tell(answers, as_json)
    return SOME_PAGES_FAILED if answers.counts["error"] else FINE


def _tell(answers: Answers, as_json: bool) -> None:
    counts = {"skipped": answers.counts["skipped"], "failed": answers.counts["error"]}
    told = {how: number for how, number in answers.counts.items() if how not in ("skipped", "error")} | counts
    balanced = sum(told.values()) == answers.parts
    if as_json:
        summary = {"records": answers.parts, "counts": told, "reasons": answers.reasons, "balanced": balanced}
        emit({"type": "summary", **summary})
    whys = " · ".join(f"{number} {in_words(reason)}" for reason, number in answers.reasons.most_common(8))
    left = ", ".join(f"{number} {how}" for how, number in counts.items() if number)
    say(f"{answers.parts} captures: {answers.in_words()}" + (f", {left} ({whys})" if left else ""))


def _look(file: BinaryIO) -> int:
    """Tell what the file holds, and write nothing."""
    from archive.captures.warc_reader import read_records

    kinds = Counter(record.kind or "unnamed" for record in read_records(file, 0))
    say(", ".join(f"{number} {kind}" for kind, number in kinds.most_common()) or "The file holds no record.")
    return SOME_PAGES_FAILED if kinds["damaged"] else FINE
