"""The rule for an outlet that has begun to put a wall before its pages, or to reserve text and data mining."""

from datetime import datetime, timedelta

from news.access import AccessState
from news.health.outlet_day import OutletHistory
from news.health.rule import Facts, Judgement, OutletRule, State

NOTED_FOR = timedelta(days=7)


def _judge(history: OutletHistory) -> Judgement:
    begun = [{"state": state, "since": since.isoformat()} for state, since in history.begun_barriers]
    return Judgement(ACCESS_CHANGED, State.BROKEN if begun else State.HOLDS, {"states": begun} if begun else {})


def _describe(facts: Facts) -> str:
    return "; ".join(
        f"{AccessState(begun['state']).words} since {datetime.fromisoformat(begun['since']):%Y-%m-%d %H:%M %Z}"
        for begun in facts["states"]
    )


ACCESS_CHANGED = OutletRule(
    id="access_changed",
    title="access has changed",
    broken_when="a paywall, another wall or an opt-out from text and data mining began within the last week",
    decide=_judge,
    describe=_describe,
    remedy="newskeep outlets show {subject}",
)
