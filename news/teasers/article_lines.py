"""Lines that belong to the article and are not its text: headline and lead again, dates, authors, captions."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from news.article import Article, Block, Label
from news.dates import parse_date
from news.phrases import CREDITED, MAY_BE_CREDITED
from news.rule_ids import RuleId
from news.teasers.rules import DIGIT, END, HEADING, LETTERS, QUOTED, Verdict, is_prose, teaser_rule
from news.text import fold


class ArticleLineRule(RuleId):
    REPEATS_HEADLINE = "repeats_headline", "The headline once more."
    BETWEEN_HEADLINES = "between_headlines", "The paragraph between the headline and its repetition: the lead."
    REPEATS_LEAD = "repeats_lead", "The lead once more, as a paragraph."
    DATE_LINE = "date_line", "Above the text, a line with little more than a date."
    AUTHOR_LINE = "author_line", "Above the text, a line with little more than the authors' names."
    PICTURE_CREDIT = "picture_credit", "A line that ends in the credit of a picture."
    ABOUT_AUTHOR = "about_author", "A paragraph that says who the author is."
    CONTRIBUTORS = "contributors", "Below the text, a line that says who else worked on it."


# "Nobody crossed it. Credit: Agency"; inside a sentence the word is in lower case or followed by a sentence's end.
_CREDIT_ENDS = re.compile(
    r"(?:^|[.!?…)\"”] )\(?(?:Photo|Image|Picture|Video|Foto|Bild|Imagen|Fot\.)?s? ?"
    r"(?:Credit|CREDIT|credit|Courtesy|Foto|Photo|Bild|Image)s?:\s?[^.!?:;]{2,60}$"
    r"|\((?:Image|Photo|Picture|Foto|Bild|Imagen|Fot\.|Photograph|IMAGE|PHOTO)s?\s?(?::|/|[Bb]y\b|[Cc]redit|[Cc]ourtesy)[^()]{2,60}\)$"
    r"|\((?:AP Photo|Getty|GETTY|Shutterstock|iStock"
    r"|[^()]{2,40}(?:/| via )(?:AP|AFP|Reuters|Getty|USA TODAY))[^()]{0,60}\)$"
)
_BIO = re.compile(
    r"(?:is|was|ist|est|es|è|jest|é|has|writes|covers|reports|joined|schreibt|arbeitet|war|hat|you can)\b",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\s:,|(–—-]{1,4}[\w.-]+@[\w-]+\.")
_MARKS = 20  # spaces and punctuation marks by which two copies of a headline may differ
_MAY_REPEAT = frozenset((Label.BODY, Label.HEADLINE, Label.OTHER))
_BYLINE_CHARS, _OTHER_WORDS = 100, 4  # characters; words other than names: "By", "Staff Writer"
_DIALOGUE_ENDS = (":", "：", "?", "？", "!", "！", "”", "“", "«", "»", '"')


@teaser_rule(10)
def repeated_headline(blocks: Sequence[Block], _: Sequence[int], article: Article) -> Iterator[Verdict]:
    """Find the headline again, in upper or lower case. A paragraph between two of its copies is the lead."""
    headline = article.headline or ""
    wanted = fold(headline)
    if not wanted:
        return
    near = [p for p, block in enumerate(blocks) if abs(len(block.text) - len(headline)) <= _MARKS]
    same = [p for p in near if blocks[p].label in _MAY_REPEAT and fold(blocks[p].text) == wanted]
    for position in same:
        if blocks[position].label is not Label.HEADLINE:
            yield position, Label.HEADLINE, ArticleLineRule.REPEATS_HEADLINE, 1.0
    if len(same) < 2:
        return
    headlines = set(same)
    between = [
        p
        for p in range(same[0] + 1, same[-1])
        if p not in headlines and blocks[p].label in (Label.BODY, Label.OTHER, Label.LEAD)
    ]
    prose = [p for p in between if len(blocks[p].text) > 60]
    if len(prose) == 1 and len(between) <= 3 and blocks[same[-1] + 1 :]:
        yield prose[0], Label.LEAD, ArticleLineRule.BETWEEN_HEADLINES, 0.9


@teaser_rule(100)
def repeated_lead(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """Find the lead once more as a paragraph, unless it is all of the text."""
    leads = {
        fold(block.text): len(block.text) for block in blocks if block.label is Label.LEAD and len(block.text) > 40
    }
    near = [p for p in body if leads and any(abs(len(blocks[p].text) - length) < 20 for length in leads.values())]
    repeated = [position for position in near if fold(blocks[position].text) in leads]
    if len(repeated) < len(body):
        yield from ((position, Label.OTHER, ArticleLineRule.REPEATS_LEAD, 0.9) for position in repeated)


@teaser_rule(110)
def date_lines(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """Find a short line above the text with little more than a date."""
    for position in body[:4]:
        if _is_date(blocks[position].text):
            yield position, Label.DATE, ArticleLineRule.DATE_LINE, 0.8


def _is_date(text: str) -> bool:
    if len(text) > 70 or not DIGIT.search(text) or END.search(text) or len(LETTERS.findall(text)) > 5:
        return False
    date = parse_date(text)
    return date is not None and str(date.year) in text


@teaser_rule(120)
def bylines(blocks: Sequence[Block], body: Sequence[int], article: Article) -> Iterator[Verdict]:
    """Find a line above the first paragraph with little more than the authors' names."""
    for position in takewhile(lambda p: not is_prose(blocks[p]), body[:4]):
        text = blocks[position].text
        if len(text) > _BYLINE_CHARS or text.endswith(_DIALOGUE_ENDS) or HEADING.match(blocks[position].tag):
            continue
        if _names_authors(text, article.authors):
            yield position, Label.BYLINE, ArticleLineRule.AUTHOR_LINE, 0.8


