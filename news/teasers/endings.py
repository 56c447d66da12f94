"""What follows the text: titles and buttons, readers' comments, headings that are left without a text."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from news.article import Article, Block, Label
from news.phrases import COMMENTS
from news.rule_ids import RuleId
from news.teasers.rules import END, HEADING, MIN_RUN, Verdict, is_prose, is_title, teaser_rule
from news.text import fold


class EndingRule(RuleId):
    AFTER_TEXT = "after_text", "Behind the last paragraph, titles, buttons and names."
    BELOW_COMMENTS_HEADING = "below_comments_heading", "Below a heading such as “Leave a reply”."
    HEADING_WITHOUT_TEXT = "heading_without_text", "A heading at the end, with no text below it."
    HEADING_OF_REMOVED = "heading_of_removed", "A heading with no text below it but what was set aside."


_SHORTEST_ANNOUNCEMENT = 40  # characters; shorter is "Share this:"
_LINES_OF_SIGNATURE, _SIGNATURE = 5, 60  # lines, characters
# "1. Smith 2:14", "• Smith"; "27. May 2020" is a date.
_ITEM = re.compile(r"(?:[•·▪■*–—-]|\d{1,3}[.)](?!.*\d{4}$)) ?[^\W_]")
_LINE, _BRACKET = 25, 60  # characters
# "It was over! (Our reporters)", and a smiley in place of a full stop.
_BEHIND_SENTENCE = re.compile(
    r"[.!?…。！？؟।]\s*[(（\[【][^()（）]{2,40}[)）\]】]$"
    r"|[\w.!?…] ?(?:[\U0001F300-\U0001FAFF\u2639-\u263b]\ufe0f?|[:;]-?[)(])+$"
)
_LONGEST_COUNT = 30  # letters: "12 thoughts on", "3 Gedanken zu"
_OPENING_MARK = re.compile(r"[“„«]")


@teaser_rule(170)
def lines_after_text(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """Find titles, buttons and names behind the last paragraph. A list may end a text, so it stays."""
    last = max((n for n, position in enumerate(body) if _ends_text(blocks[position])), default=None)
    rest = body[last + 1 :] if last is not None else []
    while rest and _announces(blocks[rest[-1]].text):
        rest = rest[:-1]
    if any(_is_plain_item(blocks[position]) for position in rest) or _is_text([blocks[n] for n in rest]):
        return
    if len(rest) < MIN_RUN:
        rest = [position for position in rest if len(blocks[position].text) < 80 or blocks[position].link_share > 0.3]
    if all(is_title(blocks[position]) for position in rest):
        label = Label.TEASER if len(rest) >= MIN_RUN else Label.OTHER
        yield from ((position, label, EndingRule.AFTER_TEXT, 0.7) for position in rest)


def _is_text(lines: Sequence[Block]) -> bool:
    """Return whether the lines are text without being prose: the end of a letter, verses, a list without list tags."""
    if len(lines) < 2 or any(line.link_share for line in lines):
        return False
    items = sum(_ITEM.match(line.text) is not None for line in lines)
    return items >= MIN_RUN or _is_announced(lines) or _is_verse(lines) or _is_signed(lines)


def _is_announced(lines: Sequence[Block]) -> bool:
    """Whether the first line announces the others: "The committee has three members:" and a name in each line."""
    return len(lines) > MIN_RUN and lines[0].text.endswith((":", "：")) and len({line.tag for line in lines[1:]}) == 1


def _is_verse(lines: Sequence[Block]) -> bool:
    """Return whether lines continue in the next or are repeated, as titles never do."""
    commas = sum(line.text.endswith((",", "，", "、")) for line in lines[:-1])
    return len(lines) >= MIN_RUN and (commas > 1 or len({line.text for line in lines}) < len(lines))


def _is_signed(lines: Sequence[Block]) -> bool:
    """Return whether the lines end a letter: a line with a comma at its end, who wrote it, and maybe where."""
    if not 2 <= len(lines) <= _LINES_OF_SIGNATURE or not lines[0].text.endswith((",", "，", "、")):
        return False
    return all(len(line.text) <= _SIGNATURE and line.tag == lines[0].tag and not line.link_share for line in lines)


def _announces(text: str) -> bool:
    """Return whether the line announces what follows, such as a post or a video."""
    return len(text) > _SHORTEST_ANNOUNCEMENT and text.endswith((":", "："))


def _ends_text(block: Block) -> bool:
    """Return whether the block is prose, or the end of a quotation that began above."""
    text, unlinked = block.text, block.link_share < 0.5
    if len(text) > 40 and text[-1] in "”»" and not _OPENING_MARK.search(text) and unlinked:
        return True
    if is_prose(block) or (unlinked and END.search(text[-8:])):
        return True
    return len(text) > _LINE and not text[-1].isalnum() and bool(_BEHIND_SENTENCE.search(text[-_BRACKET:]))


def _is_plain_item(block: Block) -> bool:
    return block.tag in ("li", "ul", "ol", "td", "th", "pre", "dd", "blockquote") and block.link_share <= 0.3


@teaser_rule(140)
def comments(blocks: Sequence[Block], body: Sequence[int], article: Article) -> Iterator[Verdict]:
    """Find what follows a heading that counts comments or asks for one, behind the first paragraphs."""
    headline = fold(article.headline or "")
    prose = (position for position in body if is_prose(blocks[position]))
    first = next(islice(prose, 1, None), len(blocks))
    for n in range(first + 1, len(blocks)):
        if blocks[n].tag[0] == "h" and _heads_comments(blocks[n].text, headline):
            yield from ((p, Label.COMMENT, EndingRule.BELOW_COMMENTS_HEADING, 0.9) for p in body if p >= n)
            return


def _heads_comments(text: str, headline: str) -> bool:
    """Return whether the line is "Leave a reply", or a count and the headline: "6 thoughts on The bridge is mended"."""
    if COMMENTS.fullmatch(text.lower()):
        return True
    return bool(headline) and text[0].isdigit() and _counts(fold(text), headline)


def _counts(letters: str, headline: str) -> bool:
    return letters.endswith(headline) and len(headline) < len(letters) <= len(headline) + _LONGEST_COUNT


@teaser_rule(180)
def orphan_headings(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """Give a heading without text of its own the label of what was set aside below it, unless headings are the text."""
    if 2 * sum(HEADING.match(blocks[position].tag) is not None for position in body) > len(body) > MIN_RUN:
        return
    for position, following in zip(body, [*body[1:], None] if body else [], strict=True):
        if not HEADING.match(blocks[position].tag) or blocks[position].tag == "h1":
            continue
        if following is None:
            yield position, Label.RELATED, EndingRule.HEADING_WITHOUT_TEXT, 0.7
            continue
        between = [
            block
            for block in blocks[position + 1 : following]
            if block.label in (Label.TEASER, Label.RELATED, Label.PROMO)
        ]
        if between and HEADING.match(blocks[following].tag) and blocks[following].tag <= blocks[position].tag:
            yield position, between[0].label, EndingRule.HEADING_OF_REMOVED, 0.7
