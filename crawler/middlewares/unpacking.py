"""Undoes content-encoding as whoever reads the capture later will: a body that broke off is no page."""

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware

from archive.captures.response import decode
from crawler.safety.reasons import Refused
from news.errors import BodyTooLarge, CaptureDamaged


class UnpackingMiddleware(HttpCompressionMiddleware):
    """Scrapy's, with the archive's decoder: Scrapy's own hands on the first half of a stream as if it were all."""

    def _handle_encoding(self, body: bytes, content_encoding: list[bytes], max_size: int) -> tuple[bytes, list[bytes]]:
        names = b",".join(content_encoding).decode("latin-1")
        try:
            return decode(body, names, max_size), []
        except BodyTooLarge as error:
            raise Refused("too_large") from error
        except CaptureDamaged as error:
            raise Refused("cut_off" if isinstance(error.__cause__, EOFError) else "bad_encoding") from error
