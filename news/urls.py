"""URLs: one spelling and one key for each page, and the canonical URL of an article. Pure strings, no network.

`canonicalise` returns a URL that works. What may differ between working URLs of one page (scheme, www and mobile hosts,
index files, a last slash) is ignored by `url_key`. So an article shows its outlet's URL and is found by the others.
International hosts follow IDNA 2003, as in the standard library, except for ß and ς, which today differ from ss and σ.
"""

import ipaddress
import re
from collections.abc import Container, Iterable
from contextlib import suppress
from encodings.idna import nameprep
from hashlib import blake2b
from urllib.parse import SplitResult, quote, unquote, unquote_to_bytes, urljoin, urlsplit, urlunsplit

MAX_LENGTH = 8000  # longer than any server takes

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_IDNA_2008_LETTERS = ("ß", "ς")
_SPLIT_AT_LETTERS = re.compile("([ßς])")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_USER = re.compile(r"^(https?://)[^/?\\]*@", re.IGNORECASE)
_VARIANT_HOSTS = ("www.", "m.", "mobile.", "amp.")

# Parameters that only say where the reader came from, as analytics and campaign tools document them.
_TRACKER_PREFIXES = (
    "utm_", "mtm_", "matomo_", "pk_", "piwik_", "hsa_", "_hs", "__hs", "vero_", "oly_", "mc_", "at_", "wt_", "wtmc",
    "ns_", "ga_", "amp_", "fb_", "sc_c", "asgtbndr", "trk_", "cm_mmc", "icid", "dclid",
)  # fmt: skip
_TRACKERS = frozenset((
    "fbclid", "gclid", "gclsrc", "gbraid", "wbraid", "msclkid", "twclid", "ttclid", "yclid", "li_fat_id",
    "igshid", "igsh", "epik", "s_kwcid", "ef_id", "mkt_tok", "xtor", "cmpid", "ocid", "ito", "smid", "smtyp",
    "wtrid", "wtzmc", "ftcamp", "_ga", "_gl", "gi_id", "rb_clickid", "otc", "usqp", "tpcc", "cxrecs_s", "spm",
    "scid", "mkcid", "mkrid", "traffic_source", "ncid", "sr_share", "guccounter", "guce_referrer",
    "guce_referrer_sig", "ssuid", "cndid", "bxid", "esrc", "seg_id", "phpsessid", "jsessionid", "aspsessionid",
    "asp.net_sessionid", "sessionid", "session_id", "cfid", "cftoken",
))  # fmt: skip
# Names that some outlets use for articles: removed only when the value names a source of visits, never an id.
_MAYBE_TRACKERS = frozenset((
    "ref", "referrer", "referer", "source", "src", "from", "via", "campaign", "cid", "cmp", "partner",
    "feature", "share", "sara_ref",
))  # fmt: skip
_VISIT_SOURCES = re.compile(
    r"(rss|atom|feed|feeds|home|homepage|startseite|newsletter|nl|mail|email|e-mail|push|app|share|social|twitter|tw|x|"
    r"facebook|fb|instagram|whatsapp|telegram|linkedin|reddit|google|googlenews|flipboard|upday|teaser|nav|menu|sitemap|search)"
    r"([-_.](rss|feed|share|app|ios|android|desktop|mobile|web|home|top|teaser|newsletter))*",
    re.IGNORECASE,
)
_SESSION_VALUE = re.compile(r"[0-9a-zA-Z]{16,}")
# Names of sessions that some outlets use for articles: removed only when the value is no number and no word.
_SESSION_NAMES = frozenset((
    "sid", "ses", "sess", "sessid", "sess_id", "session", "session-id", "sessionkey", "usid", "visitid", "zenid",
    "oscsid", "xtsid",
))  # fmt: skip
_TOKEN = re.compile(r"(?=[0-9a-zA-Z]*[0-9])(?=[0-9a-zA-Z]*[a-zA-Z])[0-9a-zA-Z]{8,}")
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|sessionid|phpsessid|sid)=[^/?;]*|/\(S\([0-9a-z]{24}\)\)", re.IGNORECASE)

