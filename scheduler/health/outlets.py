"""Judges an outlet that was looked at: counts its days anew and asks each rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from archive.outlet_days import (
    WatchedOutlet,
    count_days,
    emptied_listings,
    neighbours,
    read_days,
    read_looks,
)
from news.health import (
    VOLUME_DAYS,
    Judgement,
    OutletDay,
    Rule,
    Silence,
    State,
    common_share,
    layout_break,
    silent_outlet,
    usual_volume,
    volume_drop,
)
from news.watching import unwatched

_BACK = timedelta(days=VOLUME_DAYS + 10)
_JUDGED = timedelta(days=7)


@dataclass(slots=True)
class OutletJudge:
    """Asks the rules about one outlet after the other, and remembers what all outlets of a place did."""

    _common: dict[tuple[str, date], Mapping[date, float]] = field(default_factory=dict)

    def judge(
        self, conn: Connection, outlet: WatchedOutlet, now: datetime, layout_broke_at: datetime | None = None
    ) -> list[Judgement]:
        """What each rule says; the outlet's days are counted first. *layout_broke_at*: when the open alert began."""
        count_days(conn, outlet, now)
        return self.judge_counted(conn, outlet, now, layout_broke_at)

    def judge_counted(
        self, conn: Connection, outlet: WatchedOutlet, now: datetime, layout_broke_at: datetime | None = None
    ) -> list[Judgement]:
        """The same from the days that are counted; writes nothing."""
        today = now.astimezone(outlet.zone).date()
        days = read_days(conn, [outlet.id], today - _BACK)[outlet.id]
        broke = layout_broke_at.astimezone(outlet.zone).date() if layout_broke_at else None
        return [
            _silence(conn, outlet, days, now),
            self._volume(conn, outlet, days, today),
            layout_break(days, emptied_listings(conn, outlet.id), broke),
        ]

    def _volume(self, conn: Connection, outlet: WatchedOutlet, days: Sequence[OutletDay], today: date) -> Judgement:
        alone = volume_drop(days, today)
        if alone.state is not State.BROKEN:
            return alone
        return volume_drop(days, today, self._what_all_did(conn, outlet, today))

    def _what_all_did(self, conn: Connection, outlet: WatchedOutlet, today: date) -> Mapping[date, float]:
        """By how much each of the last days was weaker for all outlets of that time zone."""
        key = (str(outlet.zone), today)
        if key not in self._common:
            self._common = {key: _common_shares(conn, outlet, today)}
        return self._common[key]


def _silence(conn: Connection, outlet: WatchedOutlet, days: Sequence[OutletDay], now: datetime) -> Judgement:
    last = days[-1].last_article_at if days else None
    if last is None:
        return Judgement(Rule.SILENT_OUTLET, State.LEARNING)
    looks = read_looks(conn, outlet.id, last - timedelta(days=3), now)
    until = max((look.started_at for look in looks if look.counts), default=last)
    zone = outlet.zone
    away = unwatched(looks, last, until) if until > last else ()
    local = tuple((start.astimezone(zone), end.astimezone(zone)) for start, end in away)
    return silent_outlet(days, Silence(last.astimezone(zone), max(until, last).astimezone(zone), local))


def _common_shares(conn: Connection, outlet: WatchedOutlet, today: date) -> dict[date, float]:
    shares: dict[date, list[float]] = {}
    first = today - _JUDGED
    for days in read_days(conn, neighbours(conn, outlet), today - _BACK).values():
        for day in days:
            usual = usual_volume(days, day, first) if first <= day.day < today and day.counts else None
            if usual:
                shares.setdefault(day.day, []).append(day.articles / usual)
    return {day: common_share(found) for day, found in shares.items()}
