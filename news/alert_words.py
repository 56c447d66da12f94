"""An alert in words: one line that a person can act on, whatever strangers wrote into the facts."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from news.text import one_line

_LONGEST = 300
Facts = Mapping[str, Any]


def sentence(rule: str, subject: str, facts: Facts) -> str:
    """What is wrong: "krone: silent for 14.0 hours, …", on one line without control characters."""
    words = _WORDS.get(rule, _plainly)
    try:
        said = words(facts)
    except (KeyError, TypeError, ValueError, AttributeError):  # facts of another version
        said = _plainly(facts)
    return one_line(f"{subject}: {_NAMES.get(rule, rule.replace('_', ' '))}" + (f", {said}" if said else ""))[
        :_LONGEST
    ].rstrip()


def headline(opened: int, ended: int, first: str) -> str:
    """The subject of a message about so many alerts that opened and ended; *first* is the first one's sentence."""
    if opened + ended == 1:
        return one_line(("" if opened else "over: ") + first)[:150].rstrip()
    parts = [f"{opened} alert{'s' if opened != 1 else ''}"] if opened else []
    parts += [f"{ended} over"] if ended else []
    return one_line(f"{', '.join(parts)}: {first} …")[:150].rstrip()


def _silent(facts: Facts) -> str:
    since = datetime.fromisoformat(facts["last_article_at"])
    return (f"{_hours(facts['silent_hours'])} since {since:%Y-%m-%d %H:%M %Z}, {facts['expected']:g} articles were to "
            f"be expected, the longest pause of six weeks was {_hours(facts['longest_hours'])}")  # fmt: skip


def _volume(facts: Facts) -> str:
    pairs = [f"{seen} of {usual:g}" for seen, usual in zip(facts["articles"], facts["usual"], strict=True)]
    return f"articles of the usual number on the last days until {facts['last_day']}: {', '.join(pairs)}"


def _layout(facts: Facts) -> str:
    return "; ".join(_SIGNS[name](sign) for name, sign in facts["signs"].items() if name in _SIGNS)


def _share(of: str) -> Callable[[Facts], str]:
    return lambda sign: f"{sign['share']:.0%} of articles have {of}, usually {sign['usual']:.0%}"


def _disk(facts: Facts) -> str:
    full = f", full in {facts['days']:g} days" if facts.get("days") is not None else ""
    return f"{facts['free_bytes'] / 1e9:,.1f} GB free{full}"


def _database(facts: Facts) -> str:
    return (f"answers in {facts['answer_seconds']:g} s, {facts['connections']} of {facts['max_connections']} "
            f"connections, {facts['transactions_used']:.0%} of transaction numbers used")  # fmt: skip


def _clock(facts: Facts) -> str:
    way = "ahead of" if facts["seconds"] > 0 else "behind"
    return f"{abs(facts['seconds']):g} s {way} the database's"


def _memory(facts: Facts) -> str:
    container = facts.get("container_allows")
    held = f"{facts['bytes'] / 1e6:,.0f} MB in this process"
    return held + (f", {facts['container_bytes'] / container:.0%} of the container's" if container else "")


def _worker(facts: Facts) -> str:
    heard = facts.get("silent_seconds")
    worker = "no worker runs" if heard is None else f"no worker was heard of for {heard} s"
    return f"{facts['due']} outlets wait, {worker}"


def _plainly(facts: Facts) -> str:
    return ", ".join(f"{name}: {value}" for name, value in facts.items())


def _hours(hours: float) -> str:
    return f"{hours:g} hours" if hours < 48 else f"{hours / 24:.1f} days"


_NAMES = {
    "silent_outlet": "silent",
    "volume_drop": "publishes less",
    "layout_break": "layout has changed",
    "disk_full_soon": "disk full soon",
    "database_away": "database cannot be reached",
    "database_strained": "database under strain",
    "clock_wrong": "clock is wrong",
    "backup_old": "last backup is old",
    "memory_high": "memory is short",
    "no_worker": "nobody crawls",
    "offline": "we are offline",
    "outlets_file": "cannot be used, the last good one stays in force",
    "outlet_set_aside": "set aside",
}
_WORDS: Mapping[str, Callable[[Facts], str]] = {
    "silent_outlet": _silent,
    "volume_drop": _volume,
    "layout_break": _layout,
    "disk_full_soon": _disk,
    "database_away": lambda facts: f"since {datetime.fromisoformat(facts['since']):%Y-%m-%d %H:%M %Z}",
    "database_strained": _database,
    "clock_wrong": _clock,
    "backup_old": lambda facts: f"made {facts['days']:g} days ago",
    "memory_high": _memory,
    "no_worker": _worker,
    "offline": lambda facts: f"outlets that could not be reached: {facts['outlets']}",
    "outlets_file": lambda facts: str(facts["problem"]),
    "outlet_set_aside": lambda facts: f"{facts['deaths']} workers in a row died while they crawled it",
}
_SIGNS: Mapping[str, Callable[[Any], str]] = {
    "listings": lambda urls: f"no links any more on {', '.join(urls)}",
    "same_ending": lambda s: f"{s['share']:.0%} of texts end with the same paragraph, usually {s['usual']:.0%}",
    "shorter": lambda s: f"texts have {s['words']} words, usually {s['usual']}",
    "headlines": _share("a headline"),
    "dates": _share("a date"),
    "authors": _share("an author"),
    "leads": _share("a lead"),
    "sections": _share("a section"),
    "images": _share("a picture"),
    "languages": _share("a language"),
    "removed": lambda s: f"{s['share']:.0%} of the words are set aside, usually {s['usual']:.0%}",
}