_TRACKER_IN_PATH = re.compile(r"&(?:utm_[a-z]+|fbclid|gclid)=[^/]*$", re.IGNORECASE)  # where the "?" was forgotten

_AMP_PARAMS = frozenset(
    {("amp", ""), ("amp", "1"), ("amp", "true"), ("amp", "yes"), ("outputtype", "amp"), ("mode", "amp")}
)
_AMP_CACHE = re.compile(r"/(?:amp|[cv])/(s/)?([^/]+\.[^/]+.*)")
_INDEX_FILE = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)
_PAGE_FILE = re.compile(r"\.(?:html?|php|aspx?|jsp|shtml)$", re.IGNORECASE)
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")


def canonicalise(url: str) -> str:
    """Return *url* without fragment, trackers, session ids and AMP marks, its parameters sorted.

    The host stays, so the result can be fetched and shown. Raises ValueError when *url* is no http(s) URL.
    """
    parts = _split(url)
    host = _host(parts)
    bare = _TRACKER_IN_PATH.sub("", _SESSION_IN_PATH.sub("", parts.path))
    resolved = _resolve_dots(_escape(bare, "/:@!$&'()*+,;="))
    path = _without_amp(resolved)
    if cached := _inside_amp_cache(host, resolved, parts.query) or _inside_amp_cache(host, path, parts.query):
        with suppress(ValueError):  # what the cache's path names is no address: then the cache's own counts
            return canonicalise(cached)
    found = urlunsplit((parts.scheme, _with_port(host, parts), path or "/", _clean_query(parts.query), ""))
    if len(found) > MAX_LENGTH:  # its escapes: what is returned can be given again
        raise ValueError(f"a URL of {len(found)} characters")
    return found


def fetchable(url: str) -> str:
    """Return *url* as it was found, ready to be fetched.

    Fragment and control characters are removed, and user name and password, which would be stored and shown.
    """
    text = _USER.sub(r"\1", _CONTROLS.sub("", url).strip().partition("#")[0])
    return text.encode("utf-8", "replace").decode("utf-8")


def url_key(canonical: str) -> int:
    """Return a page's key of 64 bits; the scheme, www/m/mobile/amp hosts, index files and a last slash do not count."""
    _, host, path, query, _ = urlsplit(canonical)
    path = re.sub(r"/{2,}", "/", _INDEX_FILE.sub("/", path)).rstrip("/")
    identity = f"{_plain_host(host)}{path}?{query}"
    return int.from_bytes(
        blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True
    )


def page_key(url: str) -> int | None:
    """Return the `url_key` of *url* in any spelling; None when it is no http(s) URL."""
    try:
        return url_key(canonicalise(url))
    except ValueError:
        return None


def host_of(url: str) -> str:
    """Return the host of *url* in lower case, without port. Raises ValueError when *url* is no http(s) URL."""
    return _host(_split(url))


def only_difference(url: str, other: str) -> str | None:
    """Return the one query parameter in whose value two canonical URLs differ; None when they differ otherwise."""
    (head, _, query), (other_head, _, other_query) = url.partition("?"), other.partition("?")
    pairs, others = query.split("&"), other_query.split("&")
    different = [(pair, twin) for pair, twin in zip(pairs, others, strict=False) if pair != twin]
    if head != other_head or len(pairs) != len(others) or len(different) != 1:
        return None
    [(pair, twin)] = different
    name, equals, _ = pair.partition("=")
    return name if equals and name == twin.partition("=")[0] else None


def without_names(url: str, names: Container[str]) -> str:
    """Return a canonical URL without the query parameters *names*."""
    head, _, query = url.partition("?")
    kept = "&".join(pair for pair in query.split("&") if pair.partition("=")[0] not in names)
    return f"{head}?{kept}" if kept else head


def same_site(url: str, other: str) -> bool:
    """Whether both URLs have the same port and host (www, m, mobile, amp ignored), or one is a subdomain of the other.

    False when one of them is no http(s) URL.
    """
    try:
        first, second = _split(url), _split(other)
    except ValueError:
        return False
    if (first.port or _PORTS[first.scheme]) != (second.port or _PORTS[second.scheme]) and (first.port or second.port):
        return False
    host, other_host = _plain_host(_host(first)), _plain_host(_host(second))
    return host == other_host or _is_subdomain(host, other_host) or _is_subdomain(other_host, host)


