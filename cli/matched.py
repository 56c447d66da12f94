"""Why an article belongs to its story, in words: the evidence that was kept when it came."""

from collections.abc import Iterator, Mapping
from typing import Any

from news.ids import short_id
from news.text import one_line

_RULES = {
    "same_letters": "the same letters and digits",
    "same_text": "most of both texts is the same",
    "part_of_text": "a part of the text",
    "same_headline": "a part of the text, under the same headline",
    "edited_text": "the same text, edited",
    "merged_by_hand": "merged by hand",
    "split_by_hand": "split off by hand",
}


def why(evidence: Mapping[str, Any], *, earliest: bool = False, agency: str | None = None) -> str:
    """What an article was matched by, in how much of it, with what, and the agency that it names."""
    return " · ".join(one_line(part) for part in _parts(evidence, earliest, agency))


def _parts(evidence: Mapping[str, Any], earliest: bool, agency: str | None) -> Iterator[str]:
    if earliest:
        yield "earliest copy we saw"
    rule = str(evidence.get("rule", ""))
    matched = evidence.get("article")
    if rule in _RULES:
        yield _RULES[rule] + (f" as {short_id('a', matched)}" if isinstance(matched, int) else "")
        if rule != "same_letters" and evidence.get("share") is not None:
            of_other = evidence.get("share_of_other", "?")
            yield f"{evidence['share']} % of the shorter's words, {of_other} % of the longer's"
        if passages := evidence.get("passages"):
            yield f"longest passages {', '.join(f'{end - start} words' for start, end in passages)}"
    if named := evidence.get("agency") or agency:
        yield f"names {named}"
