"""How much of a stranger's document is read. Over its limit it is cut, not refused: the newest comes first."""

import gzip
import io
import zlib

MAX_FEED_BYTES = 4_000_000
MAX_SITEMAP_BYTES = 20_000_000  # 50,000 addresses of 300 characters, unpacked
MAX_PAGE_BYTES = 6_000_000
MAX_ROBOTS_BYTES = 500 * 1024  # what Google reads (RFC 9309 asks for at least that)
MAX_LINKS = 50_000  # per sitemap, the protocol's limit
MAX_PAGE_LINKS = 10_000
MAX_URL_CHARS = 2_000
MAX_TITLE_CHARS = 500

_GZIP_MAGIC = b"\x1f\x8b"


def unpacked(body: bytes, most: int) -> bytes:
    """The first *most* bytes of *body*, unpacked when it is gzip (declared or not); if damaged, its good part."""
    if not body.startswith(_GZIP_MAGIC):
        return body[:most]
    parts = bytearray()
    packed = gzip.GzipFile(fileobj=io.BytesIO(body))
    try:
        # One step at a time: the good part of a broken archive is already here when the error comes.
        while len(parts) < most and (part := packed.read1(min(65_536, most - len(parts)))):
            parts += part
    except (OSError, EOFError, zlib.error):
        pass
    return bytes(parts)
