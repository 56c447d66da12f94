"""What site memory forgets: lines that stood on one or two pages long ago. What recurred is kept as evidence."""

from datetime import datetime

from sqlalchemy import Engine, text

from archive.storing.remembering import AROUND, first_key
from news.site_memory import OTHERS

_PERIODS = 13  # a year; what a daemon that slept longer left behind takes room and does no harm
_AT_ONCE, _TIMES = 5_000, 50


def forget_lines(engine: Engine, now: datetime) -> int:
    """Forget what counts for nothing any more, up to a quarter of a million lines; how many rows went."""
    since, until = (first_key(now, -periods) for periods in (AROUND + _PERIODS, AROUND))
    values = {"since": since, "until": until, "others": OTHERS, "most": _AT_ONCE}
    rows = 0
    for _ in range(_TIMES):
        with engine.begin() as conn:  # each lasts a moment
            gone = conn.execute(_FORGET, values).rowcount
        rows += gone
        if gone < _AT_ONCE:
            break
    return rows


_FORGET = text("""
delete from block_memory m using (
    select key from block_memory where key >= :since and key < :until
    group by key having count(*) <= :others order by key limit :most
) as old where m.key = old.key
""")
