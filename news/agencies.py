"""News agencies: which one a text names as its source, as in "(dpa)", "WASHINGTON (AP) —", "© AFP", "Quelle: APA"."""

import re

_NAMES = (
    "dpa-AFX", "dpa", "AFP", "Reuters", "AP", "APA", "Keystone-SDA", "sda", "KNA", "epd", "SID", "dts",
    "PA Media", "AAP", "The Canadian Press", "Bloomberg", "UPI", "ANSA", "EFE", "Europa Press", "Lusa", "PAP", "ČTK",
    "TASS", "Interfax", "Ukrinform", "Anadolu", "AA", "ANI", "PTI", "IANS", "Xinhua", "Kyodo", "Belga", "ANP", "NTB",
    "Ritzau", "STT",
)  # fmt: skip
_NAME = "|".join(re.escape(name) for name in sorted(_NAMES, key=len, reverse=True))
_BY_FOLDED = {name.casefold(): name for name in _NAMES}
_NAMED = re.compile(
    rf"\((?P<inside>{_NAME})(?:/[^()\n]{{1,40}})?\)"  # a dateline or the end of a paragraph
    rf"|(?:©|\(c\)|Quelle:|Source:|Fuente:|Fonte:|Źródło:)\s*(?P<source>{_NAME})\b"
    rf"|\w/(?P<after>{_NAME})[ .]*$",
    re.IGNORECASE | re.MULTILINE,
)


def agency_named(body: str) -> str | None:
    """Return the name of the first agency that the text gives as its source; None when it gives none."""
    found = _NAMED.search(body)
    return _BY_FOLDED[(found["inside"] or found["source"] or found["after"]).casefold()] if found else None


def is_agency(name: str) -> bool:
    """Return whether *name* is that of an agency."""
    return name.strip().casefold() in _BY_FOLDED
