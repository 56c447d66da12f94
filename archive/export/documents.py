"""The documentation beside the data of an export: README, codebook, coverage and gaps, citation, check sums."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from archive.captures.object_store import digest_of
from archive.export.dataset import Dataset
from archive.export.formats.excel import safe
from archive.export.register import ExportedFile
from archive.export.request import Request
from archive.export.tables import TABLES
from news.text import one_line

_OPEN = {  # in one line: DuckDB, pandas, R
    ".jsonl": ("from read_json('{}')", "pandas.read_json('{}', lines=True)", "jsonlite::stream_in(file('{}'))"),
    ".csv": ("from read_csv('{}')", "pandas.read_csv('{}')", "read.csv('{}')"),
    ".parquet": ("from '{}'", "pandas.read_parquet('{}')", "arrow::read_parquet('{}')"),
}


def title_of(request: Request) -> str:
    """Describe the selection in one line."""
    filters = request.as_json()
    named = {"outlet": "from {}", "language": "in {}", "since": "since {}", "until": "until {}"}
    parts = [words.format(filters[name]) for name, words in named.items() if name in filters]
    what = f"“{one_line(request.query)}”" if request.query else "all texts" if not parts else ""
    return f"News articles: {' '.join([what, *parts]).strip()}, as of {request.as_of:%Y-%m-%d %H:%M:%S} UTC"


def write_documents(folder: Path, dataset: Dataset, files: Sequence[ExportedFile], contact: str | None) -> None:
    """Write all documents of the export into the folder. Raises OSError."""
    request = dataset.request
    coverage = [asdict(outlet) for outlet in dataset.coverage()]
    _write_csv(folder / "coverage.csv", coverage, "outlet,articles,first_crawl,days,days_without")
    _write_csv(folder / "gaps.csv", dataset.gaps(), "outlet,started_at,ended_at,reason")
    _write_csv(folder / "codebook.csv", _codebook(request), "table,column,type,meaning")
    about = {
        "title": title_of(request),
        "request": request.as_json(),
        "as_of": request.as_of.isoformat(),
        "newskeep": version("newskeep"),
        "rules": dict(dataset.rules()),
        "files": [asdict(file) for file in files],
    }
    (folder / "dataset.json").write_text(json.dumps(about, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(_readme(dataset, files), encoding="utf-8")
    (folder / "CITATION.cff").write_text(_citation(request, files, contact), encoding="utf-8")
    _write_sums(folder)


def _codebook(request: Request) -> Iterable[dict[str, str]]:
    for name in request.tables:
        for column in request.columns(TABLES[name]):
            yield {"table": name, "column": column.name, "type": column.type, "meaning": column.meaning}


def _write_csv(path: Path, rows: Iterable[Mapping[str, object]], names: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names.split(","))
        writer.writeheader()
        for row in rows:
            writer.writerow({name: _cell(value) for name, value in row.items()})


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return safe(value) if isinstance(value, str) else value  # an imported outlet may have any name


def _readme(dataset: Dataset, files: Sequence[ExportedFile]) -> str:
    request = dataset.request
    rules = [f"- `{rules}`: {number} articles" for rules, number in dataset.rules().items()]
    return "\n".join(
        [
            f"# {title_of(request)}",
            "",
            "Exported from an archive of Newskeep. It has what the archive held at that time, and not what came later.",
            "",
            "## Files",
            "",
            *(_file_line(file) for file in files),
            "- `codebook.csv`: what each column means; a list's texts are separated by ` | ` in CSV",
            "- `coverage.csv`: each outlet's articles here, its first crawl, and the days (UTC) with and without one",
            "- `gaps.csv`: when an outlet was not looked at, and why: articles of that time may be missing",
            "- `dataset.json`: the query, the versions and the files, for programs",
            "- `CITATION.cff`: how to cite this dataset",
            "- `SHA256SUMS`: check with `sha256sum -c SHA256SUMS`",
            "",
            "## Open it",
            "",
            *_openings(files),
            "## Where the texts come from",
            "",
            "Texts are what outlets published at their addresses, without teasers and promos, as these versions of the",
            "reading rules read them (`import`: they came as text from another program):",
            "",
            *rules,
            "",
            "## Make it again",
            "",
            "In the same archive, the same query with the same `--as-of` gives the same files to the byte, unless",
            "articles of it had to be removed since. `newskeep exports remake` compares them.",
            "",
        ]
    )


def _file_line(file: ExportedFile) -> str:
    damaged = f"{file.damaged} damaged capture{'s are' if file.damaged > 1 else ' is'} missing"
    return f"- `{file.name}`: {file.rows} rows, {file.bytes} bytes{f'; {damaged}' if file.damaged else ''}"


def _openings(files: Sequence[ExportedFile]) -> Iterable[str]:
    for file in files:
        ways = _OPEN.get("".join(Path(file.name).suffixes))  # not those of other formats, such as .excel.csv
        if ways:
            programs = zip(("DuckDB", "pandas", "R"), ways, strict=True)
            yield from (f"- {program}: `{way.format(file.name)}`" for program, way in programs)
            yield ""


def _citation(request: Request, files: Sequence[ExportedFile], contact: str | None) -> str:
    """Return CITATION.cff 1.2.0; JSON strings are YAML strings."""
    author = {"name": "Operator of a Newskeep archive", **({"email": contact} if contact and "@" in contact else {})}
    data = sha256("".join(file.sha256 for file in files).encode()).hexdigest()
    return "\n".join(
        [
            "cff-version: 1.2.0",
            'message: "If you use this dataset, please cite it as below."',
            "type: dataset",
            f"title: {json.dumps(title_of(request), ensure_ascii=False)}",
            f"authors: [{json.dumps(author, ensure_ascii=False)}]",
            f"version: {json.dumps(request.as_of.isoformat())}",
            f"date-released: {request.as_of:%Y-%m-%d}",
            "identifiers:",
            "  - type: other",
            f'    value: "sha256:{data}"',
            '    description: "SHA-256 of the digests of the data files, in the order of dataset.json"',
            "",
        ]
    )


def _write_sums(folder: Path) -> None:
    lines = []
    for path in sorted(folder.glob("[!.]*")):
        if path.name == "SHA256SUMS":
            continue
        with path.open("rb") as file:
            lines.append(f"{digest_of(file)[1].hex()}  {path.name}\n")
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")