def _names_authors(text: str, authors: Sequence[str]) -> bool:
    rest = text
    for author in authors:
        rest = rest.replace(author, " ", 1) if " " in author else rest
    return rest != text and len(LETTERS.findall(rest)) <= _OTHER_WORDS


@teaser_rule(130)
def captions(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """Find lines in the text that end in the credit of a picture."""
    for position in body:
        text = blocks[position].text
        if len(text) <= 300 and (":" in text[-66:] or text[-1] == ")") and _CREDIT_ENDS.search(text):
            yield position, Label.CAPTION, ArticleLineRule.PICTURE_CREDIT, 0.8


@teaser_rule(150)
def about_the_author(blocks: Sequence[Block], body: Sequence[int], article: Article) -> Iterator[Verdict]:
    """Find a paragraph above or below the text that begins with an author's name and says who the author is.

    Below the text, the name alone and a note that begins with the first name count too.
    """
    authors = [author for author in article.authors if " " in author]
    firsts = [author.split()[0] for author in authors]
    for position in body[max(1, len(body) - 4) :]:
        text = blocks[position].text
        if text in authors or any(_says_who(text, name) for name in (*article.authors, *firsts) if len(name) > 2):
            yield position, Label.BYLINE, ArticleLineRule.ABOUT_AUTHOR, 0.8
    if len(body) > 4 and any(_says_who(blocks[body[0]].text, author) for author in authors):
        yield body[0], Label.BYLINE, ArticleLineRule.ABOUT_AUTHOR, 0.8


def _says_who(text: str, author: str) -> bool:
    if len(text) >= 600 or not text.startswith(author):
        return False
    return bool(_BIO.match(text[len(author) :].strip(" ,—–-")) or _MAIL.match(text[len(author) : len(author) + 60]))


@teaser_rule(160)
def contributors(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """Find lines below the text that say who else worked on it and how to reach them."""
    for position in body[max(1, len(body) - 4) :]:
        text = blocks[position].text
        if len(text) <= 260 and not QUOTED.search(text) and _says_who_worked(text.lower()):
            yield position, Label.BYLINE, ArticleLineRule.CONTRIBUTORS, 0.8


def _says_who_worked(text: str) -> bool:
    return any(map(text.__contains__, MAY_BE_CREDITED)) and CREDITED.match(text) is not None
