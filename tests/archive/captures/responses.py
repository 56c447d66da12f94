"""Responses for the tests of captures, and a check by another program."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.cli import main as warcio

from archive.captures import CapturedResponse, StoredRecord
from archive.home import Home
from news.settings import read_settings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


HTML = "<p>Zugunglück bei Linz</p>".encode() * 20


def make_home(path: Path, **settings_: object) -> Home:
    return Home(path, read_settings({"NEWSKEEP_CONTACT": "a@example.org", **settings_}))


def response(body: bytes = HTML, url: str = "https://example.org/a?b=ü c", **fields: object) -> CapturedResponse:
    headers = (("Content-Type", "text/html; charset=utf-8"), ("X-Odd", "Zürich\xff"), ("Set-Cookie", "a"))
    asked = (("Host", "example.org"), ("User-Agent", "newskeep"))
    given_fields = {
        "headers": headers,
        "reason": "OK",
        "request_headers": asked,
        "ip": "192.0.2.1",
        "status": 200,
    } | fields
    return CapturedResponse(url, given_fields.pop("status"), body=body, captured_at=NOW, **given_fields)


def place(record: StoredRecord) -> tuple[str, int, int]:
    return record.file, record.offset, record.length


def check(*paths: Path) -> int:
    with pytest.raises(SystemExit) as ended:
        warcio(["check", *map(str, paths)])
    return int(ended.value.code or 0)
