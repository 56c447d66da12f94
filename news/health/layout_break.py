"""The rule for pages that are read wrongly, mostly because the outlet's layout has changed."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from math import sqrt
from statistics import mean, median
from typing import Any

from news.health.outlet_day import LEARN_DAYS, OutletDay, OutletHistory
from news.health.rule import Facts, Judgement, OutletRule, State
from news.health.volume_drop import CHANCE_SQUARE, SIGMAS

ACCEPT_AFTER = timedelta(days=28)  # what has been unusual for so long is usual from then on

_ENDING_SHARE, _ENDING_MORE, _ENDING_LEAST = 0.30, 0.15, 5
_WORDS_SHARE = 0.65
# by how much rarer a field must be found; all pages have the first two, the others vary with the texts
_FIELD_POINTS = {"headlines": 0.1, "dates": 0.1, "authors": 0.2, "leads": 0.2, "sections": 0.2, "images": 0.2,
                 "languages": 0.2}  # fmt: skip
_REMOVED_POINTS = 0.2
_RECENT_TEXTS = 20, 60  # few show a layout that broke altogether at once, more one that half broke
_RECENT_LEAST, _RECENT_DAYS = 8, 7
_HISTORY_TEXTS, _HISTORY_DAYS = 40, 5


def layout_break(
    days: Sequence[OutletDay], emptied_listings: Sequence[str] = (), open_since: date | None = None
) -> Judgement:
    """Broken when a sign shows that pages are read wrongly; `facts["signs"]` has the signs.

    *emptied_listings* give no links any more where they gave five. While such an alert is open, the days before
    *open_since* say what is usual.
    """
    signs: dict[str, Any] = {"listings": sorted(emptied_listings)[:5]} if emptied_listings else {}
    is_known = False
    for texts in _RECENT_TEXTS:
        recent, before = _recent_and_before(days, open_since, texts)
        if _is_enough(recent, before):
            is_known = True
            signs = _signs(recent, before) | signs
    state = State.BROKEN if signs else State.HOLDS if is_known else State.LEARNING
    return Judgement(LAYOUT_BREAK, state, {"signs": signs} if signs else {})


def _signs(recent: Sequence[OutletDay], before: Sequence[OutletDay]) -> dict[str, Any]:
    signs = {
        "same_ending": _same_ending(recent, before),
        "shorter": _shorter(recent, before),
        "removed": _removed(recent, before),
        **{name: _rarer(recent, before, name) for name in _FIELD_POINTS},
    }
    return {name: sign for name, sign in signs.items() if sign}


def _is_enough(recent: Sequence[OutletDay], before: Sequence[OutletDay]) -> bool:
    new, old = (sum(day.articles for day in part) for part in (recent, before))
    return new >= _RECENT_LEAST and old >= _HISTORY_TEXTS and len(before) >= _HISTORY_DAYS


def _recent_and_before(
    days: Sequence[OutletDay], open_since: date | None, texts: int
) -> tuple[list[OutletDay], list[OutletDay]]:
    """Return the latest days with *texts* texts together, and the six weeks before those."""
    with_texts = [day for day in days if day.articles]
    recent: list[OutletDay] = []
    while with_texts and len(recent) < _RECENT_DAYS and sum(day.articles for day in recent) < texts:
        recent.append(with_texts.pop())
    if not recent:
        return [], []
    latest = recent[0].day
    if open_since and latest - open_since < ACCEPT_AFTER:
        with_texts = [day for day in with_texts if day.day < open_since]
    return recent, [day for day in with_texts if day.day >= latest - timedelta(days=LEARN_DAYS + _RECENT_DAYS)]


def _same_ending(recent: Sequence[OutletDay], before: Sequence[OutletDay]) -> dict[str, Any] | None:
    number, share = _commonest_ending(recent)
    usual = _commonest_ending(before)[1]
    if number < _ENDING_LEAST or share <= _ENDING_SHARE or share <= usual + _ENDING_MORE:
        return None
    return {"share": round(share, 2), "usual": round(usual, 2)}


def _commonest_ending(days: Sequence[OutletDay]) -> tuple[int, float]:
    """Return how many texts end alike, and their share: a lower bound, by the commonest ending of each day."""
    counts: Counter[str] = Counter()
    for day in days:
        if day.ending:
            counts[day.ending] += day.endings
    number = max(counts.values(), default=0)
    return number, number / max(1, sum(day.articles for day in days))


def _shorter(recent: Sequence[OutletDay], before: Sequence[OutletDay]) -> dict[str, Any] | None:
    """Texts are a third shorter, shorter than in any run of as many days, and by more than chance explains.

    Runs of days are compared because weekends have texts of their own length.
    """
    now, usual = _typical(recent, "words_median"), _typical(before, "words_median")
    if now is None or usual is None:
        return None
    chance = _chance(recent, before, "words_median", usual)
    if now > _WORDS_SHARE * usual or now >= min(_windows(recent, before, "words_median")) or usual - now <= chance:
        return None
    return {"words": round(now), "usual": round(usual)}


def _removed(recent: Sequence[OutletDay], before: Sequence[OutletDay]) -> dict[str, Any] | None:
    """Broken when the removed share is outside its range of six weeks."""
    now, usual = _typical(recent, "removed_share"), _typical(before, "removed_share")
    if now is None or usual is None or abs(now - usual) < _REMOVED_POINTS:
        return None
    windows, chance = _windows(recent, before, "removed_share"), _chance(recent, before, "removed_share", usual)
    if min(windows) <= now <= max(windows) or abs(now - usual) <= chance:
        return None
    return {"share": round(now, 2), "usual": round(usual, 2)}


def _typical(days: Sequence[OutletDay], name: str) -> float | None:
    """Return the mean of the days' medians in field *name*, weighted by their articles; None without any."""
    medians = [(getattr(day, name), day.articles) for day in days if getattr(day, name) is not None]
    articles = sum(number for _, number in medians)
    return sum(value * number for value, number in medians) / articles if articles else None


