"""All settings in one table. They are read once, at the start, and passed on as arguments.

The names are the same in the environment, in `newskeep.toml` (in NEWSKEEP_HOME, beside outlets.toml) and in
docs/settings.md.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from news.errors import SettingError

_MAIL_ADDRESS = re.compile(r"[^\s@,<>\"()\\]{1,64}@[^\s@,<>\"()\\]{1,255}")
LEAST_WORKER_BYTES = 250_000_000  # an idle worker uses half of it
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(text)
        return text.lower()

    return read


def _store(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9+]+://\S+", text):
        raise ValueError(text)
    return text


def _copies(text: str) -> tuple[str, ...]:
    return tuple(part if part.startswith("/") else _store(part) for part in map(str.strip, text.split(",")) if part)


def _address(*schemes: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        parts = urlsplit(text)
        _ = parts.port  # raises ValueError if it is not a number
        if parts.scheme not in schemes or not parts.hostname or not text.isprintable() or " " in text:
            raise ValueError(text)
        return text

    return read


def _service_urls(text: str) -> tuple[str, ...]:
    """Return URLs separated by commas or blanks; a comma within a URL belongs to it."""
    urls = tuple(url for url in re.split(r"[,\s]+(?=[A-Za-z0-9]+://)", text.strip(" ,\n")) if url)
    if not all(re.fullmatch(r"[A-Za-z0-9]+://\S+", url) for url in urls):
        raise ValueError(text)
    return urls


def _mail_addresses(text: str) -> tuple[str, ...]:
    addresses = tuple(part.strip() for part in text.split(",") if part.strip())
    if not all(_MAIL_ADDRESS.fullmatch(address) for address in addresses):
        raise ValueError(text)
    return addresses


def _mail_address(text: str) -> str:
    [address] = _mail_addresses(text)
    return address


def _listener(text: str) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    if not parts.hostname or not parts.port or parts.path or parts.username:
        raise ValueError(text)
    return parts.hostname, parts.port


def _seconds(least: float = 0) -> Callable[[str], float]:
    def read(text: str) -> float:
        number = float(text)
        if not least <= number < float("inf"):
            raise ValueError(text)
        return number

    return read


def _whole(least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text)
        if number < least:
            raise ValueError(text)
        return number

    return read


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: name, default, purpose, how its text is read, and a noun for valid values."""

    name: str
    default: Any
    purpose: str
    read: Callable[[str], Any] = str
    kind: str = "text"
    secret: bool = False  # its value is never shown


