"""The names of persons and agencies in a byline, without roles, places, dates and calls to follow."""

import re
from collections.abc import Iterable, Iterator

from news.agencies import is_agency
from news.dates import date_begins
from news.text import fold

# ruff: noqa: E501 (tables of words and patterns, one thought a line)


_BY_WORDS = r"by|von|vom|par|por|di|da|door|przez|af|av|oleh|автор|от|بقلم|מאת"
BY = re.compile(
    rf"^\W*(?:(?-i:By(?=[A-Z]))|(?:(?:written|reported|posted|story|text|words|article|review|analysis|opinion|published|geschrieben|veröffentlicht|erstellt|verfasst|eingestellt|publicado|publié|escrito|scritto|geschreven|(?:gast)?(?:beitrag|kommentar)|interview|protokoll|analyse|reportage|essay|kolumne|bericht|mehr|more (?:stories )?(?=by)|aus .{{3,20}}|ein .{{3,30}}|eine .{{3,30}})\s+)?"
    rf"(?:(?:{_BY_WORDS})\b[:\s]|(?:autor(?:in|es|a|en|zy)?|authors?|auteur(?:s|\(s\))?|autore|redaktion|reporter|writer|words|tekst|texto|text|texte|testo|interview|de notre correspondant|texto de|yazan|haber|kaynak|текст|фото и текст|بقلم|كتب|כתב(?:ה)?|文|著者|筆者|執筆者?|取材|撰文|撰稿|作者|記者|记者|글|기자)\s?[:：／]|(?:texto de|de notre correspondant|autor(?:in|en)?|author|reporter)\s))\s*",
    re.IGNORECASE,
)
# "posted on 5 March 2024 by Jane Miller", "5 March 2024 - Von Jane Miller"
_ALONE = re.compile(
    rf"\W*(?:(?:(?:written|published|words|story|text|verfasst|geschrieben|escrito|écrit|scritto|geschreven)\s)?(?:{_BY_WORDS})|text|auth?or(?:in|en|es|s|a|\(s\))?|auteur(?:s|\(s\))?|autore|autori|words)\W*",
    re.IGNORECASE,
)
_BY_INSIDE = re.compile(
    rf"(?:\d|[^.!?]{{0,30}}?\b(?-i:\d{{1,2}}\.? [A-Z][a-zäéû]{{2,8}}\.?,? |[A-Z][a-zäéû]{{2,8}}\.? \d{{1,2}}(?:st|nd|rd|th)?,? )\d{{4}}\b|[^|·•]{{1,30}}[|·•]\s(?=(?-i:By|Von|Par|Por) )|(?-i:^(?:[A-Z]\w+ ){{1,3}}(?=By ))|\b(?:posted|published|written|veröffentlicht|geschrieben|erstellt|publié|publicado|in \w+)\b).{{0,60}}?(?:\b(?:{_BY_WORDS})\b:?|\bredaktion:)\s+(?=\S)",
    re.IGNORECASE,
)
_FIRST_WORDS = frozenset(
    f"{_BY_WORDS}|written|words|story|text|review|analysis|opinion|geschrieben|verfasst|gastbeitrag|beitrag|gastkommentar|kommentar|"
    "interview|analyse|reportage|essay|kolumne|bericht|escrito|écrit|scritto|geschreven|autor|autorin|autoren|author|authors|auteur|"
    "auteurs|auteur(s)|autore|redaktion|reporter|writer|tekst|texto|texte|testo|yazan|haber|текст|文|著者|筆者|執筆|執筆者|取材|撰文|撰稿|作者|記者|记者|글|기자".split(
        "|"
    )
)
LIST = re.compile(
    r"\W*(?:(?:(?:written|words|story|text|verfasst|geschrieben|escrito|écrit|scritto)\s)?(?:by|von|par|por|di|door)|text|texto|texte|autor|autorin|autoren|author|authors|auteur|auteurs|autore|autores)\b:?\s[^\d.:]{4,50}",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"\W*(?:(?:written|words|text|verfasst|geschrieben) (?:by|von)|text|texto|texte|autor(?:in|en|es|a)?|authors?|auteurs?|autore)\s?[:：]\s?[^\d:]{4,90}",
    re.IGNORECASE,
)
# "Chief Political Correspondent", "Business Editor of the Post": what a person is, before or behind the name.
_JOB = re.compile(
    r"(?<![^\s,(])(?:(?:chief|deputy|managing|senior|junior|associate|assistant|executive|contributing|special|freelance|community|national|local|foreign|world|city|political|politics|business|economics?|finance|financial|money|consumer"
    r"|sports?|football|education|health|science|technology|tech|culture|arts?|music|film|media|crime|courts?|legal|environment|climate|energy|transport|travel|food|lifestyle|fashion|features?|investigations?|investigative|diplomatic|defen[cs]e|security"
    r"|religion|royal|social|affairs|digital|data|video|multimedia|night|night-time|news|opinion|european?|asia|africa|us|uk|white house|middle east) )+"
    r"(?:editor|reporter|correspondent|writer|columnist|contributor|journalist|producer|critic|commentator|fellow|intern|analyst|anchor)\b(?: (?:at|for|of|in|with) .*$)?",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:[;|/／、•·]|,(?!\s*(?:jr|sr|ii|iii)\b)(?:\s*(?:and|und|et|y|oraz|og|och|&)\s)?)\s*", re.IGNORECASE
)
_AND = re.compile(r"\s(?:and|und|et|y|e|en|oraz|i|with|mit|&|og|och|ve|и|та)\s", re.IGNORECASE)
_CUT = re.compile(
    r"\s*(?:\(|\[|\bfor\b|\bfür\b|\bin\b (?=[A-Z])|\bupdated\b|\bpublished\b|\bpublié\b|\bposted\b|\bis an?\b|\bist\b|\b\d|@|https?:|\bfollow\b|\bfolgen\b|\||–|—| - |\bvia\b|\bstand:?\s*$|\bam\s*$|\ble\s*$|\bon\s*$|\bel\s*$"
    r"|\bstaff (?:writer|reporter)\b|\bsenior\b|\bcorrespondent\b|\bcontributor\b|\breporter\b|\beditor\b|\bredakteur|\bkorrespondent|\billustration|\bphotos?\b|\bfotos?\b|\bpage updated\b|\bcontributions?\b|\badditional\b|\bmin(?:ute)?s? read\b|\bread more\b|\bgazeteci|\bmuhabir|[稿来來]源\s?[:：]|责任编辑|責任編輯|责编).*$",
    re.IGNORECASE | re.DOTALL,
)
_CREDIT = re.compile(
    r"^\W*(?:photo|foto|bild|image|picture|illustration|graphic|grafik|video|kamera|camera|cover|styl|hair\b|makeup|produc|übersetz|translat|traduc)|getty images|shutterstock|istock|/ ?(?:ap|afp|reuters|dpa)\s*$",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"^(?:admin|administrator|editor|editors|staff|author|redaktion|redaction|rédaction|redacción|redazione|redactie|redakcja|redação|the editors|"
    r"follow|view|more|read|share|team|guest|unknown|none|null|undefined|newsroom|online|web|contact|profile|bio|see all|your account|post views|by|about|email|posts|comments?"
    r"|publiziert|eingetragen|gesponsert\w*|sponsored|beiträge|registriert|posted|veröffentlicht|written|updated|source|quelle|subscribe|sign up|newsletter|advertisement|anzeige|werbung|photo|foto|video|getty|reading time|lesezeit)\b",
    re.IGNORECASE,
)
# Some names begin with such a word, so the whole text must match.
_NO_NAME = re.compile(
    r"(?:auth?or(?:in|en|es|s|a)?|auteurs?|autore|am|do|um|red|unserem|unserer|webmaster|agenturen|agencies|agencias|agences|agenzie|ph\.?d\.?|m\.?d\.?|esq|jr\.?|news|press release|no author|author name|editorial|columnist|anonymous|anonym|anónimo|welcome|log ?(?:in|out)?|your account|name|datum|date|published"
    r"|veröffentlicht|opublikowano|publicado|publié|pubblicato|(?:mon|tues|wednes|thurs|fri|satur|sun)day|show all .*|(?:getty images|shutterstock|istock).*)",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?:ceo|cto|cfo|founder|dietitian|nutritionist|expert|attorney|lawyer|professor|director|manager|analyst|strategist|specialist|consultant|editor|writer|reporter|correspondent|columnist|contributor|producer|photographer|gardener|astrologer|engineer|researcher|president|chair(?:man|woman)?|redakteur(?:in)?|chefredakteur(?:in)?|korrespondent(?:in)?|journalist(?:in)?|volontär(?:in)?|autor(?:in)?|rédact\w+|redactor\w*|periodista|\w+(?:leiter|sprecher|referent)(?:in)?|geschäftsführer(?:in)?|vorsitzende[rn]?)\b",
    re.IGNORECASE,
)
_MEDIUM = re.compile(
    r"\b(?:news|times|post|press|report|tribune|herald|journal|magazine|gazette|chronicle|daily|weekly|tv|radio|media|network|agency|agencia|agence|agentur|institute|university|zeitung|nachrichten|presse|rundschau|guardian|telegraph|bloomberg|reuters|cnn|bbc|nbc|abc|cbs|npr|fox)\b",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"redaktion|rédaction|redacción|redacción|redazione|redactie|redakcja|redação|\bstaff\b|\bteam\b|\bdesk\b|\bnewsroom\b|\beditors\b|\beditorial\b|\breporters?\b|\bcorrespondents?\b",
    re.IGNORECASE,
)
_TEAM = re.compile(r"redaktion|rédaction|redacción|redazione|redactie|redakcja|redação|redaktionen", re.IGNORECASE)
_FIRM = re.compile(r"\b(?:e\. ?V\.|GmbH|Inc|Ltd|LLC|S\.A\.|B\.V\.|AB|AG|plc)(?:\W|$)")
_OTHER_LINE = re.compile(
    r"\W*(?:schlagw|kategor|tags?\b|categor|abgelegt|filed under|posted in\b(?!.{1,40}\bby\s)|tagged)", re.IGNORECASE
)
_CALL = re.compile(
    r"\b(?:folgen|follow|view|contact|kontakt\w*|profile?|more|mehr|all|alle|bio|email|about)\b", re.IGNORECASE
)
_WEEKDAY = re.compile(
    r"[\s,|]+(?:mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|am|on|le|el|il)\b[.,\s]*$",
    re.IGNORECASE,
)
_GLUED_MONTH = re.compile(
    r"(?<=[a-zß-ÿ])(?=(?:January|February|March|April|May|June|July|August|September|October|November|December) \d)"
)
_INSTITUTE = re.compile(r"\S+ (?:for|für)\s", re.IGNORECASE)  # "Center for Drug Evaluation and Research"
_TWICE = re.compile(r"(.{4,}) \1")
_HOST = re.compile(r"^\S+\.(?:com|org|net|de|at|ch|fr|es|it|nl|pl|pt|uk)\b", re.IGNORECASE)
_NOT_NAME = re.compile(r"[<>{}=_\\]|https?:|www\.|\.com\b|\d{2}|[?!:：]|\.{2}")
_INITIAL = re.compile(r"\b[^\W\d_]\.$")
_PARTICLES = frozenset(
    "von van de der den del della di da dos das du la le el al bin ibn ter ten zu y e af av und of the and for für".split()  # noqa: SIM905
)
# Roles beside a name in scripts without spaces, and calls to follow the person.
_TITLE = re.compile(
    r"^(?:记者|記者|作者|编辑|撰文|文)[\s:：／/]\s*|\s?(?:기자|특파원|논설위원|記者|记者|報導|报道)(?: 외(?: \d+명)?)?$|^(?:suivre|seguir|segui|volg)\s(?=[A-Z])|\s(?:suivre|seguir|segui|volgen|følg|följ)$",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?=\D)(\w[\w.-]{2,29})\s?(?:[|,@·•–—-]\s?)?(?:(?:on|am|le|el|op|il|den|at)\s)?(?=[\w ,.]*\d)")
