"""ninjs 2.1, the JSON of the IPTC for news items: one item a line."""

from collections.abc import Sequence
from typing import Any, BinaryIO

from archive.export.format import About, Format, Row
from archive.export.formats.jsonl import Lines
from archive.export.tables import Column

_STANDARD = {"name": "ninjs", "version": "2.1", "schema": "https://www.iptc.org/std/ninjs/ninjs-schema_2.1.json"}


class Items(Lines):
    def write(self, row: Row) -> None:
        super().write({name: value for name, value in ninjs_item(row).items() if value not in (None, [], "")})


def ninjs_item(row: Row) -> dict[str, Any]:
    """Return the item of an article or a revision; what the page does not say is None or empty."""
    get = row.get
    body = get("body") or ""
    count = {"charcount": len(body), **({"wordcount": row["words"]} if "words" in row else {})}
    return {
        "uri": get("canonical_url") or get("url"),
        "standard": _STANDARD,
        "type": "text",
        "representationtype": "partial" if {"paywalled", "partial"} & set(get("flags") or ()) else "full",
        "version": str(get("number") or get("revisions") or ""),
        "firstcreated": get("date_published"),
        "versioncreated": get("date_modified") or get("captured_at"),
        "language": get("language"),
        "headlines": [{"role": "main", "value": get("headline")}] if get("headline") else [],
        "descriptions": [{"role": "lead", "value": get("lead")}] if get("lead") else [],
        "bodies": [{"contenttype": "text/plain", "value": body, **count}] if body else [],
        "by": ", ".join(get("authors") or ()),
        "subjects": [{"name": tag} for tag in [get("section"), *(get("tags") or ())] if tag],
        "infosources": [{"name": get("outlet")}] if get("outlet") else [],
        "altids": _other_ids(row),
        "associations": _image(row),
    }


def _other_ids(row: Row) -> list[dict[str, str]]:
    ids = {"newskeep": row.get("id") or row.get("article_id"), "story": row.get("story_id"), "url": row.get("url")}
    return [{"role": role, "value": value} for role, value in ids.items() if value]


def _image(row: Row) -> list[dict[str, Any]]:
    if not row.get("image_url"):
        return []
    image = {"name": "main", "uri": row["image_url"], "type": "picture", "by": row.get("image_credit")}
    caption = row.get("image_caption")
    described = [{"role": "caption", "value": caption}] if caption else None
    return [{name: value for name, value in {**image, "descriptions": described}.items() if value}]


class Ninjs(Format):
    name = "ninjs"
    suffix = ".ninjs.jsonl"
    words = "ninjs 2.1 of the IPTC, an item a line"
    fixed = True
    tables = frozenset({"articles", "revisions"})

    def open(self, part: BinaryIO, columns: Sequence[Column], about: About) -> Items:
        return Items(part)


FORMAT = Ninjs()
