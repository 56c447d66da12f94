"""Follows redirects a few times; each hop goes through robots.txt and the guard like any request."""

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.safety.reasons import Refused


class RedirectsMiddleware(RedirectMiddleware):
    """Scrapy's, with a named end for a chain that is too long or leaves the web, and without sending a referer.

    "Not modified" to a question that named nothing to compare with is no answer.
    """

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        try:
            answer: Request | Response = super().process_response(request, response)
        except (IgnoreRequest, ValueError) as error:
            too_many = isinstance(error, IgnoreRequest)
            raise Refused("too_many_redirects" if too_many else "bad_redirect") from error
        if isinstance(answer, Response) and 300 <= answer.status < 400 and answer.status != 304:
            raise Refused("bad_redirect")
        if isinstance(answer, Response) and answer.status == 304 and not _is_conditional(request):
            raise Refused("http_304")
        if isinstance(answer, Request) and len(answer.url) > 8000:
            raise Refused("bad_redirect")
        return answer

    def handle_referer(self, request: Request, response: Response) -> None:
        request.headers.pop("Referer", None)

    def _engine_started(self) -> None:
        """Scrapy warns here that no referer will be sent; that is what we want."""


def _is_conditional(request: Request) -> bool:
    return "If-None-Match" in request.headers or "If-Modified-Since" in request.headers