_COLON = re.compile(r"[:：／]")
# "editor@outlet.example (Jane Miller)", as RSS has it; an address alone names nobody.
_NAME_BEHIND_MAIL = re.compile(r"\S+@\S+\s*\(([^()@]+)\)")
_MAIL = re.compile(r"[(<[]?(?:mailto:)?[\w.+-]+@[\w-]+\.[\w.-]+[)>\]]?")
_LAST_FIRST = re.compile(r"((?:[^\W\d]+ )?[^\W\d]['’\w-]+), ([^\W\d]['’\w-]+(?: [^\W\d]\.?)?)")
_PICTOGRAM = re.compile("\\s*[\u2600-\u27bf\U0001f000-\U0001faff].*$")
_PEN_NAME = re.compile(r"(?=\D)\w[\w.-]{1,29}(?: [A-Z][\w-]+)?")  # "freeman1984", "it-crew Webteam"
_SHORTEST, _LONGEST = 2, 60  # characters of a name
_TEXT = 300  # characters of a byline looked at


def names_in(raw: Iterable[str], sites: frozenset[str], *, trusted: bool = False) -> tuple[str, ...]:
    """Return the persons and agencies named in *raw*, once each; of "Jim Walsh" and "Jim Walsh Evening Post" the name.

    `sites` are folded names of the outlet, which is no author here. `trusted` texts come from places where only names
    are, so a pen name and a name in lower case count too.
    """
    names: dict[str, str] = {}
    for name in _all_names(raw, sites, trusted):
        names.setdefault(fold(name), name)
    if not trusted and any(" " in name for name in names.values()):  # what is one word beside full names is a section
        names = {folded: name for folded, name in names.items() if " " in name or name.isupper() or name.islower()}
    return tuple(
        name
        for folded, name in names.items()
        if not any(folded != other and folded.startswith(other) and " " in names[other] for other in names)
    )


