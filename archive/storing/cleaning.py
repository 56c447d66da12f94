"""Articles as the database takes them."""

from dataclasses import replace

from news.article import Article, Block, Evidence, Image
from news.text import storable


def clean_article(article: Article) -> Article:
    """The article without NUL bytes and lone surrogates anywhere."""
    return replace(
        article,
        url=storable(article.url),
        headline=_text(article.headline),
        lead=_text(article.lead),
        blocks=tuple(_block(block) for block in article.blocks),
        authors=tuple(storable(author) for author in article.authors),
        language=_text(article.language),
        section=_text(article.section),
        tags=tuple(storable(tag) for tag in article.tags),
        image=_image(article.image),
        canonical_url=_text(article.canonical_url),
        evidence=tuple(Evidence(e.field, storable(e.source), storable(e.value)) for e in article.evidence),
    )


def _text(text: str | None) -> str | None:
    return None if text is None else storable(text)


def _block(block: Block) -> Block:
    clean = storable(block.text)
    return block if clean == block.text else block._replace(text=clean)


def _image(image: Image | None) -> Image | None:
    return image and Image(storable(image.url), _text(image.caption), _text(image.credit))
