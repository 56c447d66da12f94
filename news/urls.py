"""What an address is: one spelling for each page, and the address that stands for an article. Pure strings, no network."""


def canonicalise(url: str) -> str:
    """One spelling of *url*: a working address without fragment, trackers, session ids and amp marks, its parameters in order.

    The host is the real one, so the result can be fetched and shown; two spellings of one page have one `url_key`.
    Raises ValueError for what is no http(s) URL.
    """
    raise NotImplementedError


def url_key(canonical: str) -> int:
    """Signed 64 bits that are equal for one page: scheme, www/m/mobile/amp hosts, index files and a last slash do not count."""
    raise NotImplementedError


def host_of(url: str) -> str:
    """The host of *url* in lower case, without port. Raises ValueError for what is no http(s) URL."""
    raise NotImplementedError


def same_site(url: str, other: str) -> bool:
    """True when both addresses are on one host, www/m/mobile/amp apart, or one host is below the other."""
    raise NotImplementedError


def believed_canonical(url: str, declared: str | None) -> str:
    """The canonical address that stands for the article at *url*: the *declared* one where that makes sense, else its own.

    It makes no sense on another site, and where a home or section page is declared for an article.
    Raises ValueError when *url* is no http(s) URL; a bad *declared* is ignored.
    """
    raise NotImplementedError
