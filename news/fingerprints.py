"""Digests that say when two texts are one: of the exact body, of what a reader sees, of its letters alone. All sha256, 32 bytes."""

from news.article import Article


def body_digest(body: str) -> bytes:
    """Of the exact text: the key of the `texts` table."""
    raise NotImplementedError


def text_digest(article: Article) -> bytes:
    """Of headline, lead and body as read: white space, quote style, dashes and invisible characters do not count."""
    raise NotImplementedError


def letters_digest(text: str) -> bytes:
    """Of the letters and digits of *text* alone, in lower case."""
    raise NotImplementedError
