"""Made-up news texts: each number gives another, and no two have a passage in common."""

import random

_SYLLABLES = (
    *("ba", "do", "fe", "gi", "ho", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "wu", "za", "bel", "dor"),
    *("fin", "gal", "hes", "kun", "lor", "men", "nat", "pol", "rus", "ster", "ton", "war"),
)


def word(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=chance.choice((2, 2, 3, 3, 4))))


def sentence(chance: random.Random, words: int = 14) -> str:
    return " ".join(word(chance) for _ in range(words)).capitalize() + "."


def headline(number: int) -> str:
    """Seven words; the first sentence of the text begins with them."""
    chance = random.Random(f"headline {number}")
    return " ".join(word(chance) + "en" for _ in range(7)).capitalize()


def paragraphs(number: int, count: int = 8) -> list[str]:
    """Paragraphs of three sentences; the first takes up the headline."""
    chance = random.Random(number)
    made = [" ".join(sentence(chance) for _ in range(3)) for _ in range(count)]
    return [f"{headline(number)}: {made[0]}", *made[1:]]


def text(number: int, count: int = 8) -> str:
    return "\n\n".join(paragraphs(number, count))


def copy_cut_to_a_third(number: int, own: int) -> str:
    """Return the first third of a text between a lead and a paragraph of another author."""
    lead, *rest = paragraphs(own, 2)
    return "\n\n".join([lead.partition(": ")[2], *paragraphs(number)[:3], *rest])
