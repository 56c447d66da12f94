"""Finds boilerplate and teasers by the outlet's other articles: recurring lines, and headlines of other articles.

Only other articles with other headlines count: three addresses of one article prove nothing. What merely looks like
boilerplate stays: `may_recur` and the keepers below say why a recurring line is text all the same.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from news.agencies import is_agency
from news.article import Article, Block, Label
from news.phrases import ADDRESS, CALL
from news.rule_ids import RuleId
from news.sameness.normal_forms import QUOTATION_MARK, UNSPACED, Compared, letters_of, words_of

OPENING = 2  # paragraphs that say what an article is about
OTHERS = 2  # articles under which a line has to stand as well; a sign-off may stand under one


class BoilerplateRule(RuleId):
    HEADLINE = "headline_of_another", "The headline of another article of the outlet, as a link."
    RECURS = "recurs_in_others", "A line that other articles of the outlet have as well."


HEADLINE, RECURS = BoilerplateRule.HEADLINE, BoilerplateRule.RECURS

_MOST_SIGHTINGS = 12  # in a period, of a line that is not proven to be boilerplate
_DENSE = 5  # articles for each that has the line; of a hundred standing phrases one comes so often by chance
_PLENTY = 5  # articles; no song is printed in so many
_LINKED = 0.5
_TITLE_CHARS = 220
_HEADLINE_LETTERS = 12  # shorter ones ("Kommentar") stand for many articles
_PROSE_CHARS = 80
_LEAST_WORDS = 20  # of what must be left
_STEM = 5  # letters of a word that names a subject
# in two openings: so many have 92 % of pairs on one event, and 1 to 7 % of pairs of one outlet
_SAME_NAMES, _SAME_SHARE = 3, 0.25
_QUOTED_WORDS = 4
_ENDS = tuple(".!?…。！？।")
_OPENS = tuple("\"“”„«»‹›'‘‚「『—–")
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "summary"))
_DATA = frozenset(("td", "th", "dt", "dd", "pre", "code"))
_BESIDE = frozenset((Label.CAPTION, Label.AD, Label.WIDGET, Label.NAVIGATION, Label.LEGAL))


class Sighting(NamedTuple):
    """An article with a line: letters and longer words of its headline, the names it opens with, and its authors."""

    article: int
    headline: str
    topic: frozenset[str]
    names: frozenset[str]
    authors: frozenset[str]

    @classmethod
    def of(cls, article: int, headline: str | None, opening: Iterable[str], authors: Iterable[str]) -> "Sighting":
        """Return the sighting of an article; *opening* are the first paragraphs of its text."""
        people = frozenset(name.casefold() for name in authors if _is_person(name))
        names = _names_in(" ".join(list(opening)[:OPENING]))
        return cls(article, letters_of(headline or ""), _subject(headline or ""), names, people)


@dataclass(frozen=True, slots=True)
class RememberedPage:
    """An article as it was read, and what is remembered of its blocks, by their places in it.

    `others` are the articles under which those that `may_recur` stood, `headlines` the blocks that are headlines of
    other articles, `rare` those that few of the outlet's articles have. `settled` are those that the latest revision
    has as text: an article is read in one way.
    """

    article: Article
    own: Sighting
    others: Mapping[int, Sequence[Sighting]]
    headlines: Collection[int] = ()
    rare: Collection[int] = ()
    settled: Collection[int] = ()


def line_key(outlet_id: int | None, letters: str) -> int:
    """Return a key of 51 bits for the letters of an outlet's line; of a headline, when there is no outlet."""
    line = f"{outlet_id or 0} {letters}"
    return int.from_bytes(sha256(line.encode("utf-8", "replace")).digest()[:8]) >> 13


