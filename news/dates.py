"""Dates as pages write them: ISO, RFC 2822, month names of a dozen languages, numbers alone, and "3 hrs ago".

What is impossible becomes None, never a guess. A time without a zone is taken in the zone given.
"""

# ruff: noqa: E501 (tables of words and patterns, one thought a line)

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_tz

FIRST_YEAR, LAST_YEAR = 1800, 2100  # outside it is a default value or a misreading
_FIRST_EPOCH = 100_000_000  # seconds; less is a counter or nothing
_LONGEST_AGO = timedelta(days=3660)
_LONGEST = 300  # characters looked at

_MONTH_NAMES = (
    "january januar jänner jaenner januari janvier enero gennaio stycznia styczeń styczen janeiro января январь ocak janeiro januára ledna sausio tammikuuta januar",
    "february februar feber februari février fevrier febrero febbraio lutego luty fevereiro февраля февраль şubat subat února vasario helmikuuta",
    "march märz maerz marz maart mars marzo marca marzec março marco марта март mart března kovo maaliskuuta marts",
    "april avril abril aprile kwietnia kwiecień kwiecien апреля апрель nisan dubna balandžio huhtikuuta",
    "may mai mei mayo maggio maja maj maio мая май mayıs mayis května gegužės toukokuuta",
    "june juni juin junio giugno czerwca czerwiec junho июня июнь haziran června birželio kesäkuuta",
    "july juli juillet julio luglio lipca lipiec julho июля июль temmuz července liepos heinäkuuta",
    "august augustus août aout agosto sierpnia sierpień sierpien августа август ağustos agustos srpna rugpjūčio elokuuta augusti",
    "september septembre septiembre setiembre settembre września wrzesnia wrzesień setembro сентября сентябрь eylül eylul září rugsėjo syyskuuta",
    "october oktober octobre octubre ottobre października pazdziernika październik outubro октября октябрь ekim října spalio lokakuuta",
    "november novembre noviembre listopada listopad novembro ноября ноябрь kasım kasim listopadu lapkričio marraskuuta",
    "december dezember decembre décembre diciembre dicembre grudnia grudzień grudzien dezembro декабря декабрь aralık aralik prosince gruodžio joulukuuta",
)  # fmt: skip
_SHORT = (
    "jan jän janv ene gen sty янв oca", "feb févr fev fév lut фев şub", "mar mär mrz mrt мар", "apr avr abr kwi апр nis",
    "may mag maj", "jun giu cze haz июн", "jul juil lug lip tem июл", "aug août aou ago sie авг ağu",
    "sep sept set wrz сен eyl", "oct okt ott out paź eki окт", "nov lis kas ноя", "dec dez dic déc gru ara дек",
)  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_MONTHS |= {name: number for number, names in enumerate(_SHORT, 1) for name in names.split()}
MONTH_NAMES = "|".join(sorted(map(re.escape, _MONTHS), key=len, reverse=True))

_CLOCK = (
    r"(?:[\s,|·@\-–—]*(?:at|um|à|a las|alle|om|o|às|kl\.?|ore|klo|в|,)?\s*"
    r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2})(?::(?P<second>\d{2}))?)?\s*(?P<half>[ap]\.?\s?m\b\.?)?(?:\s*(?:uhr|h)\b)?"
    r"(?:\s*\(?(?P<zone>z|utc|gmt|[ce]es?t|[ecmp][sd]?t|bst|ist|jst|kst|mez|mesz|msk|aest|aedt|sast|wib|cst)\b)?"
    r"(?:\s*(?:(?:utc|gmt)\s*)?(?P<offset>[+-]\d{2}:?\d{2}))?)?"
)
_ISO = re.compile(
    r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)"
    r"(?:[T\s]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<zone>Z)?(?:UTC|GMT)?\s*(?P<offset>[+-]\d{2}:?\d{2}|[+-]\d{2}(?!\d))?)?",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th|º|er|-an|an)?[\s\-/.,]*(?:de\s+|of\s+|d[’'])?(?P<name>{MONTH_NAMES})\b\.?[\s\-/,]*(?:de[l]?\s+)?(?P<year>\d{{4}}|[’']\d{{2}}(?!\d))"
    + _CLOCK, re.IGNORECASE,
)  # fmt: skip
_MONTH_FIRST = re.compile(
    rf"\b(?P<name>{MONTH_NAMES})\b\.?\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s*(?P<year>\d{{4}})(?!\d)" + _CLOCK,
    re.IGNORECASE,
)
_CJK = re.compile(
    r"(?P<year>\d{4})\s*[年년]\s*(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日일]"
    r"(?:\s*\D{0,6}?(?P<hour>\d{1,2})[:時시点]\s*(?P<minute>\d{2})?)?"
)
_NUMBERS = re.compile(
    r"(?<![\d./-])(?:(?P<year>\d{4})(?P<sep>[./])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})"
    r"|(?P<one>\d{1,2})(?P<sep2>[./-])\s?(?P<two>\d{1,2})(?P=sep2)\s?(?P<late>\d{4}|\d{2}))(?![\d])" + _CLOCK,
    re.IGNORECASE,
)
_COMPACT = re.compile(
    r"^(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})(?:T?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?(?P<zone>Z)?)?"
)
_EPOCH = re.compile(r"^(\d{10})(\d{3})?$")

