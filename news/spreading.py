"""Spreads what would else happen at one moment: each name has its own place, the same one today and next year."""

from hashlib import blake2b


def share(*names: object) -> float:
    """A number from 0 up to, not including, 1 that depends on *names* alone and falls anywhere equally often."""
    digest = blake2b("\0".join(map(str, names)).encode("utf-8", "replace"), digest_size=6).digest()
    return int.from_bytes(digest, "big") / 2**48
