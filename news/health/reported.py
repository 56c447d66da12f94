"""Rules whose alerts other parts of the program open and end, when they see the fault themselves."""

from datetime import datetime

from news.health.rule import Facts, Rule
from news.reasons import Reason

OUTLETS_SUBJECT = "outlets.toml"  # of the alert about that file
_PLACE = " --> "  # before a mistake's place, in a message about outlets.toml


def _since(facts: Facts) -> str:
    return f"since {datetime.fromisoformat(facts['since']):%Y-%m-%d %H:%M %Z}"


def _first_mistake(facts: Facts) -> str:
    """Return the first of the mistakes, with its place in the file."""
    first, *rest = str(facts["problem"]).splitlines()
    place = next((line.removeprefix(_PLACE) for line in rest if line.startswith(_PLACE)), None)
    return f"{first} ({place})" if place else first


DATABASE_AWAY = Rule(
    id="database_away",
    title="database cannot be reached",
    broken_when="the database has not answered for two minutes",
    describe=_since,
)
OFFLINE = Rule(
    id=Reason.OFFLINE,
    title="we are offline",
    broken_when="nearly all outlets cannot be reached at once; no outlet is blamed for it",
    describe=lambda facts: f"outlets that could not be reached: {facts['outlets']}",
)
OUTLETS_FILE = Rule(
    id="outlets_file",
    title="cannot be used, the last good one stays in force",
    broken_when="outlets.toml cannot be used; the last good one stays in force",
    describe=_first_mistake,
    more_lines=lambda facts: str(facts["problem"]).splitlines(),
    remedy="newskeep outlets check",
)
OUTLET_SET_ASIDE = Rule(
    id="outlet_set_aside",
    title="set aside",
    broken_when="an outlet killed three workers in a row and is no longer crawled; a person has to look",
    describe=lambda facts: f"{facts['deaths']} workers in a row died while they crawled it",
    remedy="newskeep outlets on {subject}",
)
