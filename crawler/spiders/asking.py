"""Requests for channels and pages, conditional where that saves the outlet work, and the headers of answers."""

from datetime import UTC, datetime, timedelta

from scrapy import Request
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive.channels import Channel

READ_WHATEVER = timedelta(days=1)  # a channel is read without its ETag this often, since ETags lie


def channel_request(channel: Channel, *, whatever: bool = False) -> Request:
    """The request for a channel, conditional unless it is time to look whatever its ETag says."""
    stale = not channel.last_read_at or datetime.now(UTC) - channel.last_read_at > READ_WHATEVER
    headers = {} if whatever or stale else conditions(channel.etag, channel.last_modified)
    meta = {"keep_changed": True, "known_digest": channel.body_digest}
    return Request(channel.url, callback=NO_CALLBACK, headers=headers, meta=meta, dont_filter=True)


def conditions(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """The headers that make a request conditional; what no header may hold is not sent back."""
    pairs = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in pairs.items() if value and value.isascii() and value.isprintable()}


def content_type(response: Response) -> str | None:
    """As the answer's header says."""
    return header(response, "Content-Type")


def header(response: Response, name: str) -> str | None:
    """One header of the answer, as far as anybody needs it; None when it is not there."""
    value = response.headers.get(name)
    return value.decode("latin-1")[:1000] if value else None