def may_begin_with_by(line: str) -> bool:
    """Return whether the first word allows that the line says "by": a cheap test before the pattern."""
    first = line.split(" ", 1)[0]
    word = _COLON.split(first.casefold().strip("*([|·•–—-:："), 1)[0]
    return first.startswith("By") or word in _FIRST_WORDS


def persons_in(line: str, sites: frozenset[str]) -> tuple[str, ...]:
    """Return the names of several words in a line that begins with "by", without teams; none for any other line."""
    if not may_begin_with_by(line) or not BY.match(line):
        return ()
    names = [name for name in names_in([line], sites) if " " in name and "&" not in name and not _is_group(name, sites)]
    return tuple(names)


def linked_in(raw: Iterable[str], sites: frozenset[str]) -> tuple[str, ...]:
    """Return the names in *raw*, the texts of links to authors' pages. Pen names and the outlet's name count."""
    names: dict[str, str] = {}
    for text in raw:
        for name in names_in([text], sites, trusted=True) or _pen_name(text, sites):
            names.setdefault(fold(name), name)
    return tuple(names.values())


def _pen_name(text: str, sites: frozenset[str]) -> tuple[str, ...]:
    name = _name_of(" ".join(text[:_TEXT].split()))
    if (
        not _SHORTEST <= len(name) <= _LONGEST
        or _NO_AUTHOR.match(name)
        or _NO_NAME.fullmatch(name)
        or _CALL.search(name)
    ):
        return ()
    if _HOST.match(name):
        return ()
    return (name,) if _PEN_NAME.fullmatch(name) and (name.islower() or fold(name) not in sites) else ()


