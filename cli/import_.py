"""`newskeep import`: import articles or captures of other programs, by the same way as crawled pages."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.output import say
from news.exit_codes import ExitCode
from news.garbage import collect_rarely, return_large_blocks
from news.json_articles import Imported

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from archive.home import Home
    from archive.packed_files import CannotImport, Part
    from cli.import_answers import Answers
    from cli.import_files import InputFiles
    from crawler.json_import import NoArticle
    from crawler.warc_import import CaptureImporter, LiesAt

SECTION = "Collect"


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(exists=True, allow_dash=True))
@click.option("--in-place", is_flag=True, help="Do not copy captures: they stay in these files, which must stay too.")
@click.option("--json", "as_json", is_flag=True, help="What became of each line or record, one JSON object a line.")
@click.option("--dry-run", is_flag=True, help="Check everything and write nothing.")
def import_(files: tuple[str, ...], in_place: bool, as_json: bool, dry_run: bool) -> int:
    """Import captures (WARC, ARC, WACZ) or articles (JSON) from files and folders.

    \b
    newskeep import articles.jsonl                  {"id","url","title","body","published_at","source"} a line
    newskeep import --in-place CC-NEWS-*.warc.gz    what Common Crawl, Browsertrix, Heritrix, wget, … captured
    newskeep import --json - < crawl.wacz           standard input

    JSON of news-please and fundus is understood as well, one object a file or an array. What a file is tells its
    content: it may be packed with gzip, zstd, bzip2 or lz4. Captures keep their own dates. After Ctrl-C, the same
    command goes on: what is stored is known by then. With --json the answers come at the end, since a later article
    may join the stories of earlier ones.
    """
    from archive.home import existing_archive
    from cli.import_files import STDIN, InputFiles

    if in_place and STDIN in files:
        raise click.UsageError("--in-place needs files: standard input does not stay")
    collect_rarely()
    return_large_blocks()
    home, inputs = existing_archive(), InputFiles(files)
    return _check(inputs) if dry_run else _import_all(home, inputs, in_place=in_place, as_json=as_json)


def _import_all(home: Home, inputs: InputFiles, *, in_place: bool, as_json: bool) -> int:
    from archive.database import archive_engine
    from cli.import_answers import answering

    with archive_engine(home) as engine, answering(engine, as_json) as answers, ExitStack() as stack:
        run, interrupted = _Run(home, engine, inputs, answers, in_place, stack), False
        try:
            with _progress(inputs, answers) as moved:
                run.all(moved)
        except KeyboardInterrupt:
            interrupted = True
        if run.refused and not answers.parts and not interrupted:
            raise run.refused[0]
        for error in run.refused:
            answers.failed(str(error))
    if as_json and (run.has_captures or len(inputs.paths) > 1):
        answers.emit_summary(run.other_records)
    answers.say_all(run.other_records)
    if interrupted:
        say("the same command goes on from here")
        raise KeyboardInterrupt
    return ExitCode.SOME_PAGES_FAILED if answers.counts["error"] else ExitCode.FINE


class _Run:
    """One import: its parts, made when they are needed; `refused` has the files that nothing can be read from."""

    def __init__(
        self, home: Home, engine: Engine, inputs: InputFiles, answers: Answers, in_place: bool, stack: ExitStack
    ) -> None:
        self.refused: list[CannotImport] = []
        self._home, self._engine, self._inputs, self._answers = home, engine, inputs, answers
        self._in_place, self._stack = in_place, stack

    def all(self, moved: Callable[[], None]) -> None:
        """Import every file; call *moved* now and then."""
        from archive.packed_files import Part
        from cli.import_files import holds_articles

        for is_json, parts in groupby(self._inputs, key=holds_articles):
            if is_json:
                self._take_articles(parts, moved)
                continue
            for part in parts:
                if isinstance(part, Part):
                    self._take_captures(part, moved)
                else:
                    self.refused.append(part)
        if self.has_captures:
            for taken in self._captures.finish():
                self._answers.ended(taken.id, taken.outcome, url=taken.url)
                moved()

    @property
    def has_captures(self) -> bool:
        """Whether some file held captures."""
        return "_captures" in self.__dict__

    @property
    def other_records(self) -> Counter[str]:
        """Records that are no captures, by kind."""
        return self._captures.other_records if self.has_captures else Counter()

    @cached_property
    def _captures(self) -> CaptureImporter:
        from archive.captures import CaptureFiles
        from archive.captures.upload import Uploader
        from crawler.sandbox import SandboxPool
        from crawler.targets import known_outlets
        from crawler.warc_import import CaptureImporter

        uploader = self._stack.enter_context(Uploader(self._engine, self._home))
        files = self._stack.enter_context(CaptureFiles(self._home, uploader.wake))
        readers = self._stack.enter_context(SandboxPool())
        known = known_outlets(self._home, self._engine)
        return CaptureImporter(self._home, self._engine, files, readers, *known)

    def _take_captures(self, part: Part, moved: Callable[[], None]) -> None:
        for taken in self._captures.take(part.file, part.name, self._lies_at(part)):
            self._answers.ended(taken.id, taken.outcome, url=taken.url)
            moved()

    def _lies_at(self, part: Part) -> LiesAt | None:
        """Return where the part's captures may stay: where they are ours already, or on request."""
        from crawler.warc_import import LiesAt

        path = Path(self._inputs.path)
        if part.offset is None or not path.is_file():
            return None
        if path.resolve().parent == self._home.captures.resolve():
            return LiesAt(path.name, part.offset)
        return LiesAt(str(path.resolve()), part.offset) if self._in_place else None

    def _take_articles(self, parts: Iterable[Part | CannotImport], moved: Callable[[], None]) -> None:
        from archive.ingest.importer import SIZE, Importer
        from archive.packed_files import Part
        from crawler.json_import import read_articles

        importer = Importer(self._engine)
        files = (part for part in parts if isinstance(part, Part))
        articles = ((part.name, article) for part in files for article in read_articles(part))
        while batch := list(islice(articles, SIZE)):
            outcomes = iter(importer.store([article for _, article in batch if isinstance(article, Imported)]))
            for name, article in batch:
                if isinstance(article, Imported):
                    self._answers.ended(article.id, next(outcomes))
                else:
                    self._answers.failed(article.problem, **self._named(name, article))
            moved()

    def _named(self, file: str, article: NoArticle) -> dict[str, object]:
        return ({"file": file} if len(self._inputs.paths) > 1 else {}) | {article.unit: article.number}