_UNITS = (
    (1, r"seconds?|secs?|sekunden?|sek|secondes?|segundos?|secondi|secondo|seconden|sekund\w*"),
    (60, r"minutes?|mins?|m|minuten?|minutos?|minuti|minuto|minuut|minut\w*|минут\w*"),
    (3600, r"hours?|hrs?|h|stunden?|std|heures?|horas?|ore|ora|uur|uren|godzin\w*|godz|tim(?:mar)?|час\w*|saat"),
    (86400, r"days?|d|tage?n?|jours?|d[ií]as?|giorni|giorno|dagen|dag|dni|dzień|дн\w*|gün"),
    (604800, r"weeks?|wochen?|semaines?|semanas?|settiman[ae]|weken|week|tydzień|tygodni\w*"),
)  # fmt: skip
_UNIT = "|".join(f"(?P<u{seconds}>{names})" for seconds, names in _UNITS)
_AFTER = r"ago|fa|geleden|temu|atrás|siden|sedan|назад|önce"
_BEFORE = r"vor|il y a|hace|h[áa]|vor etwa|vor ca\.?|for"
AGO = re.compile(
    rf"(?:\b(?:{_BEFORE})\s+(?:etwa |ca\.? |environ )?(?P<before>\d{{1,4}}|an?|einer|einem|une?|un[ao]?)\s*(?:{_UNIT})\b\.?)"
    rf"|(?:\b(?P<after>\d{{1,4}}|an?|un[ao]?|een)\s*(?:{_UNIT.replace('?P<u', '?P<v')})\.?\s+(?:{_AFTER})\b)",
    re.IGNORECASE,
)  # fmt: skip
_DAYS_BACK = {
    0: "today heute aujourd'hui aujourd’hui hoy oggi vandaag dzisiaj hoje сегодня bugün",
    1: "yesterday gestern hier ayer ieri gisteren wczoraj ontem вчера dün",
}
_DAY_WORD = {word: days for days, words in _DAYS_BACK.items() for word in words.split()}
_NAMED_DAY = re.compile(rf"^\W*(?P<word>{'|'.join(_DAY_WORD)})\b" + _CLOCK, re.IGNORECASE)

_ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "wib": 420, "bst": 60, "cet": 60, "mez": 60, "cest": 120, "mesz": 120, "eet": 120, "eest": 180, "msk": 180,
    "est": -300, "edt": -240, "et": -300, "cst": -360, "cdt": -300, "ct": -360, "mst": -420, "mdt": -360, "mt": -420,
    "pst": -480, "pdt": -420, "pt": -480, "ist": 330, "jst": 540, "kst": 540, "aest": 600, "aedt": 660, "sast": 120,
}  # fmt: skip


def parse_date(
    text: str, *, now: datetime | None = None, zone: tzinfo = UTC, month_first: bool = False
) -> datetime | None:
    """The first date in *text*, with its zone; None when there is none or it is impossible.

    `zone` is that of a time without one, `now` what "3 hrs ago" counts from (without it such a text is None),
    `month_first` reads 3/4/2024 as 4 March.
    """
    text = " ".join(text[:_LONGEST].replace("\u202f", " ").replace("\x00", "").split())
    if not any(char.isdigit() for char in text):
        return _named_day(text, now, zone) or _ago(text, now)
    return (
        _number_alone(text, zone)
        or _matched(_ISO.search(text), zone)
        or _matched(_MONTH_FIRST.search(text), zone)
        or _matched(_DAY_FIRST.search(text), zone)
        or _matched(_CJK.search(text), zone)
        or _numbers(_NUMBERS.search(text), zone, month_first)
        or _mail(text)
        or _ago(text, now)
        or _named_day(text, now, zone)
    )


