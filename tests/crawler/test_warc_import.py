"""WARC files as other programs write them, taken in by the command."""

import bz2
import gzip
import io
import json
import zipfile
from base64 import b32encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from pathlib import Path
from threading import Barrier
from typing import Any

import lz4.frame
import pytest
from backports import zstd
from sqlalchemy import Engine
from sqlalchemy import text as sql
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.captures import CaptureFiles
from archive.home import Home
from crawler.outlets.file import OutletsFile
from crawler.sandbox import SandboxPool
from crawler.warc_import import CaptureImporter
from news.settings import read_settings
from tests.site import Site
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
        with CaptureFiles(home) as files, SandboxPool(1) as read:
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


# --- other containers and formats


def arc(url: str, body: bytes, day: int) -> bytes:
    """Return a file of version 1, as Heritrix 1 and Alexa wrote it, with a member of gzip for each record."""
    head = b"1 0 InternetArchive\nURL IP-address Archive-date Content-type Archive-length\n"
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    records = [
        b"filedesc://x.arc 0.0.0.0 20261001000000 text/plain %d\n%s\n" % (len(head), head),
        b"dns:krone.example 10.0.0.1 20261001000000 text/dns 4\nokay\n",
        b"%s 192.0.2.1 202610%02d080000 text/html %d\n%s\n" % (url.encode(), day, len(answer), answer),
    ]
    return b"".join(map(gzip.compress, records))


