"""Ids of the rules that label blocks. Each module of rules defines its own ids; docs/schema.md lists all of them."""

from enum import StrEnum
from typing import Self


class RuleId(StrEnum):
    """The base of the enums of rule ids: a member is the id as it is stored and printed, with its meaning."""

    meaning: str  # one sentence for docs/schema.md

    def __new__(cls, value: str, meaning: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member


def all_rule_ids() -> list[RuleId]:
    """The ids of all modules that are imported."""
    return [member for ids in RuleId.__subclasses__() for member in ids]
