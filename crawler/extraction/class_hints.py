"""What an element's tag, class and id say about the text inside it."""

import re
from functools import lru_cache, reduce
from itertools import pairwise
from operator import or_
from typing import NamedTuple

from selectolax.lexbor import LexborNode

# ruff: noqa: E501 (tables of words and patterns, one thought a line)


class Hint:
    """What an element is for, as bits that can be combined; an enum's `|` would cost more than the parsing."""

    NONE = 0
    ARTICLE = 1 << 0  # contains the text
    NAVIGATION = 1 << 1
    RELATED = 1 << 2
    PROMO = 1 << 3
    COMMENT = 1 << 4
    AD = 1 << 5
    SHARE = 1 << 6
    MEDIA = 1 << 7
    CAPTION = 1 << 8
    BYLINE = 1 << 9
    DATE = 1 << 10
    TAGS = 1 << 11
    LEGAL = 1 << 12
    LEAD = 1 << 13
    HEADLINE = 1 << 14
    HIDDEN = 1 << 15
    REMOVED = 1 << 16  # by the outlet's settings
    KEPT = 1 << 17  # by the outlet's settings
    EMBED = 1 << 19  # a post from elsewhere, or a box that asks for permission to load it
    UNSEEN = 1 << 20  # hidden by an attribute, or a dialog about consent: readers do not take it for the text
    OPENING = 1 << 18  # a lead when it is apart from the text, else the first paragraph


