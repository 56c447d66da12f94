"""Lists of other articles among the text: titles with their age, under a heading, or with their first sentences."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from news.article import Article, Block, Label
from news.dates import AGO
from news.phrases import LIST_HEADINGS
from news.teasers.rules import BODY, END, FRAGMENT, HEADING, MIN_RUN, TITLE_CHARS, Verdict, is_prose, is_title
from news.text import lowercase

_AGE_CHARS = 40  # no age is longer
_HEADING_CHARS = 80  # none of LIST_HEADINGS is longer
_MORE_FROM = ("more from ", "mehr aus ", "more on ", "most read in ", "mehr lesen über")
_EXCERPTS = 5  # below linked titles; fewer may be the parts of a text
_COUNT = re.compile(r"\d\s*[^\W\d_]")  # a number and a unit
_MAY_BE_AGE = re.compile(rf"{_COUNT.pattern}|\b(?:an?|ein\w*|une?|un[ao]|een) ", re.IGNORECASE)
_BESIDE = frozenset((Label.BYLINE, Label.DATE, Label.CAPTION, Label.NAVIGATION, Label.LEGAL, Label.AD))


def is_age(text: str) -> bool:
    """True when the whole of *text* says how long ago something was, and nothing else."""
    if len(text) > _AGE_CHARS or not _MAY_BE_AGE.search(text):
        return False
    found = AGO.search(text)
    return found is not None and not re.sub(
        r"[\W_]|updated|aktualisiert|published", "", text[: found.start()] + text[found.end() :], flags=re.IGNORECASE
    )


def timed_list(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """ "3 hrs ago" and a title, again and again. A live blog's entries are longer than titles."""
    body = _listed(blocks)
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
        yield body[n], Label.DATE, "age alone", 0.8


def _timed_items(blocks: Sequence[Block], body: Sequence[int]) -> Iterator[Verdict]:
    """Age and title in one block: "3 hrs ago A title", at least MIN_RUN in a row."""
    run: list[int] = []
    for n in [*(n for n, position in enumerate(body) if _is_timed_item(blocks[position])), -1]:
        if run and n == run[-1] + 1:
            run.append(n)
            continue
        if len(run) >= MIN_RUN:
            yield from ((body[k], Label.TEASER, "timed list", 1.0) for k in run)
        run = [n]


def _is_timed_item(block: Block) -> bool:
    if len(block.text) > TITLE_CHARS or not (_COUNT.search(block.text[:25]) or _COUNT.search(block.text[-25:])):
        return False
    text = block.text
    ages = (AGO.match(text, start) for start in range(3))
    if age := next(filter(None, ages), None):
        return not (text.endswith(".") and text[age.end() :].lstrip()[:1].islower())  # that is a sentence
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
        yield body[n], Label.TEASER, "timed list", 1.0


def headed_list(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """ "Other news" as a whole paragraph, and the titles below it until the text goes on."""
    body = _listed(blocks)
    n = 0
    while n < len(body):
        if not _heads_list(blocks[body[n]]):
            n += 1
            continue
        yield body[n], Label.RELATED, "heads a list of articles", 0.9
        n += 1
        while n < len(body) and _is_item(blocks[body[n]]) and not _heads_text(blocks, body[n : n + 2]):
            yield body[n], Label.TEASER, "listed under a heading", 0.9
            n += 1


def _heads_list(block: Block) -> bool:
    if len(block.text) > _HEADING_CHARS and block.tag[0] != "h":
        return False
    text = lowercase(block.text.strip(" :>»→-–|.…"))
    return text in LIST_HEADINGS or (text.startswith(_MORE_FROM) and HEADING.match(block.tag) is not None)


def _heads_text(blocks: Sequence[Block], places: Sequence[int]) -> bool:
    """True for a heading that is no link and stands right above prose: there the text goes on."""
    heading, *below = (blocks[position] for position in places)
    return bool(below and not heading.link_share and HEADING.match(heading.tag) and is_prose(below[0]))


def _is_item(block: Block) -> bool:
    if _heads_list(block) or block.link_share > 0.6:
        return True
    return len(block.text) <= 160 and not END.search(block.text[-8:]) and not block.text.endswith(":")


def _listed(blocks: Sequence[Block]) -> list[int]:
    """The text and the fragments in it: ages and titles may be either."""
    return [p for p, block in enumerate(blocks) if block.label is BODY or block.rule == FRAGMENT]


def excerpts(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """First sentences of other articles, each below a title that is a link; boxes of their name hold nothing else."""
    if sum(map(_links_away, blocks)) < _EXCERPTS:
        return
    shown = [p for p, block in enumerate(blocks) if block.label not in _BESIDE]
    below = {p for before, p in pairwise(shown) if blocks[p].label is Label.BODY and _links_away(blocks[before])}
    names = Counter(blocks[p].hints for p in below)
    others = {blocks[p].hints for p in body if p not in below}
    for position in sorted(below):
        name = blocks[position].hints
        if name not in others and names[name] >= _EXCERPTS:
            yield position, Label.TEASER, "below a linked title", 0.8


def _links_away(block: Block) -> bool:
    return block.link_share >= 0.75 and 15 < len(block.text) <= TITLE_CHARS and HEADING.match(block.tag) is not None