def tells_apart(letters: str) -> bool:
    """Return whether a headline of these letters is long enough to stand for one article."""
    return len(letters) >= (_HEADLINE_LETTERS if letters.isascii() else _HEADLINE_LETTERS // 2 + 2)


def may_be_teaser(block: Block) -> bool:
    """Return whether a block is shaped like a link to an article."""
    return block.label is Label.BODY and block.link_share >= _LINKED and len(block.text) <= _TITLE_CHARS


def may_recur(block: Block, own: Sighting) -> bool:
    """Return whether a line could be boilerplate at all; what is text in itself need not be remembered."""
    if block.label is not Label.BODY or block.tag in _DATA or is_quotation(block):
        return False
    return block.link_share >= _LINKED or not (is_reply(block.text) or names_the_subject(block.text, own))


def is_quotation(block: Block) -> bool:
    """Return True for a quotation, which other articles may carry too; a link may have one as its name."""
    if block.tag == "blockquote" or block.link_share >= _LINKED:
        return block.tag == "blockquote"
    if block.text.startswith(_OPENS) or not QUOTATION_MARK.search(block.text):
        return block.text.startswith(_OPENS)
    return Compared.of(None, block.text).quoted_words >= _QUOTED_WORDS


def is_reply(text: str) -> bool:
    """Return whether it is a short reply; "Yes." and "Why not?" are in many interviews."""
    return text.endswith(_ENDS) and len(text.split()) < 4


def names_the_subject(text: str, own: Sighting) -> bool:
    """Return True for a paragraph that names the article's subject, however often it recurs."""
    return len(text) > _PROSE_CHARS and not own.topic.isdisjoint(_names_in(text))


def set_aside(page: RememberedPage) -> Article:
    """Return the article with remembered boilerplate and teasers relabelled; itself when there are none."""
    lines = _Lines(page)
    for position in reversed(lines.body):  # what a line announces is decided before the line
        if lines.may_go(position):
            lines.gone.add(position)
    if not lines.leave_text():
        lines.gone &= lines.teasers
    return page.article.with_blocks(lines.relabelled()) if lines.gone else page.article


def is_plain(block: Block) -> bool:
    """Whether a line has no link and does not address the reader: only its frequency can mark it as boilerplate."""
    low = block.text.lower()
    return not block.link_share and not ADDRESS.search(low) and not CALL.search(low)


def is_rare(sightings: int, articles: int) -> bool:
    """Return whether a line that stands in so many of an outlet's articles in a row is a phrase of its writers."""
    return articles > _DENSE * sightings


def is_worth_keeping(own: Sighting, known: Sequence[Sighting]) -> bool:
    """Return whether one more article with a line adds to what the *known* ones of its period prove."""
    if any(sighting.article == own.article for sighting in known):
        return False
    if len(known) <= OTHERS:
        return True
    return not _differ(known) and (len(known) < _MOST_SIGHTINGS or _differ([*known, own]))


class _Lines:
    """A page's text, line by line: what may go, and what has gone."""

    def __init__(self, page: RememberedPage) -> None:
        self.page = page
        self.blocks = page.article.blocks
        self.body = [position for position, block in enumerate(self.blocks) if block.label is Label.BODY]
        self.teasers = {position for position in self.body if self._is_teaser(position)}
        self.recurring = {position for position in page.others if len(self.elsewhere(position)) >= OTHERS}
        self.counts = Counter(letters_of(self.blocks[position].text) for position in self.body if self.recurring)
        self.gone: set[int] = set()

    def may_go(self, position: int) -> bool:
        """Return whether memory takes the line for something else than text."""
        if position in self.page.settled:
            return False
        if position in self.teasers:
            return True
        return position in self.recurring and not any(keeps(self, position) for keeps in KEEPERS)

    def elsewhere(self, position: int) -> list[Sighting]:
        """Return the other articles under which the line stood, one for each headline."""
        found = {sighting.headline or str(sighting.article): sighting for sighting in self.page.others[position]}
        found.pop(self.page.own.headline, None)
        return list(found.values())

    def is_unlinked(self, position: int) -> bool:
        return self.blocks[position].link_share < _LINKED

    def follows_text(self, position: int) -> bool:
        """Return whether what comes next on the page is text that stays."""
        after = range(position + 1, len(self.blocks))
        first = next((place for place in after if self.blocks[place].label not in _BESIDE), None)
        return first is not None and self.blocks[first].label is Label.BODY and first not in self.gone

    def leave_text(self) -> bool:
        """Whether there is text without the lines that are to go; else the page is a wall, or itself once more."""
        left = [self.blocks[position].text for position in self.body if position not in self.gone]
        return any(len(text) > _PROSE_CHARS for text in left) or len(" ".join(left).split()) >= _LEAST_WORDS

    def relabelled(self) -> Iterator[Block]:
        for position, block in enumerate(self.blocks):
            if position not in self.gone:
                yield block
            elif position in self.teasers:
                yield block.relabelled(Label.TEASER, HEADLINE, 0.95)
            else:
                label = Label.OTHER if self.is_unlinked(position) else Label.RELATED
                yield block.relabelled(label, RECURS, min(0.99, 0.8 + 0.05 * len(self.elsewhere(position))))

    def _is_teaser(self, position: int) -> bool:
        if position not in self.page.headlines or not may_be_teaser(self.blocks[position]):
            return False
        letters = letters_of(self.blocks[position].text)
        return tells_apart(letters) and letters != self.page.own.headline


def is_refrain(lines: _Lines, position: int) -> bool:
    """Keep a line that its own text repeats; an insert such as "Advertisement" is shorter or more frequent."""
    text = lines.blocks[position].text
    again = lines.counts[letters_of(text)] > 1 and lines.is_unlinked(position)
    return again and len(Compared.of(None, text).words) >= 4 and len(lines.elsewhere(position)) < _PLENTY


def is_phrase(lines: _Lines, position: int) -> bool:
    """Keep a phrase that recurs here and there; boilerplate stands in article after article."""
    return position in lines.page.rare and is_plain(lines.blocks[position])


def is_sign_off(lines: _Lines, position: int) -> bool:
    """Keep what one author writes in each of their articles."""
    writers = _common_authors([lines.page.own, *lines.elsewhere(position)])
    return bool(writers) and lines.is_unlinked(position)


def is_shared_on_one_event(lines: _Lines, position: int) -> bool:
    """Keep what all articles on one subject or event share."""
    own, own_names = lines.page.own, _names_in(lines.blocks[position].text)  # an opening may be the line itself
    return lines.is_unlinked(position) and all(
        _are_related(own, other, own_names) for other in lines.elsewhere(position)
    )


def announces(lines: _Lines, position: int) -> bool:
    """Keep a heading, question or other opening with text below, such as "What we know"."""
    block = lines.blocks[position]
    title = len(block.text) <= _PROSE_CHARS and not block.text.endswith(_ENDS)
    opens = title or block.tag in _HEADINGS or block.text.endswith(("?", "？", ":", "："))
    return opens and lines.is_unlinked(position) and lines.follows_text(position)


def is_item(lines: _Lines, position: int) -> bool:
    """Keep a list item among items of the article's own."""
    n = lines.body.index(position)
    beside = [place for place in lines.body[max(0, n - 1) : n + 2] if lines.blocks[place].tag == "li"]
    return position in beside and lines.is_unlinked(position) and not lines.recurring.issuperset(beside)


KEEPERS: tuple[Callable[[_Lines, int], bool], ...] = (
    is_phrase,
    is_refrain,
    is_sign_off,
    is_shared_on_one_event,
    announces,
    is_item,
)


def _differ(sightings: Sequence[Sighting]) -> bool:
    """Return whether the articles have neither a writer nor a subject in common."""
    first, *rest = sightings
    return not _common_authors(sightings) and not all(_are_related(first, sighting) for sighting in rest)


def _common_authors(sightings: Sequence[Sighting]) -> frozenset[str]:
    return frozenset.intersection(*(sighting.authors for sighting in sightings))


def _are_related(first: Sighting, second: Sighting, but: frozenset[str] = frozenset()) -> bool:
    """Return whether two articles have a word of their headlines in common, or open with the same names."""
    same, fewer = len((first.names & second.names) - but), min(len(first.names), len(second.names))
    return not first.topic.isdisjoint(second.topic) or same >= max(_SAME_NAMES, _SAME_SHARE * fewer)


def _names_in(text: str) -> frozenset[str]:
    """Return subjects that the text names, not what it merely says about them: words that do not begin small."""
    return _subject(" ".join(word for word in text.split() if not word[0].islower()))


def _subject(text: str) -> frozenset[str]:
    """Return the stems of longer words; in scripts without spaces, each three characters in a row."""
    found: set[str] = set()
    for word in words_of(text):
        if UNSPACED.match(word):
            found.update(map("".join, zip(word, word[1:], word[2:], strict=False)))
        elif len(word) >= _STEM:
            found.add(word[:_STEM])
    return frozenset(found)


def _is_person(name: str) -> bool:
    return not is_agency(name) and (" " in name.strip() or not name.isascii())