# Whole words, after class and id were split at hyphens, underscores and capitals.
_WORDS = {
    Hint.ARTICLE: "articlebody bodytext storybody storytext articletext articlecontent postcontent entrycontent",
    Hint.NAVIGATION: "nav navigation navbar menu submenu breadcrumb breadcrumbs masthead topbar pagination pager toc sitenav skip "
    "skiplink skiplinks jumplink pagenav footer siteheader siteheading migas",
    Hint.RELATED: "related relatedarticles teaser teasers recommended recommendation recommendations recommend recirc recirculation "
    "trending popular mostread mostviewed mostpopular sidebar rail rightrail carousel readmore readnext readalso "
    "seealso upnext nextup morefrom morestories morenews outbrain taboola ticker latestnews linklist "
    "empfehlungen meistgelesen relacionadas relacionados relacionada correlati correlate verwandt aside infobox "
    "suggested suggestions crosslink crosslinks backlinks onward zergnet revcontent editorspick editorspicks",
    Hint.PROMO: "newsletter newsletters subscribe subscription subscriptions signup promo promos promotion promobox donate donation "
    "donations membership cta appdownload apppromo marketing abo abonnieren abonnement whatsapp telegram follow "
    "followus upsell regwall",
    Hint.COMMENT: "comment comments disqus commentlist respond kommentar kommentare kommentarer comentarios comentario commentaires "
    "commenti reactie reacties replies discussion livefyre fbcomments",
    Hint.AD: "ad ads adv advert advertisement advertising adslot adunit adbox adwrap adcontainer sponsor sponsored sponsors anzeige "
    "werbung publicite publicidad publicidade reklama reklame dfp gpt banner adsense advertorial affiliate",
    Hint.SHARE: "share shares sharing sharebar sharetools social socials socialmedia sharebuttons addthis addtoany toolbar articletools "
    "print bookmark poll quiz vote voting rating ratings widget popup modal tooltip dialog lightbox search searchform form login overlay",
    Hint.MEDIA: "player video videos gallery slideshow photogallery jwplayer videoplayer audio podcast mediaplayer",
    Hint.EMBED: "tweet embed embeds",
    Hint.CAPTION: "caption captions figcaption credit credits imagecredit photocredit imagecaption photocaption legend "
    "bildunterschrift bildtext copyright imgcaption wpcaption leyenda didascalia mediainfo",
    Hint.BYLINE: "byline bylines author authors authorbio authorbox bio autor autore auteur contributor contributors writer "
    "signature reporter journalist creator profile personality",
    Hint.DATE: "date dateline timestamp pubdate publishdate datetime datepublished postdate time published updated",
    Hint.TAGS: "tag tags topics keywords categories taglist taxonomy taxonomies tagcloud hashtags etiquetas",
    Hint.LEGAL: "legal disclaimer cookie cookies consent gdpr privacy imprint impressum license licence trustproject",
    Hint.LEAD: "standfirst subtitle subheadline subhead dek deck excerpt abstract vorspann chapo sottotitolo subtitulo bajada "
    "sommario description untertitel",
    Hint.OPENING: "lead lede intro introduction summary teasertext einleitung ingress",
    Hint.HEADLINE: "headline title titel titulo titre titolo",
    Hint.HIDDEN: "hidden sronly screenreader visuallyhidden noprint offscreen a11y",
}
_MEANING = {word: hint for hint, words in _WORDS.items() for word in words.split()}
# Two words side by side.
_PAIRS = {
    Hint.RELATED: "read more|read next|read also|most read|most popular|most viewed|see also|up next|more from|more stories|more news|"
    "more on|also like|also read|next article|previous article|prev next|next post|post navigation|right rail|"
    "right column|right col|editors picks|top stories|latest news|more articles|other articles|in depth|link list|"
    "mehr zum|mehr zu|lesen sie|lees ook|lire aussi|leia mais|lea tambien|a lire|see more|further reading|secondary column|"
    "side bar|sub column|article list|story list|card list|news list|post list|must read|top news",
    Hint.OPENING: "teaser text|teaser intro|article teaser",
    Hint.PROMO: "sign up|app download|download app|follow us|call to|on site|in app",
    Hint.SHARE: "share bar|article tools|story tools|media kit",
    Hint.EMBED: "twitter tweet|instagram media|tiktok embed|fb post|embed wrapper|social embed|embed placeholder|social placeholder",
    Hint.MEDIA: "video player|media player|photo gallery",
    Hint.CAPTION: "photo credit|image credit|wp caption|image meta|media caption|image info|media info|picture text|photo info|image source",
    Hint.NAVIGATION: "site header|site footer|page footer|global header|page header|top bar|skip to|main menu|header nav",
    Hint.ARTICLE: "article body|story body|article text|article content|story content|entry content|post content|post body|body text|"
    "story text|main content|article copy|rich text|body copy|article main|content body|news content|news text|"
    "text content|news body|content article|wysiwyg body|body content|td post|article paragraphs|detail text",
    Hint.HIDDEN: "sr only|screen reader|visually hidden|is hidden|d none",
    Hint.BYLINE: "about author|post author|article meta|entry meta|post meta|story meta|article info|meta info",
    Hint.DATE: "publish date|published date|pub date|last updated|last update",
    Hint.LEAD: "sub title|sub headline|sub head|article summary|article intro|article lead|stand first",
    Hint.AD: "partner content|paid content|ad slot",
    Hint.TAGS: "tag list|article tags|post tags|story tags",
}
_PAIR_MEANING = {pair: hint for hint, pairs in _PAIRS.items() for pair in pairs.split("|")}
_PAIR_BEGINNINGS = frozenset(pair.split()[0] for pair in _PAIR_MEANING)
# Parts of words without a space between them ("relatedstories", "newsletterbox").
_PARTS = re.compile(
    r"(?P<COMMENT>comments?(?:section|list|box|form|area|wrap)|disqus)"
    r"|(?P<PROMO>newsletter|subscri(?:be|ption)|signup)"
    r"|(?P<RELATED>related|teaser|recommend|recirc|mostread|mostpopular|readmore|sidebar|trending|outbrain|taboola|morestories|carousel)"
    r"|(?P<AD>advert|sponsor|adslot|adsby)"
    r"|(?P<SHARE>share(?:bar|tools|buttons|icons|links)|socials?(?:share|links|icons|bar))"
    r"|(?P<NAVIGATION>navigation|breadcrumb|navbar|megamenu)"
    r"|(?P<ARTICLE>articlebody|storybody|articletext|articlecontent|postcontent|entrycontent)"
    r"|(?P<LEGAL>cookie|consent|gdpr)"
    r"|(?P<CAPTION>caption|photocredit|imagecredit)"
    r"|(?P<BYLINE>byline|authorbio|authorbox)"
    r"|(?P<DATE>pubdate|datepublish|publishdate)"
)
_WORD = re.compile(r"[A-Z]?[a-z]+\d*|[A-Z]+(?![a-z])")
_TO_SPACES = bytes(n if chr(n).isascii() and (chr(n).islower() or chr(n).isdigit()) else 32 for n in range(256))
# Generated names ("AdDsWC", "n1AuAdJlVL"): what looks like words in them is chance.
_MADE_UP = re.compile(r"(?<![A-Za-z0-9])(?=[A-Z0-9]*[a-z])(?:[a-z]{1,2}\d+)?(?:[A-Z][a-z]?\d*){3,}(?![A-Za-z0-9])")
_CAPITALS = re.compile(r"[A-Z][a-z]?\d*[A-Z]")  # in all of these
# Names that page builders and Drupal give to every box, and names that are only for printing ("print:hidden").
_OF_ANY_BOX = re.compile(r"elementor-widget|(?<!\S)print:\S*|label-hidden|dialog-off-canvas")
_MAY_BE_OF_ANY_BOX = ("elementor-", "print:", "label-hidden", "off-canvas")
_OF_A_POST = re.compile(r"(?<!\S)(?:tag|category)-\S*")  # WordPress: the subjects of the post, not of the box
_MAX_LENGTH = 400  # a longer class list is utility classes or an attack; its beginning is enough


