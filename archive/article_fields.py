"""The fields of an article: how each is cleaned, where it is stored, and how it is shown.

A new field is a row here, its extractor in `crawler.extraction`, and a migration that makes the view v_articles anew.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from news.article import Article, Block, Evidence, Image
from news.text import storable

# PostgreSQL's text search configuration for each language; those of version 15, the oldest that we support.
CONFIGS = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "da": "danish", "nl": "dutch", "en": "english",
    "fi": "finnish", "fr": "french", "de": "german", "el": "greek", "hi": "hindi", "hu": "hungarian",
    "id": "indonesian", "ga": "irish", "it": "italian", "lt": "lithuanian", "ne": "nepali", "no": "norwegian",
    "nb": "norwegian", "nn": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "es": "spanish", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column of v_articles, which is a key of `show --json` and a line of `show` as well.

    `path` leads to its value in `readings.fields`; `label` names the line, `meaning` explains it in codebooks.
    """

    name: str
    path: tuple[str, ...]
    label: str
    meaning: str
    is_list: bool = False

    @property
    def sql(self) -> str:
        """The column's definition over `readings d`."""
        return f"{self.value_sql} as {self.name}"

    @property
    def value_sql(self) -> str:
        """Its value over `readings d`; null where the page says nothing, an empty list for lists."""
        path = ",".join(self.path)
        if self.is_list:
            return f"array(select jsonb_array_elements_text(d.fields #> '{{{path}}}'))"
        return f"d.fields #>> '{{{path}}}'"

    def value_in(self, fields: Mapping[str, Any]) -> Any:
        """Look the value up in a reading's *fields*; None, or an empty list, where the page says nothing."""
        value: Any = fields
        for key in self.path:
            value = (value or {}).get(key)
        return (value or []) if self.is_list else value


@dataclass(frozen=True, slots=True)
class StoredField:
    """A field of `news.article.Article`.

    `clean` removes what PostgreSQL cannot store; `stored` makes the value to be stored. Fields `in_revision` are
    columns of `revisions`, the others keys of `readings.fields`, with their `columns`.
    """

    name: str
    clean: Callable[[Any], Any] = lambda value: value
    stored: Callable[[Any], Any] = lambda value: value
    in_revision: bool = False
    columns: tuple[Column, ...] = ()


def search_config(language: str | None) -> str:
    """Return the text search configuration for a language tag such as de-AT; `simple` (no stems) without one."""
    primary = (language or "").replace("_", "-").partition("-")[0].lower()
    return CONFIGS.get(primary, "simple")


def clean_article(article: Article) -> Article:
    """Remove NUL bytes and lone surrogates from every text of the article."""
    cleaned = {field.name: field.clean(getattr(article, field.name)) for field in FIELDS}
    return replace(article, url=storable(article.url), blocks=tuple(map(_block, article.blocks)), **cleaned)


def revision_fields(article: Article) -> dict[str, Any]:
    """Return the values for the columns of `revisions`."""
    return {field.name: field.stored(getattr(article, field.name)) for field in FIELDS if field.in_revision}


def reading_fields(article: Article) -> dict[str, Any]:
    """Return the values for `readings.fields`."""
    return {field.name: field.stored(getattr(article, field.name)) for field in FIELDS if not field.in_revision}


def _text(text: str | None) -> str | None:
    return None if text is None else storable(text)


def _texts(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(storable, texts))


def _block(block: Block) -> Block:
    clean = storable(block.text)
    return block if clean == block.text else block._replace(text=clean)


def _image(image: Image | None) -> Image | None:
    return image and Image(storable(image.url), _text(image.caption), _text(image.credit))


def _evidence(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    return tuple(Evidence(item.field, storable(item.source), storable(item.value)) for item in evidence)


FIELDS = (
    StoredField("headline", _text, in_revision=True),
    StoredField("lead", _text, in_revision=True),
    StoredField("authors", _texts, list, in_revision=True),
    StoredField("language", _text, in_revision=True),
    StoredField("date_published", in_revision=True),
    StoredField("date_modified", in_revision=True),
    StoredField(
        "section", _text, columns=(Column("section", ("section",), "section", "The section as the page names it."),)
    ),
    StoredField(
        "tags", _texts, list, columns=(Column("tags", ("tags",), "tags", "The page's keywords.", is_list=True),)
    ),
    StoredField(
        "image",
        _image,
        lambda image: asdict(image) if image else None,
        columns=(
            Column("image_url", ("image", "url"), "image", "The address of the leading image."),
            Column("image_caption", ("image", "caption"), "caption", "The leading image's caption."),
            Column("image_credit", ("image", "credit"), "credit", "Its photographer or agency."),
        ),
    ),
    StoredField("canonical_url", _text),
    StoredField("flags", stored=sorted),
    StoredField("evidence", _evidence, lambda evidence: [[item.field, item.source, item.value] for item in evidence]),
)
COLUMNS = tuple(column for field in FIELDS for column in field.columns)
