"""The registry of teaser rules, their run over an article, and what they share."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from news.article import Article, Block, Label
from news.rule_ids import RuleId

Verdict = tuple[int, Label, RuleId, float]  # position of the block, its new label, the rule, its score (0 to 1)
# A rule gets all blocks, the positions of those that are still text, and the article as it was read.
TeaserRule = Callable[[Sequence[Block], Sequence[int], Article], Iterator[Verdict]]


class SharedRule(RuleId):
    FRAGMENT = "fragment", "A short piece of text that is neither a paragraph nor a sentence."


BODY = Label.BODY  # a constant, since looking a member up in its enum costs more than comparing it
FRAGMENT = SharedRule.FRAGMENT
MIN_RUN = 3  # items that make a timed list
TITLE_CHARS = 220  # a longer text is no headline
END = re.compile(r"[.!?…。！？؟।■●◆▪][\s'\"”“’»«)\]›」』*†]*$")
QUOTED = re.compile(r"[\"“”„«»‹›]")
HEADING = re.compile(r"h[1-6]$")
LETTERS = re.compile(r"[^\W\d_]{2,}")
DIGIT = re.compile(r"\d")
_REGISTERED: dict[int, TeaserRule] = {}


def teaser_rule(order: int) -> Callable[[TeaserRule], TeaserRule]:
    """Register a function as a teaser rule. Rules run by their *order*, lowest first; each number stands once."""

    def register(rule: TeaserRule) -> TeaserRule:
        if order in _REGISTERED:
            raise ValueError(f"two teaser rules have the order {order}")
        _REGISTERED[order] = rule
        return rule

    return register


def registered_rules() -> tuple[TeaserRule, ...]:
    """Return all registered rules, in the order in which they run."""
    return tuple(_REGISTERED[order] for order in sorted(_REGISTERED))


def remove_teasers(article: Article) -> Article:
    """Return *article* with teasers, read-more lines and promos relabelled; itself when there are none."""
    blocks = list(article.blocks)
    body = _body(blocks)
    changed = False
    for rule in registered_rules():
        verdicts = list(rule(blocks, body, article))
        for position, label, rule_id, score in verdicts:
            blocks[position] = blocks[position].relabelled(label, rule_id, score)
        if verdicts:
            changed, body = True, _body(blocks)
    return _with_lead(article, blocks) if changed else article


def _with_lead(article: Article, blocks: Sequence[Block]) -> Article:
    lead = " ".join(block.text for block in blocks if block.label is Label.LEAD)
    return replace(article, blocks=tuple(blocks), lead=article.lead or lead or None)


def _body(blocks: Sequence[Block]) -> list[int]:
    return [position for position, block in enumerate(blocks) if block.label is BODY]


def is_title(block: Block) -> bool:
    """Return whether the text is short enough for a headline; it need not be a sentence."""
    return len(block.text) <= TITLE_CHARS


def is_prose(block: Block) -> bool:
    """Whether the text is a paragraph: longer than 80 characters, with the end of a sentence, mostly unlinked."""
    return (
        len(block.text) > 80
        and bool(END.search(block.text[-8:]))
        and block.link_share < 0.5
        and not HEADING.match(block.tag)
    )
