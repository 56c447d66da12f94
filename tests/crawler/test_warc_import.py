"""WARC files as other programs write them, taken in by the command."""

import gzip
import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy import text as sql
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.captures import CaptureFiles
from archive.home import Home
from crawler.outlets.file import OutletsFile
from crawler.sandbox import Sandbox
from crawler.warc_import import CaptureImporter
from news.settings import read_settings
from tests.texts import headline, text

Run = Callable[..., Any]
Line = dict[str, Any]


def page(number: int, body: str | None = None, title: str | None = None) -> bytes:
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in (body or text(number)).split("\n\n"))
    name = title or headline(number)
    return (
        f"<!doctype html><html lang=de><head><title>{name}</title></head><body><article><h1>{name}</h1>"
        f"{paragraphs}</article></body></html>"
    ).encode()


class Warc:
    """A file under construction, written by warcio."""

    def __init__(self, *, packed: bool = True) -> None:
        self.out = io.BytesIO()
        self.writer = WARCWriter(self.out, gzip=packed)

    def response(
        self, url: str, body: bytes, day: int = 1, status: str = "200 OK", kind: str = "text/html", **fields: str
    ) -> "Warc":
        return self._record("response", url, body, day, [("Content-Type", kind)], status, fields)

    def revisit(self, url: str, day: int, of: str, of_day: int) -> "Warc":
        refers = {"WARC-Refers-To-Target-URI": of, "WARC-Refers-To-Date": time(of_day)}
        refers["WARC-Profile"] = "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"
        return self._record("revisit", url, b"", day, [("Content-Type", "text/html")], "200 OK", refers)

    def other(self, kind: str) -> "Warc":
        body = b"GET / HTTP/1.1\r\n\r\n"
        payload = io.BytesIO(body)
        self.writer.write_record(self.writer.create_warc_record("https://krone.example/", kind, payload, len(body)))
        return self

    def _record(
        self,
        kind: str,
        url: str,
        body: bytes,
        day: int,
        headers: list[tuple[str, str]],
        status: str,
        more: dict[str, str],
    ) -> "Warc":
        head = StatusAndHeaders(status, headers, protocol="HTTP/1.1")
        fields = {"WARC-Date": time(day)} | {name.replace("_", "-"): value for name, value in more.items()}
        record = self.writer.create_warc_record(
            url, kind, payload=io.BytesIO(body), length=len(body), http_headers=head, warc_headers_dict=fields
        )
        self.writer.write_record(record)
        return self

    @property
    def bytes(self) -> bytes:
        return self.out.getvalue()


def time(day: int) -> str:
    return f"2026-10-{day:02d}T08:00:00Z"


@pytest.fixture
def take_in(home: Home, newskeep: Run, tmp_path: Path) -> Callable[..., list[Line]]:
    """Imports a file of these bytes; the answers, the summary last."""

    def run(data: bytes, code: int = 0, name: str = "others.warc.gz") -> list[Line]:
        file = tmp_path / name
        file.write_bytes(data)
        outcome = newskeep("import", "--json", str(file))
        assert outcome.code == code, outcome.err
        return list(outcome.records)

    return run


def ends(lines: list[Line]) -> list[str]:
    return [line.get("relation") or line.get("skipped") or line["error"] for line in lines[:-1]]


STREAM = (
    Warc()
    .response("https://www.krone.example/a-1", page(1), 1)
    .response("https://kurier.example/b-1", page(1), 2)
    .response("https://krone.example/a-1", page(1, text(1) + "\n\nNachtrag der Redaktion mit elf Toten."), 3)
    .revisit("https://krone.example/a-1", 4, "https://krone.example/a-1", 3)
    .response("https://krone.example/logo.png", b"\x89PNG....", 1, kind="image/png")
    .response("https://krone.example/robots.txt", b"User-agent: *\nDisallow:\n", 1, kind="text/plain")
    .response("https://krone.example/rss", b"<?xml version='1.0'?><rss><channel/></rss>", 1, kind="application/rss+xml")
    .response("https://krone.example/weg", b"", 1, status="301 Moved")
    .response("https://krone.example/nie", b"nichts", 1, status="404 Not Found")
    .response("https://kurier.example/b-1", b"weg", 5, status="410 Gone")
    .other("warcinfo")
    .other("request")
)
ENDS = [
    "new", "duplicate", "revision", "duplicate", "not_html", "not_html", "not_html", "http_301", "http_404",
    "gone_410",
]  # fmt: skip