def _all_names(raw: Iterable[str], sites: frozenset[str], trusted: bool) -> list[str]:
    """Return the names of the first line that says "by", if any: lines around it belong to other articles."""
    names: list[str] = []
    for text in raw:
        found = list(_in_byline(text, sites, trusted))
        if found and not trusted and says_by(text):
            return found
        names += found
    return names


def groups_in(raw: Iterable[str], sites: frozenset[str]) -> tuple[str, ...]:
    """Return editorial teams and the outlet itself in place of an author: "Guardian staff reporter", "BBC News"."""
    groups: dict[str, str] = {}
    for text in raw:
        name = BY.sub("", " ".join(text[:_TEXT].split())).strip(" ,.;:-–—|")
        if _SHORTEST <= len(name) <= _LONGEST and not _NOT_NAME.search(name) and _is_group(name, sites):
            groups.setdefault(fold(name), name)
    return tuple(groups.values())


def says_by(line: str) -> bool:
    """Return whether the line names an author: "By Jane Miller", "5 March 2024 by Jane Miller"."""
    return bool(BY.match(line) or _BY_INSIDE.match(line))


def byline_of(line: str) -> str:
    """Return the part of a line with the names, without "by" and what follows them."""
    return _after_by(" ".join(line[:_TEXT].split()))


