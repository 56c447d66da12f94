"""Connection strings of the archive. Load nothing but the driver: health checks of containers need them."""

import re

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from news.errors import SettingError

_CONNECT_SECONDS = 10
_SCHEMES = ("postgresql://", "postgres://", "postgresql+psycopg://", "postgresql+psycopg2://")


def normal_url(url: str) -> str:
    """Return *url* with the scheme postgresql://. Raises SettingError, which never shows a password."""
    for scheme in _SCHEMES:
        if url.startswith(scheme):
            url = "postgresql://" + url.removeprefix(scheme)
            _check_readable(url)
            return url
    found = re.match(r"[a-z0-9+]{1,20}(?=://)", url)  # not what is before a colon: that may be a password
    raise SettingError(
        f"NEWSKEEP_DATABASE_URL starts with {found[0] if found else 'no scheme'}, and an archive lives in PostgreSQL",
        "NEWSKEEP_DATABASE_URL=postgresql://user:password@host:5432/database",
    )


def shown_url(url: str) -> str:
    """Return *url* without its password, for display."""
    parts = conninfo_to_dict(url)
    user, host, port = (str(parts.get(name) or "") for name in ("user", "host", "port"))
    account = user + (":***" if "password" in parts else "") + "@" if user else ""
    if host.startswith("/"):  # a socket's folder
        return f"postgresql://{account}/{parts.get('dbname', '')}?host={host}"
    return f"postgresql://{account}{host}{':' + port if port else ''}/{parts.get('dbname', '')}"


def with_defaults(url: str) -> str:
    """Return the connection string for *url*, with our name and time limits where it has none of its own."""
    own = conninfo_to_dict(url)
    defaults: dict[str, str | int] = {
        "connect_timeout": _CONNECT_SECONDS,
        "fallback_application_name": "newskeep",
        # a server that vanished is noticed within 20 seconds
        "keepalives_idle": 5,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20_000,
    }
    return make_conninfo(url, **{name: value for name, value in defaults.items() if name not in own})


def _check_readable(url: str) -> None:
    """Refuse a URL of which a part of the password could be taken for another part, and then be shown."""
    account, at, _ = url.partition("://")[2].rpartition("@")
    try:
        ports = str(conninfo_to_dict(url).get("port") or "").split(",")
        readable = all(port.isdecimal() or not port for port in ports)
    except ProgrammingError:  # its message repeats the URL with the password
        readable = False
    if not readable or (at and set("@/?#[]") & set(account)):
        raise SettingError(
            "NEWSKEEP_DATABASE_URL cannot be read as a PostgreSQL URL",
            "write @ : / ? # and % inside the password as %40 %3A %2F %3F %23 and %25",
        )