def is_on_site(url: str, sites: Iterable[str]) -> bool:
    """Whether *url* is on the same site as one of *sites*."""
    return any(same_site(url, site) for site in sites)


def believed_canonical(url: str, declared: str | None) -> str:
    """Return the canonical URL of the article at *url*: the *declared* one if plausible, else its own.

    It is not plausible on another site, as a home or section page, or when the ids or headlines in both URLs have
    nothing in common: then it is another article's. An invalid *declared* is ignored.
    Raises ValueError when *url* is no http(s) URL.
    """
    own = canonicalise(url)
    try:
        candidate = canonicalise(urljoin(url, declared.strip())) if declared and declared.strip() else own
        return candidate if same_site(own, candidate) and _may_stand_for(own, candidate) else own
    except ValueError:
        return own


def _split(url: str) -> SplitResult:
    text = _CONTROLS.sub("", url).strip()
    if len(text) > MAX_LENGTH:
        raise ValueError(f"a URL of {len(text)} characters")
    head, mark, tail = text.partition("?")
    parts = urlsplit(head.replace("\\", "/") + mark + tail)  # browsers read a backslash as a slash
    _ = parts.port  # raises ValueError when it is none
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(f"no http(s) URL: {url[:200]!r}")
    return parts


def _host(parts: SplitResult) -> str:
    """Return the host in lower case, as ASCII; an IPv6 address in brackets."""
    name = parts.hostname or ""
    if ":" in name:
        if "%" in name:  # a zone is only valid on one machine
            raise ValueError(f"no host name: {name[:100]!r}")
        return f"[{ipaddress.IPv6Address(name)}]"
    ascii_name = ".".join(map(_ascii_label, _DOTS.split(unquote(name)))).rstrip(".")
    if not _HOST.fullmatch(ascii_name) or len(ascii_name) > 253:
        raise ValueError(f"no host name: {name[:100]!r}")
    if ascii_name.rpartition(".")[2].isdigit():
        return str(ipaddress.IPv4Address(ascii_name))
    return ascii_name


def _ascii_label(label: str) -> str:
    if label.isascii():
        return label.lower()
    prepared = "".join(
        part if part in _IDNA_2008_LETTERS else nameprep(part) for part in _SPLIT_AT_LETTERS.split(label.lower())
    )
    return prepared if prepared.isascii() else "xn--" + prepared.encode("punycode").decode("ascii")


def _with_port(host: str, parts: SplitResult) -> str:
    port = parts.port
    return host if port is None or port == _PORTS[parts.scheme] else f"{host}:{port}"


def _plain_host(host: str) -> str:
    """Return the host without the prefixes for variants of the same pages."""
    for prefix in _VARIANT_HOSTS * 2:
        if host.startswith(prefix) and "." in host[len(prefix) :]:
            host = host[len(prefix) :]
    return host


def _is_subdomain(host: str, parent: str) -> bool:
    return "." in parent and host.endswith("." + parent)


def _inside_amp_cache(host: str, path: str, query: str) -> str | None:
    """Return the URL of the page that an AMP cache shows; None when *host* is no such cache."""
    if host.endswith(".cdn.ampproject.org") or (_plain_host(host) == "google.com" and path.startswith("/amp/")):
        match = _AMP_CACHE.fullmatch(path)
        if match:
            return f"http{'s' if match[1] else ''}://{match[2]}{'?' if query else ''}{query}"
    return None


def _escape(text: str, allowed: str) -> str:
    """Normalise percent-encoding: no needless escapes, upper-case digits, a stray % encoded."""
    return "".join(_escape_piece(piece, allowed) for piece in re.split(r"(%[0-9A-Fa-f]{2})", text))


def _escape_piece(piece: str, allowed: str) -> str:
    if _ESCAPE.fullmatch(piece):
        byte = int(piece[1:], 16)
        return chr(byte) if byte in _UNRESERVED else piece.upper()
    return quote(piece.encode("utf-8", "replace"), safe=allowed + "~")


