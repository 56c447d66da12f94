"""What a look at an outlet's site found, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cli.outlets.values import found_values

if TYPE_CHECKING:
    from crawler.outlets.survey import Survey

_SHOWN, _PROBLEMS_SHOWN = 3, 10


def tell_found(look: Survey, line: Callable[[str], None]) -> None:
    """Hand to *line* what was found, how many articles are announced and what could not be read."""
    for key, value in found_values(look).items():
        line(f"  {key:<10} {_shortened(value)}")
    line(f"  {'links':<10} {len(look.links)}")
    line(f"  {'volume':<10} {_volume(look)}")
    for problem in look.found.problems[:_PROBLEMS_SHOWN]:
        line(f"  {'problem':<10} {problem}")


def _shortened(value: Any) -> str:
    if not isinstance(value, list):
        return str(value)
    return f"{len(value)}: " + " ".join(value[:_SHOWN]) + (" …" if len(value) > _SHOWN else "")


def _volume(look: Survey) -> str:
    if look.per_day is None:
        return "not known: too few links say when they appeared"
    dated = sum(link.announced_at is not None for link in look.links)
    return f"about {look.per_day:.0f} a day, by the dates of {dated} links"