def _windows(recent: Sequence[OutletDay], before: Sequence[OutletDay], name: str) -> list[float]:
    """Return the typical value in each run of as many earlier days as are recent."""
    windows = (before[start : start + len(recent)] for start in range(0, len(before), len(recent)))
    return [value for window in windows if (value := _typical(window, name)) is not None]


def _chance(recent: Sequence[OutletDay], before: Sequence[OutletDay], name: str, usual: float) -> float:
    """How far so few texts stray from *usual* by chance: a single text's spread over the root of their number."""
    measured = [day for day in before if getattr(day, name) is not None]
    far = median(abs(getattr(day, name) - usual) * sqrt(day.articles) for day in measured)
    spread: float = 1.48 * far  # a normal distribution's deviation, from its median one
    return SIGMAS * spread / sqrt(sum(day.articles for day in recent))


def _rarer(recent: Sequence[OutletDay], before: Sequence[OutletDay], name: str) -> dict[str, Any] | None:
    """Field *name* is rarer than chance and the outlet's own waves explain (agency texts have no authors)."""
    recent, before = ([day for day in days if getattr(day, name) is not None] for days in (recent, before))
    if not _is_enough(recent, before):
        return None
    number, earlier, with_field = _sum(recent, "articles"), _sum(before, "articles"), _sum(before, name)
    now, usual = _sum(recent, name) / number, with_field / earlier
    likely = (with_field + 1) / (earlier + 2)  # never certain, however often it was so
    chance = SIGMAS * sqrt(number * likely * (1 - likely) * _waves(before, name, likely)) + 2
    if usual - now < _FIELD_POINTS[name] or (usual - now) * number <= chance:
        return None
    return {"share": round(now, 2), "usual": round(usual, 2)}


def _waves(days: Sequence[OutletDay], name: str, likely: float) -> float:
    """Return by how many times the days vary more than if each text had the field with that probability; at least 1."""
    squares: list[float] = [
        (getattr(day, name) - likely * day.articles) ** 2 / (likely * (1 - likely) * day.articles) for day in days
    ]
    return max(1.0, mean(squares), median(squares) / CHANCE_SQUARE)


def _sum(days: Sequence[OutletDay], name: str) -> int:
    return sum(getattr(day, name) for day in days)


def _describe(facts: Facts) -> str:
    return "; ".join(_SIGNS[name](sign) for name, sign in facts["signs"].items() if name in _SIGNS)


def _share(of: str) -> Callable[[Facts], str]:
    return lambda sign: f"{sign['share']:.0%} of articles have {of}, usually {sign['usual']:.0%}"


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


def _judge(history: OutletHistory) -> Judgement:
    return layout_break(history.days, history.emptied_listings, history.open_since.get(LAYOUT_BREAK.id))


LAYOUT_BREAK = OutletRule(
    id="layout_break",
    title="layout has changed",
    broken_when="a listing gives no links where it gave five; over 30 % of texts end with the same paragraph (and 15 "
    "points more than usual); texts are 35 % shorter; the share of words set aside is 20 points higher or lower; a "
    "headline or date is found 10 points less often, an author, lead, section, picture or language 20",
    learns_for="five days and 40 texts; the listing at once",
    decide=_judge,
    describe=_describe,
)
