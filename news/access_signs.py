"""Signs of access states in answers: status, headers and meta elements, robots.txt and tdmrep.json."""

import re
from collections.abc import Iterable, Mapping

from news.access import AccessState, Source
from news.notices import says_geo_blocked

Sign = tuple[AccessState, Source, str]  # with its evidence

_SCANNED_BYTES = 65_536
_STATES = {401: AccessState.LOGIN, 402: AccessState.PAYWALL, 403: AccessState.REFUSED, 407: AccessState.REFUSED,
           429: AccessState.RATE_LIMIT, 451: AccessState.GEO_BLOCK}  # fmt: skip
_CHALLENGED = frozenset({401, 403, 405, 429, 503})
_CHALLENGE_MARKS = re.compile(
    rb"<title>\s*(?:just a moment|attention required|are you (?:a )?(?:human|robot)|pardon our interruption)"
    rb"|/cdn-cgi/challenge-platform/|captcha-delivery\.com|px-captcha|_incapsula_resource|awswafcookiedomainlist",
    re.IGNORECASE,
)
_NO_MINING = re.compile(r"(?:^|[\s,:])(no(?:ai|ml))(?:$|[\s,])", re.IGNORECASE)
_NO_TRAINING = re.compile(r"\b(?:train-ai|ai-train)\s*=\s*(?:n|no)\b", re.IGNORECASE)
_META = re.compile(rb"<meta\s[^>]{1,600}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"""([a-z-]{1,20})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_META_WORDS = (b"tdm-reservation", b"noai", b"noml")


def signs_in_answer(status: int, headers: Mapping[str, str], body: bytes) -> list[Sign]:
    """Return the signs in an answer: its status, its *headers* (names in lower case), the beginning of its body."""
    return [*_of_status(status, headers, body[:_SCANNED_BYTES]), *_of_headers(headers), *_of_meta(body)]


def _of_status(status: int, headers: Mapping[str, str], beginning: bytes) -> Iterable[Sign]:
    if status in _CHALLENGED and (headers.get("cf-mitigated") == "challenge" or _CHALLENGE_MARKS.search(beginning)):
        yield AccessState.CHALLENGE, Source.STATUS, f"HTTP {status} with a browser check"
    elif status == 403 and says_geo_blocked(beginning.decode("utf-8", "replace")):
        yield AccessState.GEO_BLOCK, Source.STATUS, f"HTTP {status} with a notice"
    elif status in _STATES:
        yield _STATES[status], Source.STATUS, f"HTTP {status}"


def _of_headers(headers: Mapping[str, str]) -> Iterable[Sign]:
    if headers.get("tdm-reservation", "").strip() == "1":
        yield AccessState.OPT_OUT, Source.HEADER, "tdm-reservation: 1"
    for name, pattern in (("x-robots-tag", _NO_MINING), ("content-usage", _NO_TRAINING)):
        if pattern.search(headers.get(name, "")):
            yield AccessState.OPT_OUT, Source.HEADER, f"{name}: {headers[name]}"


def _of_meta(body: bytes) -> Iterable[Sign]:
    beginning = body[:_SCANNED_BYTES].lower()
    if not any(word in beginning for word in _META_WORDS):
        return
    for tag in _META.findall(beginning):
        attributes = {name: b"".join(values).decode("latin-1").strip() for name, *values in _ATTRIBUTE.findall(tag)}
        name, content = attributes.get(b"name", ""), attributes.get(b"content", "")
        reserved = name == "tdm-reservation" and content == "1"
        if reserved or (name in ("robots", "newskeep") and _NO_MINING.search(content)):
            yield AccessState.OPT_OUT, Source.META, f"{name}: {content}"
            return


# Signs in robots.txt and tdmrep.json ---------------------------------------------------------------------------------

# Crawlers that collect texts for mining or for training models; search engines and archives are not among them.
MINING_AGENTS = (
    "CCBot", "GPTBot", "Google-Extended", "ClaudeBot", "anthropic-ai", "Applebot-Extended", "Bytespider",
    "Meta-ExternalAgent", "PerplexityBot", "Amazonbot", "cohere-ai", "Diffbot", "omgili", "AI2Bot",
)  # fmt: skip
_RESERVES = re.compile(
    r"^[ \t]*#[^\n]*\b(?:text[- ]?(?:and|und|&)?[- ]?data[- ]?mining|44b UrhG|fouilles? de textes)\b[^\n]*",
    re.IGNORECASE | re.MULTILINE,
)
_SIGNAL_LINE = re.compile(r"^[ \t]*content-(?:signal|usage)[ \t]*:[^\n]*", re.IGNORECASE | re.MULTILINE)


def mining_agents_in(text: str) -> list[str]:
    """Return the crawlers for mining that robots.txt names: a cheap test before its rules are asked."""
    low = text.lower()
    return [agent for agent in MINING_AGENTS if agent.lower() in low]


def reservation_in(text: str) -> str | None:
    """Return the line of robots.txt that reserves text and data mining or training; None without one."""
    signal = next((line for line in _SIGNAL_LINE.findall(text) if _NO_TRAINING.search(line)), None)
    comment = _RESERVES.search(text)
    return (signal or (comment[0] if comment else "")).strip() or None


def reserves_site(policies: object) -> bool:
    """Whether /.well-known/tdmrep.json (as read from JSON) reserves the whole site (W3C TDM Reservation Protocol)."""
    rules = policies if isinstance(policies, list) else []
    return any(
        isinstance(rule, dict) and rule.get("tdm-reservation") == 1 and rule.get("location") in ("/", "/*", "*")
        for rule in rules
    )
