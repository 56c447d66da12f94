"""Values of the fields of a WARC record: times and digests."""

import hashlib
import re
from base64 import b32decode
from dataclasses import dataclass
from datetime import UTC, datetime

# W3C's profile of ISO 8601: each part after the year may be left out; digits alone in ARC.
_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?)?)?"
    r"|(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(?:(\d\d)\d{0,3})?)?",
    re.ASCII,
)


def warc_time(text: str | None) -> datetime | None:
    """Parse a WARC time to whole seconds, a reduced one to its beginning; None for anything else."""
    match = _DATE.fullmatch(text or "")
    if match is None:
        return None
    *parts, seconds = match.group(1, 2, 3, 4, 5, 6) if match[1] else match.group(8, 9, 10, 11, 12, 13)
    numbers = [int(part or start) for part, start in zip(parts, (1, 1, 1, 0, 0), strict=True)]
    try:
        time = datetime(*numbers, min(int(seconds or 0), 59), tzinfo=UTC)  # type: ignore[arg-type, misc]
        zone = match[7] or "Z"
        return time if zone == "Z" else datetime.fromisoformat(f"{time:%Y-%m-%dT%H:%M:%S}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class StatedDigest:
    """A digest as a record states it, such as "sha1:BASE32"."""

    algorithm: str
    value: bytes

    def is_of(self, data: bytes) -> bool:
        """Whether *data* has this digest."""
        return hashlib.new(self.algorithm, data, usedforsecurity=False).digest() == self.value


def read_digest(text: str | None) -> StatedDigest | None:
    """Parse a digest in base 32 or 16; None for another form or an algorithm that hashlib does not know."""
    algorithm, _, value = (text or "").strip().partition(":")
    name = algorithm.lower().replace("-", "")
    try:
        size = hashlib.new(name, usedforsecurity=False).digest_size
        digest = bytes.fromhex(value) if len(value) == 2 * size else b32decode(value.upper() + "=" * (-len(value) % 8))
    except ValueError:
        return None
    return StatedDigest(name, digest) if size and len(digest) == size else None
