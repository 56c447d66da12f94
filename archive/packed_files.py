"""Open files of other programs by their content: packed in any usual way, or several in a ZIP file."""

from __future__ import annotations

import bz2
import io
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

from backports import zstd

from news.errors import CaptureDamaged, NewsError
from news.exit_codes import ExitCode

if TYPE_CHECKING:
    Peekable = io.BufferedReader[Any]

PEEK = 1 << 16  # bytes
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
_LZ4, _ZSTD, _DICTIONARY = b"\x04\x22\x4d\x18", b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18"
_CAPTURES = (".warc", ".arc")
_PACKED = (".gz", ".zst", ".lz4", ".bz2")
_FREE_BYTES, _MOST_RATIO = 1 << 28, 500  # a part that unpacks to more is a bomb
_MOST_DICTIONARY = 1 << 24
_LOCAL_HEAD = struct.Struct("<26xHH")  # of a ZIP member, up to the lengths of its name and its further fields
_BROKEN = (zlib.error, zstd.ZstdError, zipfile.BadZipFile, struct.error, EOFError, OSError, ValueError, RuntimeError)


class CannotImport(NewsError):
    """The file is none that can be imported; nothing of it was written."""

    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class Part:
    """A file to import, or a member of one. gzip is left as it is, since a reader of records needs their places.

    `beginning` is unpacked. `offset` is where the part begins in the file on disk, None where it lies there packed.
    """

    name: str
    file: Peekable
    beginning: bytes
    offset: int | None


def is_capture_file(name: str) -> bool:
    """Whether a file of that name holds captures."""
    name = name.lower()
    packed = next((end for end in _PACKED if name.endswith(end)), "")
    return name.removesuffix(packed).endswith(_CAPTURES)


def parts_of(file: BinaryIO, name: str) -> Iterator[Part | CannotImport]:
    """Yield the file, or the capture files in it when it is a ZIP file such as WACZ; an error for a member of that.

    Raises CannotImport.
    """
    data = file if isinstance(file, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, file), PEEK)
    if data.peek(len(ZIP)).startswith(ZIP):
        yield from _members(data, name)
    else:
        yield _part(data, name, 0)


def _part(file: Peekable, name: str, offset: int | None, most: int | None = None) -> Part:
    """Return a part, unpacked unless it is packed with gzip; *most* bytes are read from it at most."""
    start = file.peek(PEEK)
    unpack = next((opener for magic, opener in _OPENERS.items() if start.startswith(magic)), None)
    if unpack is None and most is not None:
        unpack = _as_it_is
    try:
        opened = io.BufferedReader(_Guarded(unpack(file), most), PEEK) if unpack else file
        start = opened.peek(PEEK)
    except (*_BROKEN, CaptureDamaged) as error:
        raise CannotImport(f"{name} cannot be unpacked: {error.__cause__ or error}") from error
    beginning = _gunzipped(start) if start.startswith(GZIP) else start
    return Part(name, opened, beginning, offset if unpack in (None, _as_it_is) else None)


def _gunzipped(start: bytes) -> bytes:
    """Return the beginning of the first member that is not empty, or *start* as it is when that is damaged."""
    found = b""
    try:
        while start and not found:
            member = zlib.decompressobj(31)
            found, start = member.decompress(start, PEEK), member.unused_data
    except zlib.error:
        return start
    return found


# ZIP


def _members(file: Peekable, name: str) -> Iterator[Part | CannotImport]:
    with _seekable(file) as whole:
        try:
            archive = zipfile.ZipFile(whole)
        except _BROKEN as error:
            raise CannotImport(f"{name} cannot be unpacked: {error}") from error
        members = [info for info in archive.infolist() if is_capture_file(info.filename)]
        if not members:
            raise CannotImport(f"{name} is a ZIP file without captures (.warc, .warc.gz, .arc, .arc.gz)")
        for info in sorted(members, key=lambda info: info.filename):
            yield _member(archive, whole, info, name)


def _member(archive: zipfile.ZipFile, file: IO[bytes], info: zipfile.ZipInfo, name: str) -> Part | CannotImport:
    name, most = f"{name}/{info.filename}", max(_FREE_BYTES, _MOST_RATIO * info.compress_size)
    try:
        offset = _data_offset(file, info) if info.compress_type == zipfile.ZIP_STORED else None
        return _part(io.BufferedReader(cast(io.RawIOBase, archive.open(info)), PEEK), name, offset, most)
    except CannotImport as error:
        return error
    except _BROKEN as error:
        return CannotImport(f"{name} cannot be unpacked: {error}")


@contextmanager
def _seekable(file: Peekable) -> Iterator[IO[bytes]]:
    if file.seekable():
        yield file
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(file, copy)
        yield copy


def _data_offset(file: IO[bytes], info: zipfile.ZipInfo) -> int:
    """Return where a member's bytes begin: behind a head that the directory does not describe. Raises struct.error."""
    file.seek(info.header_offset)
    name_length, more_length = _LOCAL_HEAD.unpack(file.read(_LOCAL_HEAD.size))
    return info.header_offset + _LOCAL_HEAD.size + int(name_length) + int(more_length)


# Unpacking


class _Guarded(io.RawIOBase):
    """A file whose errors are CaptureDamaged, once; it ends after one, and after *most* bytes."""

    def __init__(self, file: BinaryIO, most: int | None) -> None:
        self._file: BinaryIO | None = file
        self._left = most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        if self._file is None:
            return 0
        try:
            data = self._file.read(len(buffer))
        except _BROKEN as error:
            self._file = None
            raise CaptureDamaged(f"a part cannot be unpacked: {error}") from error
        if self._left is not None:
            self._left -= len(data)
            if self._left < 0:
                self._file = None
                raise CaptureDamaged(f"it unpacks to more than {_MOST_RATIO} times its size")
        buffer[: len(data)] = data
        return len(data)


def _as_it_is(file: BinaryIO) -> BinaryIO:
    return file


def _zstd_with_dictionary(file: BinaryIO) -> BinaryIO:
    """Open a .warc.zst, whose first frame is skippable and holds a dictionary, perhaps packed itself."""
    size = int.from_bytes(file.read(8)[4:], "little")
    if size > _MOST_DICTIONARY:
        raise ValueError(f"a dictionary of {size} bytes")
    data = file.read(size)
    unpacked = zstd.ZstdFile(io.BytesIO(data)).read(_MOST_DICTIONARY) if data.startswith(_ZSTD) else data
    return cast(BinaryIO, zstd.ZstdFile(file, zstd_dict=zstd.ZstdDict(unpacked)))


def _lz4(file: BinaryIO) -> BinaryIO:
    try:
        import lz4.frame
    except ImportError as error:
        raise CannotImport("files packed with lz4 need a further package", "pip install 'newskeep[lz4]'") from error
    return cast(BinaryIO, lz4.frame.open(file))


def _refused(kind: str, program: str) -> Callable[[BinaryIO], BinaryIO]:
    def refuse(_: BinaryIO) -> BinaryIO:
        raise CannotImport(f"the file is packed with {kind}", f"{program} -dc FILE | newskeep import -")

    return refuse


_OPENERS: dict[bytes, Callable[[BinaryIO], BinaryIO]] = {
    _ZSTD: lambda file: cast(BinaryIO, zstd.ZstdFile(file)),
    _DICTIONARY: _zstd_with_dictionary,
    _LZ4: _lz4,
    b"BZh": lambda file: cast(BinaryIO, bz2.BZ2File(file)),
    b"\xfd7zXZ": _refused("xz", "xz"),  # what it unpacks with may take gigabytes
}