def _resolve_dots(path: str) -> str:
    """Return the path without `.` and `..` segments (RFC 3986, 5.2.4)."""
    resolved: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            resolved[-1:] = []
        elif segment != ".":
            resolved.append(segment)
    if segments and segments[-1] in (".", ".."):
        resolved.append("")
    return "/" + "/".join(resolved)


def _without_amp(path: str) -> str:
    segments = path.rstrip("/").split("/")[1:]
    if len(segments) > 1 and segments[-1].lower() == "amp" and _names_an_article(segments[-2]):
        return "/" + "/".join(segments[:-1])
    if len(segments) > 1 and segments[0].lower() == "amp" and _names_an_article(segments[-1]):
        return "/" + "/".join(segments[1:])
    return re.sub(r"\.amp(\.html?)?$", r"\1", path, flags=re.IGNORECASE) if segments else path


def _clean_query(query: str) -> str:
    whole = (part for piece in query.split("&") for part in _split_tracker(piece) if part)
    pieces = [_escape(piece.replace("+", "%20"), "=/:@!$()*,;?") for piece in whole]
    kept = [piece for piece in pieces if not _is_tracker(*_name_and_value(piece))]
    return "&".join(sorted(kept, key=lambda piece: piece.partition("=")[0]))


def _split_tracker(piece: str) -> tuple[str, ...]:
    """Split off a tracker that was appended with a second question mark."""
    before, mark, after = piece.partition("?")
    name, _ = _name_and_value(after)
    return (before, after) if mark and (name in _TRACKERS or name.startswith(_TRACKER_PREFIXES)) else (piece,)


def _name_and_value(piece: str) -> tuple[str, str]:
    name, _, value = piece.partition("=")
    return unquote(name).lower(), unquote(value)


def _is_tracker(name: str, value: str) -> bool:
    if name in _TRACKERS or name.startswith(_TRACKER_PREFIXES) or (name, value.lower()) in _AMP_PARAMS:
        return True
    if name in _MAYBE_TRACKERS:
        return bool(_VISIT_SOURCES.fullmatch(value))
    return (name == "sid" and bool(_SESSION_VALUE.fullmatch(value))) or (
        name in _SESSION_NAMES and bool(_TOKEN.fullmatch(value))
    )


def _names_an_article(segment: str) -> bool:
    """Return whether a path segment looks like one page: words joined by hyphens, a number, or a file."""
    return len(re.findall(r"[-_]", segment)) >= 2 or bool(re.search(r"\d{4}", segment) or _PAGE_FILE.search(segment))


def _is_one_page(url: str) -> bool:
    """Return whether *url* looks like one article's, not like a home or section page's."""
    _, _, path, query, _ = urlsplit(url)
    segments = [segment for segment in _INDEX_FILE.sub("/", path).split("/") if segment]
    return any(_names_an_article(segment) for segment in segments) or bool(re.search(r"\d", query))


def _ids(url: str) -> set[bytes]:
    _, _, path, query, _ = urlsplit(url)
    return set(re.findall(rb"\d{5,}", unquote_to_bytes(f"{path}?{query}")))


def _may_stand_for(own: str, candidate: str) -> bool:
    if url_key(own) == url_key(candidate):
        return True
    if urlsplit(candidate).path.strip("/") == "" and not urlsplit(candidate).query:
        return False
    if _is_one_page(own) and not _is_one_page(candidate):
        return False
    own_ids, candidate_ids = _ids(own), _ids(candidate)
    if own_ids and candidate_ids:
        return not own_ids.isdisjoint(candidate_ids)
    return not _have_other_headlines(own, candidate)


def _have_other_headlines(own: str, candidate: str) -> bool:
    """Return whether both URLs end in a headline and the two have no word in common."""
    words, other_words = _slug_words(own), _slug_words(candidate)
    return min(len(words), len(other_words)) >= 3 and words.isdisjoint(other_words)


def _slug_words(url: str) -> set[str]:
    slug = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    return set(re.findall(r"[^\W\d_]{3,}", _PAGE_FILE.sub("", slug).lower()))