SETTINGS = (
    Setting("NEWSKEEP_HOME", None, "Data folder: outlets.toml, newskeep.toml, captures/, postgres/."),
    Setting("NEWSKEEP_DATABASE_URL", None, "URL of the archive's database; empty: the embedded server."),
    Setting("DATABASE_WAIT_SECONDS", 5.0, "How long to wait for a database server that does not answer yet.",
            _seconds(), "a number of seconds"),
    Setting("NEWSKEEP_CONTACT", None, "Mail or web address in the user agent; required before the first live crawl."),
    Setting("NEWSKEEP_ALLOW_NETWORKS", (), "Private or loopback networks that may be fetched (CIDR, comma-separated).",
            _networks, "a list of networks such as 127.0.0.0/8"),
    Setting("CRAWL_DELAY_SECONDS", 2.0, "Pause between two requests to one site, unless robots.txt asks for more.",
            _seconds(), "a number of seconds"),
    Setting("CRAWL_TIMEOUT_SECONDS", 14400.0, "A longer crawl is stopped; what is left waits for the next.",
            _seconds(), "a number of seconds"),
    Setting("CRAWL_OUTLETS_AT_ONCE", 32, "Outlets that one command or worker crawls at the same time.",
            _whole(1), "a whole number from 1"),
    Setting("WORKER_PROCESSES", 1, "Workers of `newskeep daemon` or `newskeep worker`; 0: the daemon only decides.",
            _whole(0), "a whole number from 0"),
    Setting("WORKER_SILENCE_SECONDS", 15.0, "A worker whose event loop is silent for longer is killed and replaced.",
            _seconds(3), "a number of seconds from 3"),
    Setting("WORKER_MAX_CRAWLS", 2000, "A worker is replaced after so many crawls.",
            _whole(1), "a whole number from 1"),
    Setting("WORKER_MAX_BYTES", 800_000_000, "A worker that uses more memory is replaced.",
            _whole(LEAST_WORKER_BYTES), "a whole number from 250000000"),
    Setting("PROCESS_SILENCE_SECONDS", 20.0, "A process without a heartbeat in the database for longer counts as dead.",
            _seconds(15), "a number of seconds from 15"),
    Setting("FETCH_TIMEOUT_SECONDS", 30.0, "A page that takes longer in all, with its retries and redirects, fails.",
            _seconds(), "a number of seconds"),
    Setting("FETCH_MAX_BYTES", 16_000_000, "A larger body, compressed or not, is refused.",
            _whole(1), "a whole number from 1"),
    Setting("FETCH_MAX_REDIRECTS", 5, "A page with more redirects fails.",
            _whole(1), "a whole number from 1"),
    Setting("CAPTURE_ROLL_BYTES", 1_000_000_000, "At this size a capture file is closed and a new one begun.",
            _whole(1), "a whole number from 1"),
    Setting("CAPTURE_ROLL_SECONDS", 86400.0, "At this age a capture file is closed and a new one begun.",
            _seconds(), "a number of seconds"),
    Setting("CAPTURE_STORE", None, "Where finished capture files are moved, verified; empty: they stay in captures/.",
            _store, "an address such as s3://bucket/folder or file:///mnt/folder"),
    Setting("CAPTURE_COPIES", (), "Folders or addresses with second copies of capture files, for repairs.",
            _copies, "a list of absolute paths or addresses"),
    Setting("VERIFY_BYTES_A_DAY", 2_000_000_000, "How much of the archive the daemon checks each day.",
            _whole(0), "a whole number from 0"),
    Setting("BACKUP_TO", None, "Where `newskeep backup` and the daemon put backups: a folder or an address such as "
            "s3://bucket/folder; empty: the daemon makes none."),
    Setting("BACKUP_EVERY_SECONDS", 86400.0, "How often the daemon makes a backup, if BACKUP_TO is set.",
            _seconds(60), "a number of seconds from 60"),
    Setting("BACKUP_KEEP", 14, "Backups that are kept in BACKUP_TO; 0: all.",
            _whole(0), "a whole number from 0"),
    Setting("LOG_LEVEL", None, "Lowest level logged: debug, info, warning, error; empty: info, for commands warning.",
            _one_of("debug", "info", "warning", "error"), "one of debug, info, warning, error"),
    Setting("ALERT_WEBHOOK_URL", None, "Address that gets alerts as a POST of JSON.",
            _address("http", "https"), "an http or https address", secret=True),
    Setting("ALERT_SMTP_URL", None, "Mail server for alerts: smtp://user:password@host:587 or smtps://user:password@host.",
            _address("smtp", "smtps"), "an smtp or smtps address", secret=True),
    Setting("ALERT_MAIL_TO", (), "Mail addresses that get alerts (comma-separated).",
            _mail_addresses, "a list of mail addresses"),
    Setting("ALERT_MAIL_FROM", None, "Sender of alerts; empty: newskeep@ and the machine's name.",
            _mail_address, "a mail address"),
    Setting("ALERT_URLS", (), "More services for alerts, as Apprise URLs: slack://…, ntfys://… (comma-separated).",
            _service_urls, "a list of URLs", secret=True),
    Setting("METRICS_LISTEN", None, "Address and port for Prometheus, as 127.0.0.1:9464; empty: no metrics.",
            _listener, "an address and a port such as 127.0.0.1:9464"),
    Setting("DEADMAN_URL", None, "Address that the leading daemon requests once a minute while all is well.",
            _address("http", "https"), "an http or https address", secret=True),
    Setting("LOOP_STALL_SECONDS", 60, "A daemon whose event loop stalls for longer ends with exit code 70.",
            _whole(1), "a whole number from 1"),
    Setting("LOG_FORMAT", "auto", "Format of the log: json, text, or auto (text on a terminal, json elsewhere).",
            _one_of("auto", "json", "text"), "one of auto, json, text"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """The values by name: `settings["CRAWL_DELAY_SECONDS"]`."""

    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


def read_settings(*sources: Mapping[str, object]) -> Settings:
    """Return the settings of *sources*; the first source that has one wins, and an empty text counts as absent.

    Raises SettingError, which names the setting and its value, if a value cannot be read.
    """
    return Settings({setting.name: _value(setting, sources) for setting in SETTINGS})


def _value(setting: Setting, sources: tuple[Mapping[str, object], ...]) -> Any:
    value = next((source[setting.name] for source in sources if source.get(setting.name) not in (None, "")), None)
    if value is None:
        return setting.default
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    try:
        return setting.read(text)
    except ValueError as error:
        named = setting.name if setting.secret else f"{setting.name}={text!r}"
        hint = f"correct {setting.name} in the environment or in newskeep.toml; docs/settings.md lists the settings"
        raise SettingError(f"{named} is not {setting.kind}", hint) from (None if setting.secret else error)
