"""The text that JSON-LD claims: used only where the page shows hardly any of it, as when a script writes the text."""

import html
import re

from news.article import Block, Label

_ENOUGH = 600  # characters; shorter claims are summaries
_SHOWN = 0.3  # share of the claimed length that the page must show to be believed over the claim
_BREAK = re.compile(r"</p>|<br\s*/?>|</div>|\n+", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")


def with_claimed_text(blocks: tuple[Block, ...], claim: str) -> tuple[Block, ...]:
    """*blocks*, or the claimed paragraphs behind them when the page shows much less than it claims."""
    shown = sum(len(block.text) for block in blocks if block.label is Label.BODY)
    if len(claim) < _ENOUGH or shown > _SHOWN * len(claim):
        return blocks
    paragraphs = tuple(Block(text, Label.BODY, "claimed in JSON-LD", 0.6) for text in paragraphs_of(claim))
    others = (
        block.relabelled(Label.OTHER, "not the claimed text", 0.5) if block.label is Label.BODY else block
        for block in blocks
    )
    return (*others, *paragraphs)


def paragraphs_of(claim: str) -> list[str]:
    """The paragraphs of a claimed text, without markup."""
    parts = _BREAK.split(html.unescape(claim) if "&" in claim else claim)
    return [text for text in (" ".join(_TAG.sub(" ", part).split()) for part in parts) if text]