def _number_alone(text: str, zone: tzinfo) -> datetime | None:
    epoch = _EPOCH.match(text)
    if epoch:
        if int(epoch[1]) < _FIRST_EPOCH:
            return None
        return datetime.fromtimestamp(int(epoch[1]), UTC)
    return _matched(_COMPACT.match(text), zone)


def _matched(found: re.Match[str] | None, zone: tzinfo) -> datetime | None:
    if found is None:
        return None
    parts = found.groupdict()
    month = _MONTHS.get((parts.get("name") or "").lower()) or int(parts.get("month") or 0)
    return _moment(_year(parts["year"]), month, int(parts["day"]), parts, zone)


def _numbers(found: re.Match[str] | None, zone: tzinfo, month_first: bool) -> datetime | None:
    if found is None:
        return None
    parts = found.groupdict()
    if parts["year"]:
        return _moment(int(parts["year"]), int(parts["month"]), int(parts["day"]), parts, zone)
    day, month = int(parts["one"]), int(parts["two"])
    if (month_first and parts["sep2"] != "." and day <= 12) or month > 12:
        day, month = month, day
    return _moment(_year(parts["late"]), month, day, parts, zone)


def _year(text: str) -> int:
    digits = text.strip("’'")
    return int(digits) + (2000 if int(digits) < 70 else 1900) if len(digits) == 2 else int(digits)


def _moment(year: int, month: int, day: int, clock: dict[str, str | None], zone: tzinfo) -> datetime | None:
    """The moment, or the day when its clock is impossible; None when the day is."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        date = datetime(year, month, day, tzinfo=_zone(clock, zone))
    except ValueError:
        return None
    hour, minute = int(clock.get("hour") or 0), int(clock.get("minute") or 0)
    half = (clock.get("half") or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    elif clock.get("hour") and clock.get("minute") is None:
        return date  # "5 March 2024 12" is no time
    try:
        return date.replace(hour=hour, minute=minute, second=min(int(clock.get("second") or 0), 59))
    except ValueError:
        return date


def _zone(clock: dict[str, str | None], zone: tzinfo) -> tzinfo:
    offset, name = clock.get("offset"), (clock.get("zone") or "").lower()
    if offset:
        digits = offset[1:].replace(":", "").ljust(4, "0")
        minutes = int(digits[:2]) * 60 + int(digits[2:])
        if minutes < 24 * 60:
            return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes)) if minutes else UTC
    if name in _ZONES:
        return timezone(timedelta(minutes=_ZONES[name])) if _ZONES[name] else UTC
    return zone


def _mail(text: str) -> datetime | None:
    """RFC 2822, with years and zones that email.utils takes and datetime does not."""
    try:
        parts = parsedate_tz(text)
    except (ValueError, IndexError, TypeError, AttributeError):
        return None
    if parts is None or (f"{parts[0]}" not in text and f" {parts[0] % 100:02d} " not in text):
        return None  # it makes 2000 of the year 0
    if not FIRST_YEAR <= parts[0] <= LAST_YEAR or abs(parts[9] or 0) >= 86400:
        return None
    try:
        return datetime(*parts[:6], tzinfo=timezone(timedelta(seconds=parts[9] or 0)))
    except ValueError:
        return None


def _ago(text: str, now: datetime | None) -> datetime | None:
    found = AGO.search(text) if now else None
    if now is None or found is None:
        return None
    count = found["before"] or found["after"]
    seconds = next(
        int(name[1:]) for name, value in found.groupdict().items() if value and name[0] in "uv" and name[1:].isdigit()
    )
    back = timedelta(seconds=seconds * (int(count) if count.isdigit() else 1))
    return now - back if back < _LONGEST_AGO else None


def _named_day(text: str, now: datetime | None, zone: tzinfo) -> datetime | None:
    found = _NAMED_DAY.match(text) if now else None
    if now is None or found is None:
        return None
    day = now.astimezone(zone) - timedelta(days=_DAY_WORD[found["word"].lower()])
    return _moment(day.year, day.month, day.day, found.groupdict(), zone)
