"""Keeps each response that matters in the capture files, byte for byte as it was received, before anybody reads it."""

import asyncio
from datetime import UTC, datetime
from hashlib import sha256
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response

from archive.captures import CapturedResponse
from crawler.job import Keeper

# A length, chunks, or a packed body, which ends in a checksum; without one of them the connection's end is the body's.
_TELL_THE_END = ("Content-Length", "Transfer-Encoding", "Content-Encoding")
_READABLE = ("text/", "html", "xml", "json")


class CaptureMiddleware:
    """Sets in the request's meta: `digest` (of the body as received), `received_at`, `end_told` (whether the headers
    say where the body ends) and, when it was kept, `record`.

    A request says with `keep` that its page matters, with `keep_changed` that it does when its body is not
    `known_digest`, the one of the last visit.
    """

    def __init__(self, keeper: Keeper | None) -> None:
        self.keeper = keeper

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        job = getattr(crawler.spider, "job", None)
        return cls(job.keeper if job else None)

    async def process_response(self, request: Request, response: Response) -> Response:
        digest = sha256(response.body).digest()
        told = any(name in response.headers for name in _TELL_THE_END)
        request.meta.update(digest=digest, received_at=datetime.now(UTC), record=None, end_told=told)
        if self.keeper:
            self.keeper.count(len(response.body))
            known = request.meta.get("known_digest") == digest
            page = request.meta.get("keep") and _is_readable(response)
            channel = request.meta.get("keep_changed") and not known
            if (page or channel) and response.status == 200 and response.body:
                captured = _as_received(request, response)
                request.meta["record"] = await asyncio.to_thread(self.keeper.keep, captured, digest, known)
        return response


def _is_readable(response: Response) -> bool:
    """True for what could hold an article: no film or brochure behind a link is kept."""
    kind = (response.headers.get("Content-Type") or b"text/").decode("latin-1").lower()
    return any(part in kind for part in _READABLE)


def _as_received(request: Request, response: Response) -> CapturedResponse:
    return CapturedResponse(
        url=response.url,
        status=response.status,
        headers=_headers(response.headers),
        body=response.body,
        captured_at=request.meta["received_at"],
        request_headers=_headers(request.headers),
        ip=str(response.ip_address) if response.ip_address else None,
    )


def _headers(headers: Headers) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, values in headers.items() for value in values
    )
