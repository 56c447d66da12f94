"""Set aside what reads like a teaser or a promo, whatever its markup is.

A rule is a function with the decorator `teaser_rule` in any module of this package, with its id beside it. It judges
whole paragraphs ("Other news" also opens sentences) and returns new labels; no block is lost.
"""

from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules

from news.article import Article, Block, Label
from news.notices import is_promo
from news.teasers.rules import BODY, registered_rules

__all__ = ["is_promo", "remove_teasers"]

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
RULES = registered_rules()


def remove_teasers(article: Article) -> Article:
    """Return *article* with teasers, read-more lines and promos relabelled; itself when there are none."""
    blocks = list(article.blocks)
    body = _body(blocks)
    changed = False
    for rule in RULES:
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