def is_credit(line: str) -> bool:
    """Return whether the line names the maker of a picture."""
    return bool(_CREDIT.search(line))


def is_signed(line: str) -> bool:
    """Return whether the line only names the author: "Text: Jane Miller" or "Author: Ed Ito, historian"."""
    return bool(_SIGNED.fullmatch(line))


def is_by_alone(line: str) -> bool:
    """Return whether the line is only "by", with the name on the next line."""
    return len(line) < 18 and bool(_ALONE.fullmatch(line))


def is_firm(name: str) -> bool:
    """Return whether the name has the legal form of an association or a company."""
    return bool(_FIRM.search(name))


def _is_group(name: str, sites: frozenset[str]) -> bool:
    if fold(name) in sites:
        return True
    if _CALL.search(name):
        return False
    team = _TEAM.fullmatch(name) or (_GROUP.search(name) and 1 < len(name.split()) <= 5)
    return bool(team) and name[0].isupper()


def _handle_before_date(text: str) -> str:
    """Return the pen name in "Posted in Rivers by freeman1984 on 3 August 2019"; empty when no date follows at once."""
    by = BY.match(text) or _BY_INSIDE.match(text)
    found = _HANDLE.match(text, by.end()) if by else None
    if found is None or not found[1].islower() or date_begins(text[found.end() :]) != 0:
        return ""
    return "" if _NO_AUTHOR.match(found[1]) or _NO_NAME.fullmatch(found[1]) else found[1]


def _in_byline(text: str, sites: frozenset[str], trusted: bool) -> Iterator[str]:
    text = " ".join(text[:_TEXT].split())
    if "@" in text:
        text = _MAIL.sub(" ", _NAME_BEHIND_MAIL.sub(r"\1", text)).strip()
    if trusted:
        text = "; ".join(_first_last(part) for part in text.split("; "))
    if not trusted and ((_CREDIT.search(text) and not BY.match(text)) or _OTHER_LINE.match(text)):
        return
    if not trusted:
        text = _GLUED_MONTH.sub(" ", text)
    handle = "" if trusted else _handle_before_date(text)
    if handle:
        yield handle
        return
    text = _without_job(text)
    parts = [_without_site(_name_of(part), sites) for part in _split_names(_after_by(text))]
    if not trusted:
        parts = [_without_medium(part) for part in parts]
    if parts != [text] and _GROUP.search(text) and not any(" " in part for part in parts):
        return  # as in "Guardian staff reporter"
    several_words = any(len(part.split()) > 1 for part in parts if _is_name(part, sites, trusted))
    for n, part in enumerate(parts):
        if not _is_name(part, sites, trusted) or (n > 0 and _CREDIT.match(part)):
            continue
        follows = n > 0 and several_words
        if follows and (
            _MEDIUM.search(part)
            or _ROLE.search(part)
            or _GROUP.search(part)
            or (len(part.split()) == 1 and not part.isupper())
        ):
            continue  # the person's medium, role or place
        yield part


