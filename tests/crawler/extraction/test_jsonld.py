"""JSON-LD of every kind, the broken and the hostile included."""

import json
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extraction.jsonld import Claims, read_claims

# ruff: noqa: E501 (scripts stay whole)


_KEYS = st.sampled_from(
    [
        "@type",
        "@id",
        "@graph",
        "@value",
        "headline",
        "name",
        "author",
        "creator",
        "publisher",
        "datePublished",
        "dateModified",
        "articleBody",
        "articleSection",
        "keywords",
        "image",
        "url",
        "caption",
        "inLanguage",
        "isAccessibleForFree",
        "givenName",
        "familyName",
    ]
)
_PLAIN = st.sampled_from(
    [
        None,
        True,
        7,
        -1,
        1e308,
        float("nan"),
        10**30,
        "",
        "NewsArticle",
        "Person",
        "Organization",
        "x",
        "\ud800",
        "\x00",
        "<b>&amp;",
    ]
)
_INNER = st.lists(_PLAIN, max_size=3) | st.dictionaries(_KEYS, _PLAIN, max_size=4)
_VALUES = _PLAIN | _INNER | st.lists(_INNER, max_size=3) | st.dictionaries(_KEYS, _INNER, max_size=4)


def of(*nodes: object) -> Claims:
    return read_claims([json.dumps(node) for node in nodes])


@given(st.lists(st.dictionaries(_KEYS, _VALUES, max_size=8), max_size=3))
@settings(max_examples=40)
def test_any_value_anywhere_gives_claims_of_the_right_types(nodes: list[Any]) -> None:
    claims = of(*nodes)

    for field in fields(Claims):
        value = getattr(claims, field.name)
        if isinstance(field.default, str):
            assert isinstance(value, str)
            assert value.encode() == value.encode("utf-8", "replace")
        elif isinstance(field.default, tuple):
            assert all(isinstance(item, str) for item in value)


@given(st.text(max_size=200) | st.text(alphabet='{}[]",:@/*<!-a1 ', max_size=200))
@settings(max_examples=100)
def test_any_text_for_a_script_gives_claims(script: str) -> None:
    assert isinstance(read_claims([script]), Claims)


@pytest.mark.parametrize(
    "script",
    ["/*" * 500_000, "]]>" * 500_000 + "x", "<!--" * 300_000, "," + " " * 900_000 + "x", '{"a":1' + ", " * 500_000, "[" * 900_000],
    ids=["comments", "ends of data", "beginnings", "spaces", "commas", "brackets"],
)  # fmt: skip
def test_a_script_that_goes_on_for_ever_claims_nothing(script: str) -> None:
    """None of them may take time that grows with the square of its length: at this size that would be minutes."""
    assert read_claims([script]) == Claims()


@pytest.mark.parametrize(
    "script",
    [
        '{"@type":"NewsArticle","author":"Jane Miller"}',
        '<!-- {"@type":"NewsArticle","author":"Jane Miller"} -->',
        '//<![CDATA[\n{"@type":"NewsArticle","author":"Jane Miller"}\n//]]>',
        '/*<![CDATA[*/{"@type":"NewsArticle","author":"Jane Miller"}/*]]>*/',
        '{"@type":"NewsArticle","author":"Jane Miller"} /* made by a machine */',
        '{"@type":"NewsArticle","author":"Jane Miller",};',
        "{&quot;@type&quot;:&quot;NewsArticle&quot;,&quot;author&quot;:&quot;Jane Miller&quot;}",
        '{"@type":"NewsArticle","author":"Jane Miller"}{"@type":"WebSite"}',
    ],
)
def test_what_hides_or_breaks_the_data_is_mended(script: str) -> None:
    assert read_claims([script]).authors == ("Jane Miller",)


def test_an_author_elsewhere_in_the_graph_is_found_by_its_id() -> None:
    claims = of(
        {
            "@graph": [
                {
                    "@type": "NewsArticle",
                    "author": [{"@id": "#jane"}, {"@id": "#nobody"}],
                    "publisher": {"@id": "#outlet"},
                },
                {"@type": "Person", "@id": "#jane", "name": "Jane Miller"},
                {"@type": "Organization", "@id": "#outlet", "name": "The Outlet"},
            ]
        }
    )

    assert (claims.authors, claims.sites) == (("Jane Miller",), ("The Outlet",))


def test_an_organisation_that_wrote_is_an_agency_and_one_that_publishes_is_the_site() -> None:
    author, publisher = {"@type": "Organization", "name": "The Agency"}, {"@type": "Organization", "name": "The Outlet"}
    claims = of({"@type": "NewsArticle", "author": author, "publisher": publisher})

    assert (claims.authors, claims.agencies, claims.sites) == (("The Agency",), ("The Agency",), ("The Outlet",))


def test_things_that_point_at_each_other_are_read() -> None:
    claims = of(
        {"@graph": [{"@type": "NewsArticle", "@id": "a", "author": {"@id": "b"}}, {"@id": "b", "name": {"@id": "a"}}]}
    )

    assert claims.authors == ()


def test_nesting_a_thousand_deep_is_read_or_left() -> None:
    deep = '{"@type":"NewsArticle","headline":"A","author":' * 1000 + '"Jane Miller"' + "}" * 1000

    assert read_claims([deep]).headline in ("A", "")
