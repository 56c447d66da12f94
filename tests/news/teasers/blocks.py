"""A short article in blocks, for the rules that set teasers and promos aside."""

# ruff: noqa: E501 (sentences and markup stay whole)

from news.article import Article, Block
from news.teasers import remove_teasers

PROSE = "The council met on Monday evening and decided, after three hours of debate, to repair the old bridge over the river."
MORE = "The works will take two years, the mayor said, and cost more than the town has set aside for all of its roads together."
URL = "https://outlet.example/a"


def article(*texts: str | Block, headline: str | None = None, authors: tuple[str, ...] = ()) -> Article:
    """Return an article whose blocks are *texts*."""
    blocks = tuple(text if isinstance(text, Block) else Block(text) for text in texts)
    return Article(URL, headline, blocks=blocks, authors=authors)


def paragraphs_left(*texts: str | Block, **fields: object) -> tuple[str, ...]:
    """Return the paragraphs of such an article that the rules leave."""
    return remove_teasers(article(*texts, **fields)).paragraphs  # type: ignore[arg-type]


def linked(text: str) -> Block:
    return Block(text, link_share=1.0)


def heading(text: str) -> Block:
    return Block(text, tag="h2")