@contextmanager
def _progress(inputs: InputFiles, answers: Answers) -> Iterator[Callable[[], None]]:
    """Show a bar on a terminal; yield what moves it on."""
    if not sys.stderr.isatty() or not inputs.size:
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("  importing"), BarColumn(bar_width=20), DownloadColumn(), TimeRemainingColumn())
    shown = TextColumn("{task.fields[records]} records")
    with Progress(*columns, shown, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=inputs.size, records=0)
        yield lambda: bars.update(task, completed=inputs.position, records=answers.parts)


def _check(inputs: InputFiles) -> int:
    """Say what the files hold; write nothing."""
    from archive.packed_files import CannotImport

    kinds, refused = Counter[str](), list[CannotImport]()
    for part in inputs:
        if isinstance(part, CannotImport):
            refused.append(part)
        else:
            kinds.update(_kinds_in(part))
    if refused and not kinds:
        raise refused[0]
    for error in refused:
        say(str(error))
    say(", ".join(f"{number} {kind}" for kind, number in kinds.most_common()) or "the files hold nothing")
    bad = refused or kinds["damaged"] or kinds["no article"]
    return ExitCode.SOME_PAGES_FAILED if bad else ExitCode.FINE


def _kinds_in(part: Part) -> Iterator[str]:
    from archive.captures.warc_reader import read_records
    from cli.import_files import holds_captures
    from crawler.json_import import read_articles

    if holds_captures(part):
        yield from (record.kind or "unnamed" for record in read_records(part.file, 0))
    else:
        yield from ("article" if isinstance(one, Imported) else "no article" for one in read_articles(part))
