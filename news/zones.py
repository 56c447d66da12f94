"""Time zones that addresses and languages tell."""

# One zone each: countries with several (US, CA, AU, BR, RU, MX, ...) are left out, and so are country domains sold to
# everybody (io, co, tv, me, ...). Outlying islands do not count: their outlets can set `timezone`.
_ZONE_OF_COUNTRY = {
    "DE": "Europe/Berlin", "AT": "Europe/Vienna", "CH": "Europe/Zurich", "LI": "Europe/Vaduz",
    "LU": "Europe/Luxembourg", "FR": "Europe/Paris", "BE": "Europe/Brussels", "NL": "Europe/Amsterdam",
    "IT": "Europe/Rome", "ES": "Europe/Madrid", "PT": "Europe/Lisbon", "GB": "Europe/London",
    "UK": "Europe/London", "IE": "Europe/Dublin", "DK": "Europe/Copenhagen", "SE": "Europe/Stockholm",
    "NO": "Europe/Oslo", "FI": "Europe/Helsinki", "IS": "Atlantic/Reykjavik", "PL": "Europe/Warsaw",
    "CZ": "Europe/Prague", "SK": "Europe/Bratislava", "HU": "Europe/Budapest", "SI": "Europe/Ljubljana",
    "HR": "Europe/Zagreb", "RS": "Europe/Belgrade", "BA": "Europe/Sarajevo", "MK": "Europe/Skopje",
    "AL": "Europe/Tirane", "RO": "Europe/Bucharest", "BG": "Europe/Sofia", "GR": "Europe/Athens",
    "TR": "Europe/Istanbul", "CY": "Asia/Nicosia", "MT": "Europe/Malta", "EE": "Europe/Tallinn",
    "LV": "Europe/Riga", "LT": "Europe/Vilnius", "UA": "Europe/Kyiv", "BY": "Europe/Minsk",
    "IL": "Asia/Jerusalem", "EG": "Africa/Cairo", "ZA": "Africa/Johannesburg", "NG": "Africa/Lagos",
    "KE": "Africa/Nairobi", "IN": "Asia/Kolkata", "PK": "Asia/Karachi", "BD": "Asia/Dhaka",
    "LK": "Asia/Colombo", "TH": "Asia/Bangkok", "VN": "Asia/Ho_Chi_Minh", "SG": "Asia/Singapore",
    "PH": "Asia/Manila", "JP": "Asia/Tokyo", "KR": "Asia/Seoul", "TW": "Asia/Taipei",
    "HK": "Asia/Hong_Kong", "CN": "Asia/Shanghai",
}  # fmt: skip
# Languages of one country only; German, English, French, Spanish, Portuguese and Arabic are spoken in several zones.
_COUNTRY_OF_LANGUAGE = {
    "pl": "PL", "cs": "CZ", "sk": "SK", "hu": "HU", "sl": "SI", "hr": "HR", "bg": "BG", "da": "DK", "nb": "NO",
    "nn": "NO", "no": "NO", "fi": "FI", "is": "IS", "et": "EE", "lv": "LV", "lt": "LT", "uk": "UA", "he": "IL",
    "tr": "TR", "ja": "JP", "ko": "KR", "th": "TH", "vi": "VN", "ro": "RO",
}  # fmt: skip


def time_zone(url: str, language: str | None) -> str | None:
    """The time zone of the country that the domain names, else the language tag; None where that leaves a choice."""
    domain = _top_domain(url)
    tongue, _, region = (language or "").partition("-")
    country = next((code for code in (domain, region) if code in _ZONE_OF_COUNTRY), None)
    if country is None and not region:
        country = _COUNTRY_OF_LANGUAGE.get(tongue)
    return _ZONE_OF_COUNTRY.get(country or "")


# Where most outlets of a country with several zones sit, and countries whose domains are sold to everybody (there only
# a language tag counts). The United States are missing: which of their zones an outlet keeps, nothing tells.
_MAIN_ZONE = {
    "AU": "Australia/Sydney", "NZ": "Pacific/Auckland", "BR": "America/Sao_Paulo",
    "AR": "America/Argentina/Buenos_Aires",
    "MX": "America/Mexico_City", "CL": "America/Santiago", "PE": "America/Lima", "UY": "America/Montevideo",
    "EC": "America/Guayaquil", "BO": "America/La_Paz", "PY": "America/Asuncion", "VE": "America/Caracas",
    "CA": "America/Toronto", "RU": "Europe/Moscow", "ID": "Asia/Jakarta", "MY": "Asia/Kuala_Lumpur",
    "GH": "Africa/Accra", "SN": "Africa/Dakar", "CI": "Africa/Abidjan", "MA": "Africa/Casablanca",
    "DZ": "Africa/Algiers", "TN": "Africa/Tunis", "SA": "Asia/Riyadh", "AE": "Asia/Dubai", "QA": "Asia/Qatar",
    "JO": "Asia/Amman", "LB": "Asia/Beirut", "IQ": "Asia/Baghdad", "IR": "Asia/Tehran", "NP": "Asia/Kathmandu",
    "GE": "Asia/Tbilisi", "AM": "Asia/Yerevan", "AZ": "Asia/Baku", "KZ": "Asia/Almaty", "MD": "Europe/Chisinau",
}  # fmt: skip
_MAIN_ZONE_OF_REGION = {"CO": "America/Bogota", "ME": "Europe/Podgorica"}
# Spoken in countries that keep one clock, by most of those who write news in it.
_CLOCK_OF_LANGUAGE = {
    "de": "Europe/Berlin", "it": "Europe/Rome", "fr": "Europe/Paris", "nl": "Europe/Amsterdam",
    "sv": "Europe/Stockholm", "el": "Europe/Athens", "ca": "Europe/Madrid", "eu": "Europe/Madrid",
    "gl": "Europe/Madrid", "sr": "Europe/Belgrade", "sq": "Europe/Tirane", "mk": "Europe/Skopje",
}  # fmt: skip


def likely_zone(url: str, language: str | None) -> str | None:
    """The zone in which an outlet shows its times, as far as its address and language tell; None where they do not.

    Less strict than `time_zone`: it decides in which zone a moment is written down, and never what moment it is unless
    the page leaves the zone out.
    """
    domain = _top_domain(url)
    tongue, _, region = (language or "").replace("_", "-").partition("-")
    region = region.upper()
    return (
        time_zone(url, f"{tongue.lower()}-{region}" if region else tongue.lower())
        or _MAIN_ZONE.get(domain)
        or _MAIN_ZONE.get(region)
        or _MAIN_ZONE_OF_REGION.get(region)
        or (None if region else _CLOCK_OF_LANGUAGE.get(tongue.lower()))
    )


def _top_domain(url: str) -> str:
    """The last part of the host's name, in capitals; cheap, since it is asked for every page."""
    host = url.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
    return host.rstrip(".").rpartition(".")[2].upper()
