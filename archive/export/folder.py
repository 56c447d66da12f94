"""An export in a folder of its own: data, documentation, and what is needed to go on after an interruption."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from archive.captures.object_store import digest_of
from archive.export.dataset import Dataset, open_dataset
from archive.export.documents import title_of, write_documents
from archive.export.format import About
from archive.export.register import ExportedFile, begin_export, finish_export
from archive.export.request import CannotExport, Request
from archive.export.writing import OnRows, Part, Progress
from archive.home import Home, flush_to_disk
from news.errors import ArchiveError, Busy

_STATE = ".unfinished.json"


@dataclass(frozen=True, slots=True)
class Exported:
    """A finished export: its number in the register, and its files of data."""

    number: int
    request: Request
    files: list[ExportedFile]


class Unfinished:
    """The state of an unfinished export, kept in its folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _STATE
        self.number: int | None = None
        self.request: Request | None = None
        self.parts: dict[str, Progress] = {}

    def load(self) -> bool:
        """Read the state; False where there is none. Raises CannotExport when it cannot be read."""
        try:
            values = json.loads(self._path.read_text(encoding="utf-8"))
            self.number = values["export"]
            self.request = Request.from_json(values["request"], datetime.fromisoformat(values["as_of"]))
            self.parts = {name: Progress(**progress) for name, progress in values["parts"].items()}
        except FileNotFoundError:
            return False
        except (ValueError, KeyError, TypeError) as error:
            raise CannotExport(f"{self._path} cannot be read: {error}", "remove the folder") from error
        return True

    def save(self) -> None:
        """Write the state, whole or not at all."""
        assert self.request
        parts = {name: asdict(progress) for name, progress in self.parts.items()}
        values = {"export": self.number, "request": self.request.as_json(), "as_of": self.request.as_of.isoformat()}
        half = self._path.with_suffix(".new")
        half.write_text(json.dumps(values | {"parts": parts}), encoding="utf-8")
        flush_to_disk(half)
        os.replace(half, self._path)

    def end(self) -> None:
        self._path.unlink()


def export_to(
    engine: Engine, home: Home, request: Request, folder: Path, on_rows: OnRows, *, any_time: bool = False
) -> Exported:
    """Write the export into *folder*, or go on with the same one there; with *any_time* as of its time.

    Raises CannotExport when something else is in the folder, Busy when another process writes into it.
    """
    with _alone_in(folder):
        state = _begun(folder, request, any_time)
        assert state.request
        with open_dataset(engine, state.request) as dataset:
            if state.number is None:
                with engine.begin() as conn:
                    state.number = begin_export(conn, request, str(folder.absolute()))
                state.save()
            files = [_write(part, folder, state, on_rows) for part in parts_of(dataset, home)]
            write_documents(folder, dataset, files, home.settings["NEWSKEEP_CONTACT"])
            rules, articles = list(dataset.rules()), dataset.article_ids()
        with engine.begin() as conn:
            finish_export(conn, state.number, files, rules, articles)
        state.end()
    return Exported(state.number, state.request, files)


def parts_of(dataset: Dataset, home: Home) -> list[Part]:
    """Return the files that an export of the dataset consists of."""
    about = About(title_of(dataset.request), dataset.request.as_of)
    return [Part(dataset, home, each, table, about) for each, table in dataset.request.parts]


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Create the folder and hold it against other exports."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise ArchiveError(f"{folder} cannot be written: {error.strerror}", "newskeep export --into FOLDER") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise Busy(f"another export is being written to {folder}", "newskeep exports list") from error
    finally:
        os.close(descriptor)


def _begun(folder: Path, request: Request, any_time: bool) -> Unfinished:
    """Return the state of the unfinished export that is asked for again, or that of a new one."""
    state = Unfinished(folder)
    if not state.load():
        if any(folder.iterdir()):
            raise CannotExport(f"{folder} is not empty", "name a new folder with --into")
        state.request = request
        return state
    found = state.request
    assert found
    if found.as_json() != request.as_json() or not (any_time or found.as_of == request.as_of):
        raise CannotExport(f"{folder} has an unfinished export of something else", f"rm -r {folder}")
    return state


def _write(part: Part, folder: Path, state: Unfinished, on_rows: OnRows) -> ExportedFile:
    """Write one file, or what of it is missing."""
    progress = state.parts.setdefault(part.name, Progress())
    final = folder / part.name
    if not final.exists():
        rows = final.with_name(f"{final.name}.part")
        part.fill(rows, progress, on_rows, state.save)
        part.finish(rows, final)
    with final.open("rb") as file:
        size, digest = digest_of(file)
    damaged = len(progress.damaged)
    return ExportedFile(part.name, progress.rows - damaged, size, digest.hex(), damaged)
