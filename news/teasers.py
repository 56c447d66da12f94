"""The second look: what reads like a teaser or a promo, whatever its markup, is set aside as evidence.

Each rule looks at the sequence of blocks, and at the places of those that are text still, and names those it takes out,
with a label and how sure it is.
Rules judge whole paragraphs: "Other news" also opens sentences. Nothing is lost: a block only changes its label.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, pairwise, takewhile

from news.article import Article, Block, Label
from news.dates import AGO, parse_date
from news.notices import asks_consent, explains_cookies, may_be_notice, speaks_of_own_cookies
from news.phrases import (
    ADDRESS,
    CALL,
    COMMENTS,
    CREDITED,
    GIFT,
    LIST_HEADINGS,
    MAY_BE_CREDITED,
    MAY_CALL,
    OFFER,
    POINTER,
    RIGHTS,
    STOCK,
    WALL,
)
from news.text import small

Verdict = tuple[int, Label, str, float]
Rule = Callable[[Sequence[Block], Sequence[int], Article], Iterator[Verdict]]

_BODY = Label.BODY  # every rule asks every block: looking the name up in the enum takes longer than comparing
FRAGMENT = "fragment outside a paragraph"  # the rule that reading the markup gives such blocks
MIN_RUN = 3  # items that make a timed list
_AGE_CHARS = 40  # no age is longer
_TITLE_CHARS = 220  # a longer text is no headline
_PROMO_CHARS = 420
_HEADING_CHARS = 80  # none of LIST_HEADINGS is longer
_MORE_FROM = ("more from ", "mehr aus ", "more on ", "most read in ", "mehr lesen über")
_ANNOUNCING = 40  # characters; shorter is "Share this:"
_LINES_OF_SIGNATURE, _SIGNATURE = 5, 60  # lines, characters
_EXCERPTS = 5  # below linked titles; fewer may be the parts of a text
_KEY = re.compile(r"[\W_]+")
_END = re.compile(r"[.!?…。！？؟।■●◆▪][\s'\"”“’»«)\]›」』*†]*$")
_QUOTED = re.compile(r"[\"“”„«»‹›]")
# "Nobody crossed it. Credit: Agency"; in a sentence the word stands small or is followed by an end.
_CREDIT_ENDS = re.compile(
    r"(?:^|[.!?…)\"”] )\(?(?:Photo|Image|Picture|Video|Foto|Bild|Imagen|Fot\.)?s? ?"
    r"(?:Credit|CREDIT|credit|Courtesy|Foto|Photo|Bild|Image)s?:\s?[^.!?:;]{2,60}$"
    r"|\((?:Image|Photo|Picture|Foto|Bild|Imagen|Fot\.|Photograph|IMAGE|PHOTO)s?\s?(?::|/|[Bb]y\b|[Cc]redit|[Cc]ourtesy)[^()]{2,60}\)$"
    r"|\((?:AP Photo|Getty|GETTY|Shutterstock|iStock"
    r"|[^()]{2,40}(?:/| via )(?:AP|AFP|Reuters|Getty|USA TODAY))[^()]{0,60}\)$"
)
_OPENS = re.compile(r"[“„«]")
_CLOCK = re.compile(r"^\W*(?:[01]?\d|2[0-3])[:.][0-5]\d(?:\s*(?:uhr|h|[ap]\.?m\.?))?\W*$", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_DIGIT = re.compile(r"\d")
_COUNT = re.compile(r"\d\s*[^\W\d_]")  # a number and a unit
_MAY_BE_AGE = re.compile(rf"{_COUNT.pattern}|\b(?:an?|ein\w*|une?|un[ao]|een) ", re.IGNORECASE)
_BIO = re.compile(
    r"(?:is|was|ist|est|es|è|jest|é|has|writes|covers|reports|joined|schreibt|arbeitet|war|hat|you can)\b",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\s:,|(–—-]{1,4}[\w.-]+@[\w-]+\.")
_HEADING = re.compile(r"h[1-6]$")
_RESERVED = ("eserv", "ESERV", "orbehalten", "ORBEHALTEN", "éserv", "ÉSERV")
_MARKS = 20  # spaces and punctuation in which two copies of a headline may differ
_MAY_REPEAT = frozenset((Label.BODY, Label.HEADLINE, Label.OTHER))
_BYLINE_CHARS, _WORDS_BESIDE = 100, 4  # characters; words beside the names: "By", "Staff Writer"
_SAID = (":", "：", "?", "？", "!", "！", "”", "“", "«", "»", '"')  # as lines of a dialogue end
_BESIDE = frozenset((Label.BYLINE, Label.DATE, Label.CAPTION, Label.NAVIGATION, Label.LEGAL, Label.AD))


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


def _key(text: str) -> str:
    return _KEY.sub("", text).casefold()


def _body(blocks: Sequence[Block]) -> list[int]:
    return [position for position, block in enumerate(blocks) if block.label is _BODY]


def _listed(blocks: Sequence[Block]) -> list[int]:
    """The text and the fragments in it: ages and titles may be either."""
    return [p for p, block in enumerate(blocks) if block.label is _BODY or block.rule == FRAGMENT]


def is_age(text: str) -> bool:
    """True when the whole of *text* says how long ago something was, and nothing else."""
    if len(text) > _AGE_CHARS or not _MAY_BE_AGE.search(text):
        return False
    found = AGO.search(text)
    return found is not None and not re.sub(
        r"[\W_]|updated|aktualisiert|published", "", text[: found.start()] + text[found.end() :], flags=re.IGNORECASE
    )


def is_title(block: Block) -> bool:
    """True for a short text that need not be a sentence."""
    return len(block.text) <= _TITLE_CHARS


def _is_prose(block: Block) -> bool:
    return (
        len(block.text) > 80
        and bool(_END.search(block.text[-8:]))
        and block.link_share < 0.5
        and not _HEADING.match(block.tag)
    )


def repeated_headline(blocks: Sequence[Block], _: Sequence[int], article: Article) -> Iterator[Verdict]:
    """The headline again, in any case; what stands between its first and last appearance above the text is the lead."""
    headline = article.headline or ""
    wanted = _key(headline)
    if not wanted:
        return
    near = [p for p, block in enumerate(blocks) if abs(len(block.text) - len(headline)) <= _MARKS]
    same = [p for p in near if blocks[p].label in _MAY_REPEAT and _key(blocks[p].text) == wanted]
    for position in same:
        if blocks[position].label is not Label.HEADLINE:
            yield position, Label.HEADLINE, "repeats the headline", 1.0
    if len(same) < 2:
        return
    between = [
        p
        for p in range(same[0] + 1, same[-1])
        if p not in same and blocks[p].label in (Label.BODY, Label.OTHER, Label.LEAD)
    ]
    prose = [p for p in between if len(blocks[p].text) > 60]
    if len(prose) == 1 and len(between) <= 3 and blocks[same[-1] + 1 :]:
        yield prose[0], Label.LEAD, "between two headlines", 0.9


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
    if len(block.text) > _TITLE_CHARS or not (_COUNT.search(block.text[:25]) or _COUNT.search(block.text[-25:])):
        return False
    text = block.text
    if any(AGO.match(text, start) for start in range(3)):
        return True
    found = AGO.search(text, max(0, len(text) - _AGE_CHARS))
    return found is not None and found.end() > len(text) - 3


def _timed_run(blocks: Sequence[Block], body: Sequence[int], run: Sequence[int]) -> Iterator[Verdict]:
    items_first = run[0] > 0 and run[-1] == len(body) - 1 and not _is_prose(blocks[body[run[0] - 1]])
    last = run[-1] if items_first else min(run[-1] + 1, len(body) - 1)
    if not is_title(blocks[body[last]]) or (
        last > run[-1] and _is_prose(blocks[body[last]]) and len(blocks[body[last]].text) > 160
    ):
        last = run[-1]
    first = run[0]
    while (
        first > 0
        and not _is_prose(blocks[body[first - 1]])
        and first > run[0] - 2
        and _heads_list(blocks[body[first - 1]])
    ):
        first -= 1
    if items_first and first == run[0]:
        first -= 1
    for n in range(first, last + 1):
        yield body[n], Label.TEASER, "timed list", 1.0


def _heads_list(block: Block) -> bool:
    if len(block.text) > _HEADING_CHARS and block.tag[0] != "h":
        return False
    text = small(block.text.strip(" :>»→-–|.…"))
    return text in LIST_HEADINGS or (text.startswith(_MORE_FROM) and _HEADING.match(block.tag) is not None)


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
        while n < len(body) and _is_item(blocks[body[n]]):
            yield body[n], Label.TEASER, "listed under a heading", 0.9
            n += 1


def _is_item(block: Block) -> bool:
    if _heads_list(block) or block.link_share > 0.6:
        return True
    return len(block.text) <= 160 and not _END.search(block.text[-8:]) and not block.text.endswith(":")


def pointers(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """ "Read more: ..." as a paragraph of its own."""
    for position in body:
        block = blocks[position]
        found = POINTER.match(small(block.text)) if len(block.text) <= _TITLE_CHARS else None
        if found is None:
            continue
        phrase = block.text[found.start("phrase") : found.end("phrase")]
        shouted = phrase.isupper() and len(phrase) > 3
        long_phrase = len(phrase.split()) > 1
        if (
            found["mark"] and (block.link_share > 0.25 or (long_phrase and not _QUOTED.search(block.text)) or shouted)
        ) or (block.link_share > 0.5 or (shouted and long_phrase)):
            yield position, Label.RELATED, "points at another article", 0.9


def promos(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """A call upon the reader that names what the outlet offers; a quotation and a report about newsletters are text."""
    for position in body:
        text = blocks[position].text
        if len(text) <= _PROMO_CHARS and is_promo(text):
            yield position, Label.PROMO, "calls upon the reader", 0.9


def is_promo(text: str) -> bool:
    """True when *text* calls upon the reader to do something for the outlet."""
    low = small(text)
    if not MAY_CALL.search(low) or _QUOTED.match(text) or len(_QUOTED.findall(text)) >= 2:
        return False
    text = low
    calls = set(CALL.findall(text))
    if not calls:
        return False
    offers = set(OFFER.findall(text)) - calls
    spoken_to = ADDRESS.search(text) is not None
    return (bool(offers) and (spoken_to or len(text) < 160)) or (len(calls) >= 2 and spoken_to)


def boilerplate(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """Lines that outlets put around every text: rights, credits, share prompts."""
    for position in body:
        text = blocks[position].text
        if (len(text) <= 420 and STOCK.match(text.lower())) or _ends_in_rights(text[-80:]):
            legal = "©" in text or "right" in text.lower()
            yield position, Label.LEGAL if legal else Label.OTHER, "stock phrase", 0.8


def _ends_in_rights(end: str) -> bool:
    return any(map(end.__contains__, _RESERVED)) and RIGHTS.search(end.lower()) is not None


def notices(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """What a site says of its own cookies, with what belongs to it; a report about cookies is text."""
    if not may_be_notice("\n".join([blocks[position].text for position in body])):
        return
    own = [n for n, position in enumerate(body) if speaks_of_own_cookies(blocks[position].text)]
    kinds = [n for n, position in enumerate(body) if explains_cookies(blocks[position].text)]
    found = {*own, *kinds} if own or len(kinds) > 1 else set()
    for n in sorted(found):
        found.update(takewhile(lambda k: asks_consent(blocks[body[k]].text), range(n + 1, len(body))))
    if len(kinds) > 1:
        found.update(
            n for n in range(min(found), max(found)) if not _is_prose(blocks[body[n]]) or _says_cookie(blocks[body[n]])
        )
    yield from ((body[n], Label.LEGAL, "speaks of its own cookies", 0.9) for n in sorted(found))


def _says_cookie(block: Block) -> bool:
    return "cookie" in block.text.lower()


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
    return block.link_share >= 0.75 and 15 < len(block.text) <= _TITLE_CHARS and _HEADING.match(block.tag) is not None


def lead_again(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """The lead once more as a paragraph; a lead that is all there is stays text."""
    leads = {
        _key(block.text): len(block.text) for block in blocks if block.label is Label.LEAD and len(block.text) > 40
    }
    near = [p for p in body if leads and any(abs(len(blocks[p].text) - length) < 20 for length in leads.values())]
    again = [position for position in near if _key(blocks[position].text) in leads]
    if len(again) < len(body):
        yield from ((position, Label.OTHER, "repeats the lead", 0.9) for position in again)


def walls(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """A line that asks to sign in or to subscribe, and what that brings: a list, or lines that say so."""
    for n, position in enumerate(body):
        if len(blocks[position].text) <= _TITLE_CHARS and WALL.match(blocks[position].text.lower()):
            yield position, Label.PROMO, "asks to sign in", 0.9
            for item in takewhile(lambda p: _is_gift(blocks[p]), body[n + 1 :]):
                yield item, Label.PROMO, "offered for signing in", 0.8


def _is_gift(block: Block) -> bool:
    return is_title(block) and (block.tag == "li" or GIFT.search(block.text.lower()) is not None)


def tail(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """What follows the last running prose and is no sentence: titles, buttons, names. A list may end a text."""
    last = max((n for n, position in enumerate(body) if _ends_text(blocks[position])), default=None)
    rest = body[last + 1 :] if last is not None else []
    while rest and _announces(blocks[rest[-1]].text):
        rest = rest[:-1]
    if any(_is_plain_item(blocks[position]) for position in rest) or _is_signed([blocks[n] for n in rest]):
        return
    if len(rest) < MIN_RUN:
        rest = [position for position in rest if len(blocks[position].text) < 80 or blocks[position].link_share > 0.3]
    if all(is_title(blocks[position]) for position in rest):
        label = Label.TEASER if len(rest) >= MIN_RUN else Label.OTHER
        yield from ((position, label, "after the text has ended", 0.7) for position in rest)


def _is_signed(lines: Sequence[Block]) -> bool:
    """True for the end of a letter: a line that ends in a comma, who wrote it, and maybe where."""
    if not 2 <= len(lines) <= _LINES_OF_SIGNATURE or not lines[0].text.endswith((",", "，", "、")):
        return False
    return all(len(line.text) <= _SIGNATURE and line.tag == lines[0].tag and not line.link_share for line in lines)


def _announces(text: str) -> bool:
    """True for a line that says what is shown below it, which is no text: a post, a video."""
    return len(text) > _ANNOUNCING and text.endswith((":", "："))


def _ends_text(block: Block) -> bool:
    """True for prose and for the end of a quotation that began above."""
    if len(block.text) > 40 and block.text[-1] in "”»" and not _OPENS.search(block.text) and block.link_share < 0.5:
        return True
    return _is_prose(block) or (bool(_END.search(block.text[-8:])) and block.link_share < 0.5)


def _is_plain_item(block: Block) -> bool:
    return block.tag in ("li", "ul", "ol", "td", "th", "pre", "dd") and block.link_share <= 0.3


def orphan_headings(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """A heading without text of its own below it goes with what was below it."""
    for here, following in zip(body, [*body[1:], None] if body else [], strict=True):
        if not _HEADING.match(blocks[here].tag) or blocks[here].tag == "h1":
            continue
        if following is None:
            yield here, Label.RELATED, "heading without text", 0.7
            continue
        between = [
            block for block in blocks[here + 1 : following] if block.label in (Label.TEASER, Label.RELATED, Label.PROMO)
        ]
        if between and _HEADING.match(blocks[following].tag) and blocks[following].tag <= blocks[here].tag:
            yield here, between[0].label, "heading of what was set aside", 0.7


def comments(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """What stands below a heading that counts comments, or asks for one, behind the first paragraphs."""
    prose = (position for position in body if _is_prose(blocks[position]))
    first = next(islice(prose, 1, None), len(blocks))
    for n in range(first + 1, len(blocks)):
        if blocks[n].tag[0] == "h" and COMMENTS.fullmatch(blocks[n].text.lower()):
            yield from ((p, Label.COMMENT, "below a heading of comments", 0.9) for p in body if p >= n)
            return


def about_the_author(blocks: Sequence[Block], body: Sequence[int], article: Article) -> Iterator[Verdict]:
    """Above or below the text, a paragraph that begins with an author's name and says who that is; below it, the name
    alone, and a note that begins with the first name."""
    authors = [author for author in article.authors if " " in author]
    firsts = [author.split()[0] for author in authors]
    for position in body[max(1, len(body) - 4) :]:
        text = blocks[position].text
        if text in authors or any(_says_who(text, name) for name in (*article.authors, *firsts) if len(name) > 2):
            yield position, Label.BYLINE, "says who the author is", 0.8
    if len(body) > 4 and any(_says_who(blocks[body[0]].text, author) for author in authors):
        yield body[0], Label.BYLINE, "says who the author is", 0.8


def _says_who(text: str, author: str) -> bool:
    if len(text) >= 600 or not text.startswith(author):
        return False
    return bool(_BIO.match(text[len(author) :].strip(" ,—–-")) or _MAIL.match(text[len(author) : len(author) + 60]))


def bylines(blocks: Sequence[Block], body: Sequence[int], article: Article) -> Iterator[Verdict]:
    """Above the first paragraph, a line that names the authors and says little else."""
    for position in takewhile(lambda p: not _is_prose(blocks[p]), body[:4]):
        text = blocks[position].text
        line = len(text) <= _BYLINE_CHARS and not text.endswith(_SAID) and not _HEADING.match(blocks[position].tag)
        if line and _names_authors(text, article.authors):
            yield position, Label.BYLINE, "names the authors", 0.8


def _names_authors(text: str, authors: Sequence[str]) -> bool:
    rest = text
    for author in authors:
        rest = rest.replace(author, " ", 1) if " " in author else rest
    return rest != text and len(_LETTERS.findall(rest)) <= _WORDS_BESIDE


def credited(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """Below the text, who else worked on it and how to reach them."""
    for position in body[max(1, len(body) - 4) :]:
        text = blocks[position].text
        if len(text) <= 260 and not _QUOTED.search(text) and _says_who_worked(text.lower()):
            yield position, Label.BYLINE, "says who else worked on it", 0.8


def _says_who_worked(text: str) -> bool:
    return any(map(text.__contains__, MAY_BE_CREDITED)) and CREDITED.match(text) is not None


def captions(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """A line among the text that ends in the credit of a picture."""
    for position in body:
        text = blocks[position].text
        if len(text) <= 300 and (":" in text[-66:] or text[-1] == ")") and _CREDIT_ENDS.search(text):
            yield position, Label.CAPTION, "ends in a credit", 0.8


def date_lines(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """A short line above the text that is hardly more than a date."""
    for position in body[:4]:
        if _is_date(blocks[position].text):
            yield position, Label.DATE, "hardly more than a date", 0.8


def _is_date(text: str) -> bool:
    if len(text) > 70 or not _DIGIT.search(text) or _END.search(text) or len(_LETTERS.findall(text)) > 5:
        return False
    date = parse_date(text)
    return date is not None and str(date.year) in text


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