def test_captures_go_the_way_of_a_crawl(take_in: Any, newskeep: Run, home: Home) -> None:
    lines = take_in(STREAM.bytes)

    assert ends(lines) == ENDS
    assert lines[-1]["counts"] == {"new": 1, "duplicate": 2, "revision": 1, "skipped": 6, "failed": 0}
    assert (lines[-1]["records"], lines[-1]["balanced"]) == (10, True)
    (explained,) = newskeep("explain", "--json", "a1").records
    assert explained["steps"]["found"].endswith(" imported")
    assert [event["disposition"] for event in explained["events"]] == ["new", "revised"]  # though all came at once
    first, copy = newskeep("show", "--json", "a1").records[0], newskeep("show", "--json", "a2").records[0]
    assert "revision 1" in (stored := newskeep("explain", "a2").out.splitlines()[-1])
    assert " · withdrawn" in stored
    assert first["first_captured_at"].startswith("2026-10-01T08:00:00")
    assert first["last_checked_at"].startswith("2026-10-04T08:00:00")
    assert (first["outlet"], copy["outlet"], copy["flags"]) == ("krone.example", "kurier.example", ["withdrawn"])


def test_page_belongs_to_the_outlet_that_has_its_host(take_in: Any, newskeep: Run, home: Home) -> None:
    home.outlets_file.write_text('[[outlet]]\nname = "krone"\nurl = "https://krone.example"\n', encoding="utf-8")
    take_in(Warc().response("https://www.krone.example/a-1", page(1)).bytes)

    assert newskeep("show", "--json", "a1").records[0]["outlet"] == "krone"


def test_second_import_changes_nothing(take_in: Any, newskeep: Run, home: Home) -> None:
    take_in(STREAM.bytes)
    before, size = newskeep("show", "--json", "a1").out, sum(f.stat().st_size for f in home.captures.glob("*.gz"))
    lines = take_in(STREAM.bytes)

    assert ends(lines) == ["duplicate"] * 4 + ENDS[4:]
    assert newskeep("show", "--json", "a1").out == before
    assert sum(f.stat().st_size for f in home.captures.glob("*.gz")) == size


def test_two_imports_of_a_file_at_once_keep_each_capture_once(engine: Engine, tmp_path: Path) -> None:
    data, home, start = STREAM.bytes, Home(tmp_path, read_settings({})), Barrier(2)

    def take(_: int) -> list[str]:
        with CaptureFiles(home) as files, Sandbox() as read:
            importer = CaptureImporter(home, engine, files, read, OutletsFile(), {})
            start.wait()
            return [str(taken.outcome.disposition) for taken in importer.take(io.BytesIO(data), "others.warc.gz")]

    with ThreadPoolExecutor(2) as threads:
        both = list(threads.map(take, range(2)))

    with engine.connect() as conn:
        captures, addresses = conn.execute(
            sql("select count(*), count(distinct (url_key, captured_at)) from captures")
        ).one()
    assert captures == addresses == 5
    assert sum(ended.count("new") for ended in both) == 1


def test_file_packed_otherwise_is_read_as_well(take_in: Any, newskeep: Run) -> None:
    plain = Warc(packed=False).response("https://krone.example/a-1", page(1)).bytes
    wget = plain.replace(b"WARC-Target-URI: https://krone.example/a-1", b"WARC-Target-URI: <https://krone.example/a-2>")

    assert ends(take_in(plain, name="others.warc")) == ["new"]
    assert ends(take_in(gzip.compress(wget))) == ["duplicate"]
    assert newskeep("show", "--json", "https://krone.example/a-2").records[0]["id"] == "a1"


def test_body_in_chunks_is_joined(take_in: Any, newskeep: Run) -> None:
    body = page(1)
    chunked = b"%x\r\n%s\r\n%x;x=y\r\n%s\r\n0\r\n\r\n" % (100, body[:100], len(body) - 100, body[100:])
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    fields = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: <https://krone.example/a-1>\r\nWARC-Date: {time(1)}\r\n"
        f"Content-Type: application/http;msgtype=response\r\nContent-Length: {len(head + chunked)}\r\n\r\n"
    )
    take_in(fields.encode() + head + chunked + b"\r\n\r\n")

    assert newskeep("show", "--json", "a1").records[0]["body"] == text(1)