def wacz(*warcs: bytes, method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("pages/pages.jsonl", '{"format": "json-pages-1.0"}\n')
        for number, data in enumerate(warcs):
            archive.writestr(f"archive/data-{number}.warc.gz", data)
        archive.writestr("datapackage.json", "{}")
    return out.getvalue()


A1 = "https://krone.example/a-1"
ONE = Warc().response(A1, page(1)).bytes
PACKED = {
    "arc.gz": arc(A1, page(1), 1),
    "arc": gzip.decompress(arc(A1, page(1), 1)),
    "lz4": lz4.frame.compress(gzip.decompress(ONE)),
    "lz4 with a frame for each record": b"".join(
        map(lz4.frame.compress, (Warc(packed=False).other("warcinfo").bytes, gzip.decompress(ONE)))
    ),
    "zstd": zstd.compress(gzip.decompress(ONE)),
    "bzip2": bz2.compress(gzip.decompress(ONE)),
    "wacz": wacz(ONE),
    "deflated wacz": wacz(ONE, method=zipfile.ZIP_DEFLATED),
}


@pytest.mark.parametrize("kind", PACKED)
def test_every_format_is_known_by_its_content(take_in: Any, newskeep: Run, kind: str) -> None:
    lines = take_in(PACKED[kind], name="download")

    assert [end for end in ends(lines) if end != "no_http"] == ["new"]
    assert newskeep("show", "--json", "a1").records[0]["first_captured_at"].startswith("2026-10-01T08:00:00")
    assert newskeep("show", "a1", "--raw").out.startswith("<!doctype html>")


@pytest.mark.parametrize("kind", ["arc.gz", "arc", "wacz", "zstd"])
def test_captures_may_stay_where_they_are(newskeep: Run, home: Home, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "others"
    file.write_bytes(PACKED[kind])
    outcome = newskeep("import", "--in-place", str(file))
    copies = list(home.captures.glob("*.warc.gz"))
    before, whole = newskeep("show", "a1", "--raw"), newskeep("verify")
    newskeep("export", "--all", "--format", "warc", "--into", str(tmp_path / "export"))
    file.rename(tmp_path / "moved")
    after, doctor = newskeep("show", "a1", "--raw"), newskeep("doctor")

    assert (outcome.code, whole.code) == (0, 0), whole.err
    assert before.out.startswith("<!doctype html>")
    assert bool(copies) == (kind == "zstd")  # there, no record can be read alone
    assert (after.code, "missing or shorter" in doctor.out) == ((0, False) if copies else (8, True))
    (exported,) = (tmp_path / "export").rglob("*.warc.gz")
    with exported.open("rb") as file:  # an ARC record becomes one of WARC
        records = ArchiveIterator(file, check_digests="raise")
        answers = [
            (record.format, record.content_stream().read()) for record in records if record.rec_type == "response"
        ]
    assert answers == [("warc", page(1))]


def test_in_place_needs_a_file(newskeep: Run, home: Home) -> None:
    assert newskeep("import", "--in-place", "-").code == 2


def digest_of(body: bytes) -> str:
    return "sha1:" + b32encode(sha1(body, usedforsecurity=False).digest()).decode()


def digest_only(url: str, day: int, body: bytes) -> Warc:
    """Return a revisit record as Heritrix and Common Crawl wrote it: without naming the first capture."""
    return Warc()._record(
        "revisit", url, b"", day, [("Content-Type", "text/html")], "200 OK", {"WARC-Payload-Digest": digest_of(body)}
    )


def test_revisit_with_nothing_but_a_digest_finds_the_capture_of_another_command(take_in: Any, newskeep: Run) -> None:
    take_in(Warc().response(A1, page(1), 1).bytes)
    lines = take_in(digest_only("https://krone.example/other-address", 4, page(1)).bytes)

    assert ends(lines) == ["duplicate"]
    assert newskeep("show", "https://krone.example/other-address", "--raw").out.startswith("<!doctype html>")


def test_revisit_finds_a_page_that_a_crawl_captured(take_in: Any, newskeep: Run, site: Site, home: Home) -> None:
    site.put("/a-1", page(1))
    assert newskeep("crawl", "--delay", "0", site.url("/a-1")).code == 0
    soon = datetime.now(UTC) + timedelta(seconds=2)
    revisit = Warc()._record(
        "revisit", site.url("/a-1"), b"", 1, [], "200 OK",
        {"WARC-Payload-Digest": digest_of(page(1)), "WARC-Date": f"{soon:%Y-%m-%dT%H:%M:%SZ}"},
    )  # fmt: skip

    assert ends(take_in(revisit.bytes)) == ["duplicate"]


def test_files_are_imported_in_the_order_of_their_times(newskeep: Run, home: Home, tmp_path: Path) -> None:
    later = page(1, text(1) + "\n\nNachtrag der Redaktion mit elf Toten.")
    for name, data in {
        "b": Warc().response(A1, page(1), 1).bytes,
        "a": Warc().response(A1, later, 3).bytes,
        "0": digest_only(A1, 2, page(1)).bytes,
    }.items():
        (tmp_path / f"{name}.warc.gz").write_bytes(data)
    outcome = newskeep("import", "--json", str(tmp_path))

    assert ends(outcome.records) == ["new", "duplicate", "revision"]
    assert outcome.records[-1]["balanced"]


def test_revisit_record_before_its_capture_waits_for_it(take_in: Any) -> None:
    data = digest_only(A1, 4, page(1)).bytes + Warc().response(A1, page(1), 1).bytes

    assert ends(take_in(data)) == ["new", "duplicate"]


def test_resource_record_with_a_page_is_imported_and_others_are_counted(take_in: Any) -> None:
    file = Warc(packed=False)
    for url, kind, body in (
        (A1, "text/html", page(1)),
        ("https://krone.example/x.txt", "text/plain", b"plain"),
        ("urn:thumbnail:https://krone.example/", "image/png", b"\x89PNG"),
    ):
        fields = {"WARC-Date": time(1), "Content-Type": kind}
        file.writer.write_record(
            file.writer.create_warc_record(url, "resource", io.BytesIO(body), len(body), kind, fields)
        )
    lines = take_in(file.other("metadata").other("request").other("request").bytes)

    assert ends(lines) == ["new", "not_html", "no_http"]
    assert lines[-1]["other_records"] == {"metadata": 1, "request": 2}


@pytest.mark.parametrize("stated", ["2026-10", "2026-10-01T08:00Z", "2026-10-01T09:00:00+01:00"])
def test_capture_with_a_reduced_date_is_imported(take_in: Any, stated: str) -> None:
    data = gzip.decompress(ONE).replace(time(1).encode(), stated.encode())

    assert ends(take_in(data)) == ["new"]


def test_capture_without_a_valid_date_says_so(take_in: Any) -> None:
    data = gzip.decompress(ONE).replace(time(1).encode(), b"yesterday")

    assert ends(take_in(data)) == ["no_time"]


def test_damaged_member_of_a_wacz_costs_no_other(take_in: Any) -> None:
    data = wacz(gzip.compress(b"WARC/1.0\r\n" + b"x" * 1000)[:40], ONE)

    assert ends(take_in(data, code=3, name="crawl.wacz")) == ["damaged", "new"]