# The beginnings of these parts: a cheap test before the pattern.
_PARTS_BEGIN = re.compile(
    "comment|disqus|newsl|subscri|signup|relat|teaser|recom|recirc|mostr|mostp|readm|sideb|trend|outbr|tabool|morest|carous|advert|"
    "spons|adslot|adsby|share|social|navi|breadc|navbar|megam|article|story|post|entry|cookie|consent|gdpr|caption|photo|image|byline|"
    "author|pubdate|datepub|publishd"
)
_MOST_WORDS = 50_000


class _WordHints(dict[str, int]):
    """The hints of each word, computed at its first use: most class names consist of the same few hundred words."""

    def __missing__(self, word: str) -> int:
        found = _PARTS.search(word) if len(word) > 5 and _PARTS_BEGIN.search(word) else None
        hint = int(getattr(Hint, found.lastgroup)) if found and found.lastgroup else Hint.NONE
        if len(self) < _MOST_WORDS:
            self[word] = hint
        return hint


_WORD_HINTS = _WordHints(_MEANING)


def _words_of(names: str) -> list[str]:
    if names.islower():  # most are; without capitals the words are quickly split
        return names.encode("ascii", "replace").translate(_TO_SPACES).decode().split()  # half of what a pattern costs
    if _CAPITALS.search(names):
        names = _MADE_UP.sub("", names)
    return [word.lower() for word in _WORD.findall(names)]


@lru_cache(maxsize=20_000)
def hints_of(names: str) -> int:
    """Return the hints in *names*, an element's class and id."""
    names = names[:_MAX_LENGTH]
    if any(map(names.__contains__, _MAY_BE_OF_ANY_BOX)):
        names = _OF_ANY_BOX.sub("", names)
    if "status-publish" in names:
        names = _OF_A_POST.sub("", names)
    words = _words_of(names)
    found = reduce(or_, map(_WORD_HINTS.__getitem__, words), Hint.NONE)
    if not _PAIR_BEGINNINGS.isdisjoint(words):
        for before, word in pairwise(words):
            if before in _PAIR_BEGINNINGS:
                found |= _PAIR_MEANING.get(f"{before} {word}", Hint.NONE)
    return found


HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
BOLD = frozenset(("b", "strong"))
# Plain numbers: asked of each node of a page.
TEXT, SKIPPED, PLAIN, INLINE, BOX = range(5)
_INLINE = frozenset((
    "a", "abbr", "acronym", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "font", "ins", "kbd",
    "label", "mark", "nobr", "q", "rb", "ruby", "s", "samp", "span", "strike", "time", "tt", "var", "wbr",
))  # fmt: skip
_SKIPPED = frozenset((
    "script", "style", "noscript", "template", "svg", "math", "iframe", "frame", "frameset", "object", "embed",
    "applet", "select", "option", "datalist", "textarea", "canvas", "audio", "map", "area", "base", "col",
    "colgroup", "param", "source", "track", "input", "meta", "link", "title", "head", "rp", "rt", "-comment",
    "-doctype", "-document",
))  # fmt: skip
# Parts of a line whose classes mean nothing.
_PLAIN = frozenset(("b", "strong", "i", "em", "u", "small", "sub", "sup"))
# The hints of a tag.
_HINTS = {
    "nav": Hint.NAVIGATION,
    "menu": Hint.NAVIGATION,
    "footer": Hint.NAVIGATION,
    "aside": Hint.RELATED,
    "figcaption": Hint.CAPTION,
    "figure": Hint.MEDIA,
    "caption": Hint.CAPTION,
    "button": Hint.SHARE,
    "video": Hint.MEDIA,
    "dialog": Hint.SHARE,
    "time": Hint.DATE,
    "address": Hint.BYLINE,
    "form": Hint.SHARE,
    "fieldset": Hint.SHARE,
}
_STANDARD_TAGS = 1_000  # lexbor's numbers of HTML's tags are below 256; other tags get an address that may be reused


class Tag(NamedTuple):
    """A tag's meaning: `kind` is one of TEXT, SKIPPED, PLAIN (a part of a line without a class), INLINE (a part of a line), BOX."""

    name: str
    kind: int
    hints: int


class _Tags(dict[int, Tag]):
    """Tags by lexbor's number, computed at their first use: reading a tag's name costs three times its number."""

    def of(self, node: LexborNode) -> Tag:
        """Return the tag of *node*; trying `get(node.tag_id)` first is cheaper."""
        name = node.tag or "-comment"
        tag = Tag(name, _kind(name), _HINTS.get(name, 0))
        if node.tag_id < _STANDARD_TAGS:
            self[node.tag_id] = tag
        return tag


def _kind(name: str) -> int:
    if name == "-text":
        return TEXT
    if name in _SKIPPED:
        return SKIPPED
    if name in _PLAIN:
        return PLAIN
    return INLINE if name in _INLINE else BOX


TAGS = _Tags()
