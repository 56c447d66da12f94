"""The second look: what reads like a teaser or a promo, whatever its markup, is set aside as evidence.

Each rule looks at the sequence of blocks, and at the places of those that are text still, and names those it takes out,
with a label and how sure it is.
Rules judge whole paragraphs: "Other news" also opens sentences. Nothing is lost: a block only changes its label.
"""

from collections.abc import Sequence
from dataclasses import replace

from news.article import Article, Block, Label
from news.teasers.article_lines import (
    about_the_author,
    bylines,
    captions,
    credited,
    date_lines,
    lead_again,
    repeated_headline,
)
from news.teasers.endings import comments, orphan_headings, tail
from news.teasers.lists import excerpts, headed_list, timed_list
from news.teasers.promos import boilerplate, is_promo, notices, pointers, promos, walls
from news.teasers.rules import BODY, FRAGMENT, Rule

__all__ = ["FRAGMENT", "is_promo", "remove_teasers"]

RULES: tuple[Rule, ...] = (
    repeated_headline,
    timed_list,
    headed_list,
    pointers,
    promos,
    notices,
    walls,
    boilerplate,
    excerpts,
    lead_again,
    date_lines,
    bylines,
    captions,
    comments,
    about_the_author,
    credited,
    tail,
    orphan_headings,
)


def remove_teasers(article: Article) -> Article:
    """*article* with teasers, read-more lines and promos relabelled; itself when there are none."""
    blocks = list(article.blocks)
    body = _body(blocks)
    changed = False
    for rule in RULES:
        verdicts = list(rule(blocks, body, article))
        for position, label, name, score in verdicts:
            blocks[position] = blocks[position].relabelled(label, name, score)
        if verdicts:
            changed, body = True, _body(blocks)
    return _with_lead(article, blocks) if changed else article


def _with_lead(article: Article, blocks: Sequence[Block]) -> Article:
    lead = " ".join(block.text for block in blocks if block.label is Label.LEAD)
    return replace(article, blocks=tuple(blocks), lead=article.lead or lead or None)


def _body(blocks: Sequence[Block]) -> list[int]:
    return [position for position, block in enumerate(blocks) if block.label is BODY]
