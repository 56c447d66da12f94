"""Follow redirects: by status, by a page's meta tag or Refresh header, and to the same page for a cookie."""

import re

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import BaseRedirectMiddleware, RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response
from scrapy.utils.httpobj import urlparse_cached
from w3lib.html import get_meta_refresh

from archive.captures.response import Redirect
from crawler.safety.failures import Refused
from news.reasons import Reason

MAX_REFRESH_SECONDS = 5.0  # after more, a page is meant to be read first, or renews itself
_MAX_URL_CHARS = 8000
_MAX_COOKIES = 50
_MAX_COOKIE_BYTES = 4096
_SCANNED_BYTES = 8192
_REFRESH_HEADER = re.compile(r"\s*(\d{1,4}(?:\.\d*)?)\s*[;,]\s*url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)


class _WithoutReferer:
    """Lets a redirect send no referer, and does not warn of that as Scrapy does."""

    def handle_referer(self, request: Request, response: Response) -> None:
        request.headers.pop("Referer", None)

    def _engine_started(self) -> None: ...


class RedirectsMiddleware(_WithoutReferer, RedirectMiddleware):
    """Scrapy's middleware, which sends no referer and gives each failure a reason.

    Each hop passes robots.txt and the guard like any request. Fails for a chain that is too long or leaves the web, and
    for a 304 to a request without conditions. Cookies are sent back only where a chain returns to an address that it
    has asked already, and are forgotten with the chain.
    """

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        try:
            answer: Request | Response = super().process_response(request, response)
        except (IgnoreRequest, ValueError) as error:
            too_many = isinstance(error, IgnoreRequest)
            raise Refused(Reason.TOO_MANY_REDIRECTS if too_many else Reason.BAD_REDIRECT) from error
        if isinstance(answer, Request):
            return _followed(answer, response)
        if 300 <= answer.status < 400 and answer.status != 304:
            raise Refused(Reason.BAD_REDIRECT)
        if answer.status == 304 and not _is_conditional(request):
            raise Refused("http_304")
        return answer


class RefreshMiddleware(_WithoutReferer, BaseRedirectMiddleware):
    """Follows `<meta http-equiv="refresh">` and the Refresh header like a redirect, within the same limits.

    Not one that waits longer than a few seconds, or leads where the chain has been: such a page renews itself.
    """

    def process_response(self, request: Request, response: Response) -> Request | Response:
        delay, url = refresh_of(response)
        visited = {request.url, *request.meta.get("redirect_urls", ())}
        if url is None or delay > MAX_REFRESH_SECONDS or url.partition("#")[0] in visited:
            return response
        try:
            redirected = self._build_redirect_request(request, response, url=url)
            if urlparse_cached(redirected).scheme not in {"http", "https"}:
                return response
            followed = _followed(self._redirect(redirected, request, "refresh"), response)
        except ValueError:
            return response
        except IgnoreRequest as error:
            if isinstance(error, Refused):
                raise
            raise Refused(Reason.TOO_MANY_REDIRECTS) from error
        job, record = getattr(self.crawler.spider, "job", None), request.meta.get("record")
        if job and record:
            job.recorder.redirects.append(Redirect(record, followed.url))
        return followed


def refresh_of(response: Response) -> tuple[float, str | None]:
    """Return (seconds, URL) of the refresh that *response* asks for; (0, None) when it asks for none."""
    header = _REFRESH_HEADER.match((response.headers.get("Refresh") or b"").decode("latin-1"))
    if response.status != 200:
        return 0.0, None
    try:
        if header:
            return float(header[1]), response.urljoin(header[2].strip())
        beginning = response.body[:_SCANNED_BYTES]
        if isinstance(response, HtmlResponse) and b"refresh" in beginning.lower():
            delay, url = get_meta_refresh(beginning.decode("utf-8", "replace"), response.url)
            return delay or 0.0, url
    except ValueError:
        pass  # an address that is none
    return 0.0, None


def _followed(redirect: Request, response: Response) -> Request:
    """Return the request for the next address of a chain, with the chain's cookies where it returns."""
    if len(redirect.url) > _MAX_URL_CHARS:
        raise Refused(Reason.BAD_REDIRECT)
    host, cookies = urlparse_cached(response).netloc, dict(redirect.meta.get("chain_cookies", {}))
    for header in response.headers.getlist("Set-Cookie"):
        name, equals, value = header.partition(b";")[0].strip().partition(b"=")
        if equals and name and len(cookies) < _MAX_COOKIES:
            cookies[host, name] = value
    redirect.meta["chain_cookies"] = cookies
    redirect.headers.pop("Cookie", None)
    returns = redirect.url in redirect.meta["redirect_urls"]
    own = [name + b"=" + value for (owner, name), value in cookies.items() if owner == urlparse_cached(redirect).netloc]
    if returns and own:
        redirect.headers["Cookie"] = b"; ".join(own)[:_MAX_COOKIE_BYTES]
    return redirect


def _is_conditional(request: Request) -> bool:
    return "If-None-Match" in request.headers or "If-Modified-Since" in request.headers
