"""Retention: an outlet's articles are removed when they are older than its entry allows (`keep_for`)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Engine, text

from archive.home import Home
from archive.removal.removal import remove_articles
from news.outlets import Outlet

_AT_ONCE = 1000  # articles in one round


def remove_expired(engine: Engine, home: Home, outlets: Iterable[Outlet], now: datetime) -> int:
    """Remove the articles that were first captured longer ago than their outlet keeps them; return how many.

    Articles on hold stay.
    """
    removed = 0
    for outlet in outlets:
        if outlet.keep_for is None:
            continue
        values = {"outlet": outlet.name, "until": now - outlet.keep_for, "most": _AT_ONCE}
        with engine.connect() as conn:
            expired = list(conn.scalars(_EXPIRED, values))
        if expired:
            days = outlet.keep_for.total_seconds() / 86400
            removed += remove_articles(engine, home, expired, f"retention: kept for {days:g} days").articles
    return removed


_EXPIRED = text("""
select a.id from articles a join outlets o on o.id = a.outlet_id
where o.name = :outlet and a.first_captured_at < :until and not exists (select from holds where article_id = a.id)
order by a.first_captured_at limit :most
""")
