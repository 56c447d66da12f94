"""The bytes of a WARC file that anybody wrote, gzip undone as they are asked for: a small file may hold gigabytes."""

import zlib
from typing import BinaryIO

from news.errors import CaptureDamaged

_GZIP_MAGIC = b"\x1f\x8b"
_MEMBER_START = b"\x1f\x8b\x08"
_STEP = 1 << 16


class Unpacked:
    """Reads forward only. gzip may come as one member for each record, as one for all, or not at all.

    Raises CaptureDamaged where the stream cannot be unpacked; `skip_damage` goes on behind that place.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._packed = b""  # read and not unpacked yet
        self._buffer = b""  # unpacked and not asked for yet
        self._taken = 0  # bytes read from the file
        self._member: zlib._Decompress | None = None
        self._member_start = 0
        self._of_member = 0  # bytes of it that were asked for
        self._read_more()
        self._is_gzip = self._packed.startswith(_GZIP_MAGIC)

    def line(self, most: int) -> bytes:
        """The next line, its end included, or the first *most* bytes of it; empty at the end."""
        while (end := self._buffer.find(b"\n")) < 0 and len(self._buffer) < most and self._unpack():
            pass
        return self._take(min(end + 1 if end >= 0 else len(self._buffer), most))

    def read(self, number: int) -> bytes:
        """So many bytes, fewer at the end."""
        pieces, wanted = [], number
        while wanted and (self._buffer or self._unpack()):
            pieces.append(self._take(wanted))
            wanted -= len(pieces[-1])
        return b"".join(pieces)

    def skip(self, number: int) -> bool:
        """Pass over so many bytes without holding them; False when there were fewer."""
        while number and (self._buffer or self._unpack()):
            number -= len(self._take(number))
        return not number

    def put_back(self, data: bytes) -> None:
        """Let *data*, which was just taken, be taken again."""
        self._buffer = data + self._buffer
        self._of_member -= len(data)

    def place(self) -> tuple[int, bool]:
        """Where in the file as it lies the next byte is, and whether a record can be read from there alone."""
        if not self._is_gzip:
            return self._taken - len(self._packed) - len(self._buffer), True
        while not self._buffer and self._unpack():
            pass
        if not self._buffer:
            return self._taken, True
        return self._member_start, not self._of_member

    def member_ends(self) -> int | None:
        """Where the gzip member ends of which everything was taken; None where there is more of it, or none."""
        while self._member and not self._buffer:
            self._unpack()
        over = self._is_gzip and not self._member and not self._buffer
        return self._taken - len(self._packed) if over else None

    def skip_damage(self) -> bool:
        """Go on at the next gzip member behind a place that could not be unpacked; False when there is none."""
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
        self._of_member += len(data)
        return data

    def _read_more(self) -> bool:
        data = self._file.read(_STEP)
        self._taken += len(data)
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
        self._member_start = self._taken - len(self._packed)
        self._member, self._of_member = zlib.decompressobj(31), 0
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
