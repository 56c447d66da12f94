"""Why a link, a channel or an imported record ended without an article. `v_links` has the short names."""

import re
from collections import Counter
from collections.abc import Mapping

from news.rule_ids import WordedEnum
from news.text import one_line


class Reason(WordedEnum):
    """The closed set of reasons, each with its words for people.

    Beside them stand families that are made from a number or another reason: see `in_words`.
    """

    # Left out before it was fetched
    ROBOTS_TXT = "robots_txt", "robots.txt"
    SINCE = "since", "too old (--since)"
    LIMIT = "limit", "over the limit, waits for the next crawl"
    SKIP_URL = "skip_url", "skip_url"
    ARTICLE_URL = "article_url", "not article_url"
    NOT_DUE = "not_due"
    KILLED_THE_CRAWL = "killed_the_crawl"
    REMOVED = "removed", "removed from the archive for good"
    CRAWL_TIMEOUT = "crawl_timeout", "out of time"
    FORBIDDEN_ADDRESS = "forbidden_address", "private address"
    FORBIDDEN_PORT = "forbidden_port"
    # No answer
    DNS = "dns", "host not found"
    TLS = "tls", "bad certificate, or no TLS"
    TIMEOUT = "timeout"
    HOST_SILENT = "host_silent", "host does not answer, left for this crawl"
    CONNECTION_REFUSED = "connection_refused"
    CONNECTION_FAILED = "connection_failed"
    CUT_OFF = "cut_off", "broke off"
    RETRY_AFTER = "retry_after"
    BAD_URL = "bad_url"
    BAD_HTTP = "bad_http"
    NOT_HTTP = "not_http"
    BAD_REDIRECT = "bad_redirect"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    # An answer without an article
    NOT_HTML = "not_html", "not HTML"
    NOT_ARTICLE = "not_article", "no article"
    PAYWALL = "paywall", "paywall stub"
    EMPTY = "empty"
    TOO_LARGE = "too_large", "too large"
    BAD_ENCODING = "bad_encoding"
    PAGE_TOO_COSTLY = "page_too_costly", "would take the parser too long"
    UNREADABLE = "unreadable"
    STORE_ERROR = "store_error"
    # An article that the archive has in another state
    PAYWALLED_LATER = "paywalled_later"
    ONLY_ITS_BEGINNING = "only_its_beginning"
    OLDER_CAPTURE = "older_capture", "older than what is known"
    # Channels and crawls
    LAYOUT_CHANGED = "layout_changed", "gave no links where it gave some: its layout has changed"
    TOO_MANY_LINKS = "too_many_links", "more links than one crawl takes in"
    NO_LINKS = "no_links", "nothing in it looks like a link to an article"
    UNCHANGED = "unchanged", "nothing has changed since the last crawl"
    BACKFILL = "backfill", "looked for articles of the past only"
    NOT_LOOKED = "not_looked"
    NOTHING_READ = "nothing_read"
    INTERRUPTED = "interrupted"
    OFFLINE = "offline"
    NOT_RUNNING = "not_running"
    NO_WORKER = "no_worker"
    # Imports
    NO_HTTP = "no_http", "no answer of a web server"
    NO_TIME = "no_time", "without a time"
    FROM_THE_FUTURE = "from_the_future"
    REVISIT_WITHOUT_ORIGINAL = "revisit_without_original", "seen again, the first capture not at hand"
    DAMAGED = "damaged", "damaged or cut off"
    KNOWN = "known"
    IMPORT_INTERRUPTED = "import_interrupted"


_VALUES = frozenset(reason.value for reason in Reason)


def most_common(reasons: Mapping[str, str]) -> str | None:
    """Return the reason that most values of *reasons* ({channel: reason}) have; None without any."""
    return next((reason for reason, _ in Counter(reasons.values()).most_common(1)), None)


def in_words(reason: str) -> str:
    """Return a reason as people say it.

    `http_503` is "HTTP 503", `robots_timeout` is "robots.txt: timeout", `gone_410` is "gone 410", and an unexpected
    `error_KeyError` keeps the name of its class.
    """
    if reason in _VALUES:
        return Reason(reason).words
    if reason.startswith("robots_"):
        return f"robots.txt: {in_words(reason.removeprefix('robots_'))}"
    status = re.fullmatch(r"http_(\d+)", reason)
    return f"HTTP {status[1]}" if status else one_line(reason.replace("_", " "))