def _first_last(text: str) -> str:
    """Turn "Miller, Jane" into "Jane Miller"; two agencies stay as they are, and so do two persons."""
    found = _LAST_FIRST.fullmatch(text)
    if found is None:
        return text
    last, first = found[1], found[2]
    *particles, _ = last.split()
    names = all(
        word[0].isupper() and not word.isupper() and not _MEDIUM.search(word) for word in (first, last.split()[-1])
    )
    if not names or any(map(is_agency, (first, last))) or any(word.lower() not in _PARTICLES for word in particles):
        return text
    return f"{first} {last}"


def _after_by(text: str) -> str:
    """Return *text* without "by" and without what follows the names."""
    inside = _BY_INSIDE.match(text)
    text = text[inside.end() :] if inside else BY.sub("", text)
    text = _WEEKDAY.sub("", text[: date_begins(text)])
    cut = _CUT.sub("", text)
    return cut if " " in cut or not _INSTITUTE.match(text) else text


def _name_of(part: str) -> str:
    part = BY.sub("", part)
    name = (part if _INSTITUTE.match(part) else _CUT.sub("", part)).strip(" ,;:-–—|*\"'“”[]【】")
    name = _PICTOGRAM.sub("", _TITLE.sub("", name)) or name
    role = _ROLE.search(name, 4)
    if role and " " in name[: role.start()].strip(" ,"):
        name = name[: role.start()].rstrip(" ,")
    name = name if _INITIAL.search(name) else name.strip(" .")
    return _TWICE.sub(r"\1", name) if _TWICE.fullmatch(name) else name


def _without_job(text: str) -> str:
    """Return *text* without job titles, unless one word is left: "Guardian political editor" is nobody by name."""
    rest = _JOB.sub(" ", text).strip()
    return text if rest and " " not in rest else rest


def _without_site(name: str, sites: frozenset[str]) -> str:
    """Return the name without that of the outlet behind it."""
    words = name.split() if fold(name) not in sites and not name.startswith("The ") else []
    ends = (n for n in range(2, len(words)) if fold("".join(words[n:])) in sites)
    cut = next(ends, None)
    return " ".join(words[:cut]) if cut else name


def _without_medium(name: str) -> str:
    """Return the name without a medium behind it: "Jane Miller Fox News", "Jane Miller The Associated Press"."""
    words = name.split()
    cut = len(words) - (3 if "The" in words[-3:-2] else 2)
    return " ".join(words[:cut]) if cut >= 2 and _MEDIUM.fullmatch(words[-1]) else name


def _split_names(text: str) -> list[str]:
    """Return the names in a list of names. "Telegram & Gazette" is one name, since neither half can be a person's."""
    parts: list[str] = []
    if "," in text and _HOST.match(text):  # "outlet.de, Frankfurt, Germany"
        return []
    for item in _SPLIT.split(text):
        halves = _AND.split(item)
        parts.extend(halves if all(len(half.split()) > 1 for half in halves) else [item])
    return parts


def _is_name(name: str, sites: frozenset[str], trusted: bool = False) -> bool:
    if not _SHORTEST <= len(name) <= _LONGEST or _NO_AUTHOR.match(name) or _NO_NAME.fullmatch(name):
        return False
    words = name.split()
    if _NOT_NAME.search(name) or fold(name) in sites or len(words) > 6 or not any(map(str.isalpha, name)):
        return False
    if all(_may_be_in_name(word) for word in words):
        return True
    if len(words) == 1:  # an agency: dpa, afp, apa; or a pen name
        return name.isalpha() and (len(name) <= 5 or trusted)
    return trusted and words[0][0].isupper() and len(words) <= 3


def _may_be_in_name(word: str) -> bool:
    return word[0].isupper() or not word[0].isalpha() or word.lower() in _PARTICLES or not word.isascii()
