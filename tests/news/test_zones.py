"""Which time zone an outlet's address and language tell."""

import pytest

from news.zones import likely_zone, time_zone


@pytest.mark.parametrize(
    ("url", "language", "zone"),
    [
        ("https://krone.at/", "de", "Europe/Vienna"),
        ("https://krone.at/", "de-DE", "Europe/Vienna"),
        ("https://nzz.example/", "de-CH", "Europe/Zurich"),
        ("https://a.example/", "pl", "Europe/Warsaw"),
        ("https://a.example/", "de", None),
        ("https://a.example/", "en-US", None),
        ("https://a.us/", "en", None),
        ("https://a.io/", None, None),
    ],
)
def test_a_zone_is_found_only_where_there_is_no_choice(url: str, language: str | None, zone: str | None) -> None:
    assert time_zone(url, language) == zone


@pytest.mark.parametrize(
    ("url", "language", "zone"),
    [
        ("https://a.example/", "de", "Europe/Berlin"),  # Germany, Austria and Switzerland keep one clock
        ("https://a.com.au/", "en", "Australia/Sydney"),
        ("https://a.example/", "pt_BR", "America/Sao_Paulo"),
        ("https://a.example/", "es-CO", "America/Bogota"),
        ("https://a.co/", "es", None),  # sold to everybody
        ("https://a.example/", "fr-CA", "America/Toronto"),
        ("https://a.example/", "en-US", None),
        ("https://a.example/", "", None),
        ("no address", None, None),
    ],
)
def test_a_likely_zone_is_told_where_most_outlets_of_a_country_keep_one(
    url: str, language: str | None, zone: str | None
) -> None:
    assert likely_zone(url, language) == zone
