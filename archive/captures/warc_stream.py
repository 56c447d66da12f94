"""The bytes of a file of records, unpacked as they are read."""

import zlib
from typing import BinaryIO

from news.errors import CaptureDamaged

_STEP = 1 << 16
_GZIP_MAGIC = b"\x1f\x8b"
_MEMBER_START = b"\x1f\x8b\x08"


class UnpackedStream:
    """The bytes of a file, read forward only; gzip is unpacked on demand, since a small file may hold gigabytes.

    gzip may come as one member for each record, as one for all, or not at all. Raises CaptureDamaged where the stream
    cannot be unpacked; `skip_damage` goes on behind that place.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._packed = b""  # read, not yet unpacked
        self._buffer = b""  # unpacked, not yet taken
        self._bytes_read = 0  # from the file
        self._member: zlib._Decompress | None = None
        self._member_start = 0
        self._taken_of_member = 0  # bytes
        self._read_more()
        self._is_gzip = self._packed.startswith(_GZIP_MAGIC)

    def line(self, max_bytes: int) -> bytes:
        """Take the next line, its end included, or its first *max_bytes* bytes; empty at the end."""
        while (end := self._buffer.find(b"\n")) < 0 and len(self._buffer) < max_bytes and self._unpack():
            pass
        return self._take(min(end + 1 if end >= 0 else len(self._buffer), max_bytes))

    def read(self, number: int) -> bytes:
        """Take the next *number* bytes, fewer at the end."""
        pieces, missing = [], number
        while missing and (self._buffer or self._unpack()):
            pieces.append(self._take(missing))
            missing -= len(pieces[-1])
        return b"".join(pieces)

    def skip(self, number: int) -> bool:
        """Skip *number* bytes without holding them; False when there were fewer."""
        while number and (self._buffer or self._unpack()):
            number -= len(self._take(number))
        return not number

    def put_back(self, data: bytes) -> None:
        """Return *data*, which was just taken, to the stream."""
        self._buffer = data + self._buffer
        self._taken_of_member -= len(data)

    def place(self) -> tuple[int, bool]:
        """Return the next byte's offset in the file as it lies, and whether a record can be read from there alone."""
        if not self._is_gzip:
            return self._bytes_read - len(self._packed) - len(self._buffer), True
        while not self._buffer and self._unpack():
            pass
        if not self._buffer:
            return self._bytes_read, True
        return self._member_start, not self._taken_of_member

    def plain_place(self) -> int | None:
        """Return the next byte's offset in a file that is not packed."""
        return None if self._is_gzip else self.place()[0]

    def member_end(self) -> int | None:
        """Return the end of the gzip member when all of it was taken; None before that, and without gzip."""
        while self._member and not self._buffer:
            self._unpack()
        over = self._is_gzip and not self._member and not self._buffer
        return self._bytes_read - len(self._packed) if over else None

    def skip_damage(self) -> bool:
        """Go to the next gzip member behind a place that could not be unpacked; False when there is none."""
        self._buffer, self._member = b"", None
        self._packed = self._packed[1:]
        while (start := self._packed.find(_MEMBER_START)) < 0:
            self._packed = self._packed[-2:]
            if not self._read_more():
                return False
        self._packed = self._packed[start:]
        return True

    def _take(self, number: int) -> bytes:
        data, self._buffer = self._buffer[:number], self._buffer[number:]
        self._taken_of_member += len(data)
        return data

    def _read_more(self) -> bool:
        data = self._file.read(_STEP)
        self._bytes_read += len(data)
        self._packed += data
        return bool(data)

    def _unpack(self) -> bool:
        """Add a piece to the buffer; False at the end of the file."""
        if not self._packed and not self._read_more():
            if self._member:
                self._member = None
                raise CaptureDamaged("the file ends in the middle of a record")
            return False
        if not self._is_gzip:
            self._buffer, self._packed = self._buffer + self._packed, b""
        elif self._member or self._begin_member():
            self._unpack_member()
        return True

    def _begin_member(self) -> bool:
        """Start on the next member; False when only padding was there."""
        self._packed = self._packed.lstrip(b"\0")
        while self._packed and len(self._packed) < len(_MEMBER_START) and self._read_more():
            pass
        if not self._packed:
            return False
        self._member_start = self._bytes_read - len(self._packed)
        self._member, self._taken_of_member = zlib.decompressobj(31), 0
        return True

    def _unpack_member(self) -> None:
        assert self._member
        try:
            self._buffer += self._member.decompress(self._packed, _STEP)
        except zlib.error as error:
            self._member = None
            raise CaptureDamaged(f"a part cannot be unpacked: {error}") from error
        self._packed = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
        if self._member.eof:
            self._member = None
