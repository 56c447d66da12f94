"""The table of fields drives what a page gives."""

from dataclasses import fields

from crawler.extraction.fields import FIELDS
from news.article import Article

CONTRACT = ["authors", "published_at", "language", "lead", "section"]  # keys that callers of `extract` rely on


def test_each_row_is_an_attribute_of_an_article_and_has_a_key_of_its_own() -> None:
    names = [field.name for field in FIELDS]

    assert set(names) < {field.name for field in fields(Article)}
    assert len(set(names)) == len(names)
    assert len({field.key for field in FIELDS}) == len(FIELDS)


def test_the_keys_of_the_contract_stay_in_their_order() -> None:
    assert [field.key for field in FIELDS if field.key in CONTRACT] == CONTRACT