def test_cut_tail_is_reported_and_the_rest_is_kept(take_in: Any) -> None:
    warc = Warc().response("https://krone.example/a-1", page(1)).response("https://krone.example/a-2", page(2))
    lines = take_in(warc.bytes[:-300], code=3)

    assert ends(lines) == ["new", "damaged"]
    assert ends(take_in(warc.bytes)) == ["duplicate", "new"]


def test_damage_costs_the_record_it_is_in(take_in: Any) -> None:
    first, second, third = (Warc().response(f"https://krone.example/a-{n}", page(n)).bytes for n in (1, 2, 3))
    broken = second[:200] + b"\x00" * 50 + second[250:]

    assert ends(take_in(first + broken + third, code=3)) == ["new", "damaged", "new"]


def test_record_of_any_size_is_passed_over_without_being_held(take_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FETCH_MAX_BYTES", "100000")
    huge = Warc().response("https://krone.example/a-1", b"<html>" + b"a" * 1_000_000).bytes
    endless = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 999999999999\r\n\r\n"
    good = Warc().response("https://krone.example/a-2", page(2)).bytes

    assert ends(take_in(huge + good)) == ["too_large", "new"]
    assert ends(take_in(good + gzip.compress(endless + b"a" * 1000), code=3)) == ["duplicate", "damaged"]


def test_user_in_an_address_and_what_no_database_keeps_are_left_out(take_in: Any, newskeep: Run) -> None:
    url, kind = "https://eva:secret@krone.example/a-1", "text/html; charset=utf-8\x00"
    lines = take_in(Warc().response(url, page(1), kind=kind).bytes)

    assert ends(lines) == ["new"]
    assert "secret" not in newskeep("show", "a1").out + newskeep("explain", "a1", "--json").out + str(lines)
    assert newskeep("show", "a1", "--raw").code == 0


def test_older_capture_never_takes_the_place_of_a_newer_text(take_in: Any, newskeep: Run) -> None:
    url = "https://krone.example/a-1"
    take_in(Warc().response(url, page(1, text(1) + "\n\nStand von später."), 9).bytes)
    lines = take_in(Warc().response(url, page(1), 3).response(url, page(1, text(1) + "\n\nStand von später."), 2).bytes)
    shown = newskeep("show", "--json", "a1").records[0]

    assert ends(lines) == ["older_capture", "duplicate"]
    assert (shown["revisions"], shown["first_captured_at"][:10]) == (1, "2026-10-02")
    assert shown["last_checked_at"].startswith("2026-10-09")
    assert shown["body"].endswith("später.")


def test_revisit_of_a_missing_capture_is_reported(take_in: Any) -> None:
    lines = take_in(Warc().revisit("https://krone.example/a-1", 4, "https://krone.example/a-1", 3).bytes)

    assert ends(lines) == ["revisit_without_original"]


def test_our_own_captures_are_taken_in_where_they_lie(take_in: Any, newskeep: Run, home: Home) -> None:
    take_in(STREAM.bytes)
    (file,) = home.captures.glob("*.warc.gz")
    outcome = newskeep("import", "--json", str(file))

    assert [path.name for path in home.captures.glob("*.warc.gz")] == [file.name]
    assert ends(outcome.records) == ["duplicate"] * 4 + ["gone_410"]


def test_what_is_no_warc_says_how_to_make_it_one(newskeep: Run, home: Home, tmp_path: Path) -> None:
    file = tmp_path / "crawl.wacz"
    file.write_bytes(b"PK\x03\x04" + b"\0" * 100)
    outcome = newskeep("import", str(file))

    assert outcome.code == 2
    assert "unzip -p FILE.wacz" in outcome.err


def test_dry_run_of_captures_writes_nothing(newskeep: Run, home: Home, tmp_path: Path) -> None:
    file = tmp_path / "others.warc.gz"
    file.write_bytes(STREAM.bytes)
    outcome = newskeep("import", "--dry-run", str(file))

    assert (outcome.code, "9 response" in outcome.err) == (0, True)
    assert not home.captures.exists()


def test_packed_lines_are_taken_in_as_well(newskeep: Run, home: Home, tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl.gz"
    line = {"id": "1", "url": "https://krone.example/1", "title": headline(1), "body": text(1)}
    file.write_bytes(gzip.compress(json.dumps(line).encode()))

    assert newskeep("import", "--json", str(file)).records[0]["relation"] == "new"
