"""What an outlet changed between two texts of one article."""

from news.article import Article


def changes(old: Article, new: Article) -> tuple[str, ...]:
    """The kinds of change, the weightiest first: headline, number, quote, lead, paragraph_added, paragraph_removed, text, typo."""
    raise NotImplementedError
