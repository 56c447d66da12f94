"""Lists of other articles among the text: titles with their age, under a heading, or with their first sentences."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from news.article import Article, Block, Label
from news.dates import AGO
from news.phrases import LIST_HEADINGS
from news.rule_ids import RuleId
from news.teasers.rules import (
    BODY,
    END,
    FRAGMENT,
    HEADING,
    MIN_RUN,
    TITLE_CHARS,
    Verdict,
    is_prose,
    is_title,
    teaser_rule,
)
from news.text import lowercase


class ListRule(RuleId):
    TIMED_LIST = "timed_list", "A title with its age, in a list of such titles."
    AGE_ALONE = "age_alone", "An age and nothing else, such as “3 hrs ago”."
    LIST_HEADING = "list_heading", "The heading of a list of articles, such as “Other news”."
    LISTED_TITLE = "listed_title", "A title below the heading of a list of articles."
    EXCERPT = "excerpt", "The first sentences of another article, below a linked title."


_AGE_CHARS = 40  # no age is longer
_HEADING_CHARS = 80  # none of LIST_HEADINGS is longer
_MORE_FROM = ("more from ", "mehr aus ", "more on ", "most read in ", "mehr lesen über")
_FEWEST_EXCERPTS = 5  # fewer may be the parts of a text
_COUNT = re.compile(r"\d\s*[^\W\d_]")  # a number and a unit
_MAY_BE_AGE = re.compile(rf"{_COUNT.pattern}|\b(?:an?|ein\w*|une?|un[ao]|een) ", re.IGNORECASE)
_NO_CONTENT = frozenset((Label.BYLINE, Label.DATE, Label.CAPTION, Label.NAVIGATION, Label.LEGAL, Label.AD))


def is_age(text: str) -> bool:
    """Return whether *text* says how long ago something was and nothing else."""
    if len(text) > _AGE_CHARS or not _MAY_BE_AGE.search(text):
        return False
    found = AGO.search(text)
    return found is not None and not re.sub(
        r"[\W_]|updated|aktualisiert|published", "", text[: found.start()] + text[found.end() :], flags=re.IGNORECASE
    )


@teaser_rule(20)
def timed_list(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """Find lists of "3 hrs ago" and a title. The entries of a live blog are longer than titles."""
    body = _text_and_fragments(blocks)
    ages = [n for n, position in enumerate(body) if is_age(blocks[position].text)]
    run: list[int] = []
    for n in [*ages, -1]:
        if run and 0 < n - run[-1] <= 3 and all(is_title(blocks[body[k]]) for k in range(run[-1] + 1, n)):
            run.append(n)
            continue
        if len(run) >= MIN_RUN:
            yield from _timed_run(blocks, body, run)
        run = [n]
    yield from _timed_items(blocks, body)
    for n in ages:
        yield body[n], Label.DATE, ListRule.AGE_ALONE, 0.8


def _timed_items(blocks: Sequence[Block], body: Sequence[int]) -> Iterator[Verdict]:
    """Find age and title in one block, "3 hrs ago A title", at least MIN_RUN in a row."""
    run: list[int] = []
    for n in [*(n for n, position in enumerate(body) if _is_timed_item(blocks[position])), -1]:
        if run and n == run[-1] + 1:
            run.append(n)
            continue
        if len(run) >= MIN_RUN:
            yield from ((body[k], Label.TEASER, ListRule.TIMED_LIST, 1.0) for k in run)
        run = [n]


def _is_timed_item(block: Block) -> bool:
    if len(block.text) > TITLE_CHARS or not (_COUNT.search(block.text[:25]) or _COUNT.search(block.text[-25:])):
        return False
    text = block.text
    ages = (AGO.match(text, start) for start in range(3))
    if age := next(filter(None, ages), None):
        return not (text.endswith(".") and text[age.end() :].lstrip()[:1].islower())  # a sentence
    found = AGO.search(text, max(0, len(text) - _AGE_CHARS))
    return found is not None and found.end() > len(text) - 3


def _timed_run(blocks: Sequence[Block], body: Sequence[int], run: Sequence[int]) -> Iterator[Verdict]:
    items_first = run[0] > 0 and run[-1] == len(body) - 1 and not is_prose(blocks[body[run[0] - 1]])
    last = run[-1] if items_first else min(run[-1] + 1, len(body) - 1)
    if not is_title(blocks[body[last]]) or (
        last > run[-1] and is_prose(blocks[body[last]]) and len(blocks[body[last]].text) > 160
    ):
        last = run[-1]
    first = run[0]
    while (
        first > 0
        and not is_prose(blocks[body[first - 1]])
        and first > run[0] - 2
        and _heads_list(blocks[body[first - 1]])
    ):
        first -= 1
    if items_first and first == run[0]:
        first -= 1
    for n in range(first, last + 1):
        yield body[n], Label.TEASER, ListRule.TIMED_LIST, 1.0


@teaser_rule(30)
def headed_list(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """Find "Other news" as a whole paragraph, and the titles below it until the text continues."""
    body = _text_and_fragments(blocks)
    n = 0
    while n < len(body):
        if not _heads_list(blocks[body[n]]):
            n += 1
            continue
        yield body[n], Label.RELATED, ListRule.LIST_HEADING, 0.9
        n += 1
        while n < len(body) and _is_item(blocks[body[n]]) and not _heads_text(blocks, body[n : n + 2]):
            yield body[n], Label.TEASER, ListRule.LISTED_TITLE, 0.9
            n += 1


def _heads_list(block: Block) -> bool:
    if len(block.text) > _HEADING_CHARS and block.tag[0] != "h":
        return False
    text = lowercase(block.text.strip(" :>»→-–|.…"))
    return text in LIST_HEADINGS or (text.startswith(_MORE_FROM) and HEADING.match(block.tag) is not None)


def _heads_text(blocks: Sequence[Block], places: Sequence[int]) -> bool:
    """Return whether the first place is an unlinked heading right above prose: there the text continues."""
    heading, *below = (blocks[position] for position in places)
    return bool(below and not heading.link_share and HEADING.match(heading.tag) and is_prose(below[0]))


def _is_item(block: Block) -> bool:
    if _heads_list(block) or block.link_share > 0.6:
        return True
    return len(block.text) <= 160 and not END.search(block.text[-8:]) and not block.text.endswith(":")


def _text_and_fragments(blocks: Sequence[Block]) -> list[int]:
    """Return the positions of the text and of the fragments in it: ages and titles may be either."""
    return [p for p, block in enumerate(blocks) if block.label is BODY or block.rule == FRAGMENT]


@teaser_rule(90)
def excerpts(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """Find first sentences of other articles, each below a linked title, in boxes of a name that no other text has."""
    if sum(map(_links_away, blocks)) < _FEWEST_EXCERPTS:
        return
    shown = [p for p, block in enumerate(blocks) if block.label not in _NO_CONTENT]
    below = {p for before, p in pairwise(shown) if blocks[p].label is Label.BODY and _links_away(blocks[before])}
    names = Counter(blocks[p].hints for p in below)
    others = {blocks[p].hints for p in body if p not in below}
    for position in sorted(below):
        name = blocks[position].hints
        if name not in others and names[name] >= _FEWEST_EXCERPTS:
            yield position, Label.TEASER, ListRule.EXCERPT, 0.8


def _links_away(block: Block) -> bool:
    return block.link_share >= 0.75 and 15 < len(block.text) <= TITLE_CHARS and HEADING.match(block.tag) is not None
