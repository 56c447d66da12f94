"""Enums whose members have words for people, and the ids of the rules that label blocks.

Each module of rules defines its own ids; docs/schema.md lists all of them.
"""

from enum import StrEnum
from typing import Self


class WordedEnum(StrEnum):
    """An enum whose members are stored and printed as their value. `words` explain it; by default they repeat it."""

    words: str

    def __new__(cls, value: str, words: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.words = words or value.replace("_", " ")
        return member


class RuleId(WordedEnum):
    """The base of the enums of rule ids; the words of a member are one sentence for docs/schema.md."""


def all_rule_ids() -> list[RuleId]:
    """Return the ids of all modules that are imported."""
    return [member for ids in RuleId.__subclasses__() for member in ids]
