"""Dates as pages write them, and time zones.

ISO, RFC 2822, month names of fifty languages, numbers alone, "3 hrs ago". An impossible date is None, never a guess. A
time without a zone is taken in the zone given.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_tz
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# ruff: noqa: E501 (tables of words and patterns, one thought a line)


FIRST_YEAR, LAST_YEAR = 1800, 2100  # outside it is a default value or a misreading
_FIRST_EPOCH = 100_000_000  # seconds; less is a counter or nothing
_LONGEST_AGO = timedelta(days=3660)
_LONGEST = 300  # characters looked at

# By language, January first; a name may have several forms and spellings. Where languages disagree the first one
# counts: "listopada" is November in Polish here, not October in Croatian.
_MONTHS_OF = {
    "en": "january february march april may june july august september october november december",
    "en short": "jan feb mar apr may jun jul aug sep|sept oct nov dec",
    "de": "januar|jänner|jaenner februar|feber märz|maerz april mai juni juli august september oktober november dezember",
    "de short": "jan|jän febr|feb mär|mrz|mrt apr mai jun jul aug sept|sep okt nov dez",
    "fr": "janvier février|fevrier mars avril mai juin juillet août|aout septembre octobre novembre décembre|decembre",
    "fr short": "janv févr|fevr|fév mar avr mai juin juil août|aoû sept oct nov déc",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre|setiembre octubre noviembre diciembre",
    "es short": "ene feb mar abr may jun jul ago sep|set oct nov dic",
    "ca": "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "it short": "gen feb mar apr mag giu lug ago set ott nov dic",
    "pt": "janeiro fevereiro março|marco abril maio junho julho agosto setembro outubro novembro dezembro",
    "pt short": "jan fev mar abr mai jun jul ago set out nov dez",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "nl short": "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "pl": "stycznia|styczeń|styczen lutego|luty marca|marzec kwietnia|kwiecień|kwiecien maja|maj czerwca|czerwiec lipca|lipiec sierpnia|sierpień|sierpien "
    "września|wrzesień|wrzesnia października|październik|pazdziernika listopada|listopad grudnia|grudzień|grudzien",
    "pl short": "sty lut mar kwi maj cze lip sie wrz paź lis gru",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "nb": "januar februar mars april mai juni juli august september oktober november desember",
    "fi": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta",
    "cs": "ledna|leden února|únor března|březen dubna|duben května|květen června|červen července|červenec srpna|srpen září října|říjen listopadu prosince|prosinec",
    "sk": "januára|január februára|február marca|marec apríla|apríl mája|máj júna|jún júla|júl augusta|august septembra|september októbra|október novembra|november decembra|december",
    "hu": "január február március április május június július augusztus szeptember október november december",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "hr": "siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga|studenog prosinca",
    "sl": "januarja|januar februarja|februar marca|marec aprila|april maja|maj junija|junij julija|julij avgusta|avgust septembra|september oktobra|oktober novembra|november decembra|december",
    "lt": "sausio vasario kovo balandžio gegužės birželio liepos rugpjūčio rugsėjo spalio lapkričio gruodžio",
    "lv": "janvāris|janvārī februāris|februārī marts|martā aprīlis|aprīlī maijs|maijā jūnijs|jūnijā jūlijs|jūlijā augusts|augustā septembris|septembrī oktobris|oktobrī novembris|novembrī decembris|decembrī",
    "et": "jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember",
    "tr": "ocak şubat|subat mart nisan mayıs|mayis haziran temmuz ağustos|agustos eylül|eylul ekim kasım|kasim aralık|aralik",
    "tr short": "oca şub mar nis may haz tem ağu eyl eki kas ara",
    "id": "januari februari maret april mei juni juli agustus september oktober november desember",
    "ru": "января|январь февраля|февраль марта|март апреля|апрель мая|май июня|июнь июля|июль августа|август сентября|сентябрь октября|октябрь ноября|ноябрь декабря|декабрь",
    "ru short": "янв фев мар апр мая июн июл авг сен|сент окт ноя дек",
    "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "bg": "януари февруари март април май юни юли август септември октомври ноември декември",
    "sr": "јануара|јануар фебруара|фебруар марта|март априла|април маја|мај јуна|јун јула|јул августа|август септембра|септембар октобра|октобар новембра|новембар децембра|децембар",
    "el": "ιανουαρίου|ιαν φεβρουαρίου|φεβ μαρτίου|μαρ|μάρ απριλίου|απρ μαΐου|μαΐ|μάι ιουνίου|ιουν|ιούν ιουλίου|ιουλ|ιούλ αυγούστου|αυγ|αύγ σεπτεμβρίου|σεπ οκτωβρίου|οκτ νοεμβρίου|νοε δεκεμβρίου|δεκ",
    "ar": "يناير فبراير مارس أبريل|ابريل مايو يونيو|يونيه يوليو|يوليه أغسطس|اغسطس سبتمبر أكتوبر|اكتوبر نوفمبر ديسمبر",
    "ar east": "كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول",
    "he": "ינואר|בינואר פברואר|בפברואר מרץ|במרץ|מרס אפריל|באפריל מאי|במאי יוני|ביוני יולי|ביולי אוגוסט|באוגוסט ספטמבר|בספטמבר אוקטובר|באוקטובר נובמבר|בנובמבר דצמבר|בדצמבר",
    "hi": "जनवरी फ़रवरी|फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर|सितम्बर अक्टूबर|अक्तूबर नवंबर|नवम्बर दिसंबर|दिसम्बर",
    "bn": "জানুয়ারি|জানুয়ারি ফেব্রুয়ারি|ফেব্রুয়ারি মার্চ এপ্রিল মে জুন জুলাই আগস্ট সেপ্টেম্বর অক্টোবর নভেম্বর ডিসেম্বর",
    "is": "janúar febrúar mars apríl maí júní júlí ágúst september október nóvember desember",
    "sq": "janar shkurt mars prill maj qershor korrik gusht shtator tetor nëntor dhjetor",
    "eu": "urtarrilaren|urtarrilak otsailaren|otsailak martxoaren|martxoak apirilaren|apirilak maiatzaren|maiatzak ekainaren|ekainak uztailaren|uztailak abuztuaren|abuztuak irailaren|irailak urriaren|urriak azaroaren|azaroak abenduaren|abenduak",
    "gl": "xaneiro febreiro marzo abril maio xuño xullo agosto setembro outubro novembro decembro",
    "af": "januarie februarie maart april mei junie julie augustus september oktober november desember",
    "ms": "januari februari mac april mei jun julai ogos september oktober november disember",
    "sw": "januari februari machi aprili mei juni julai agosti septemba oktoba novemba desemba",
    "tl": "enero pebrero marso abril mayo hunyo hulyo agosto setyembre oktubre nobyembre disyembre",
    "sr latin": "januara|januar februara|februar marta|mart aprila|april maja|maj juna|jun jula|jul avgusta|avgust septembra|septembar oktobra|oktobar novembra|novembar decembra|decembar",
    "mk": "јануари февруари март април мај јуни јули август септември октомври ноември декември",
    "be": "студзеня лютага сакавіка красавіка мая|траўня чэрвеня ліпеня жніўня верасня кастрычніка лістапада снежня",
    "kk": "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",
    "az": "yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr",
    "hy": "հունվարի|հունվար փետրվարի|փետրվար մարտի|մարտ ապրիլի|ապրիլ մայիսի|մայիս հունիսի|հունիս հուլիսի|հուլիս օգոստոսի|օգոստոս սեպտեմբերի|սեպտեմբեր հոկտեմբերի|հոկտեմբեր նոյեմբերի|նոյեմբեր դեկտեմբերի|դեկտեմբեր",
    "ka": "იანვარი|იან თებერვალი|თებ მარტი|მარ აპრილი|აპრ მაისი|მაი ივნისი|ივნ ივლისი|ივლ აგვისტო|აგვ სექტემბერი|სექ ოქტომბერი|ოქტ ნოემბერი|ნოე დეკემბერი|დეკ",
    "fa": "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر",
    "ur": "جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر",
    "mr": "जानेवारी फेब्रुवारी मार्च एप्रिल मे जून जुलै ऑगस्ट सप्टेंबर ऑक्टोबर नोव्हेंबर डिसेंबर",
    "gu": "જાન્યુઆરી ફેબ્રુઆરી માર્ચ એપ્રિલ મે જૂન જુલાઈ ઓગસ્ટ સપ્ટેમ્બર ઓક્ટોબર નવેમ્બર ડિસેમ્બર",
    "ta": "ஜனவரி பிப்ரவரி மார்ச் ஏப்ரல் மே ஜூன் ஜூலை ஆகஸ்ட் செப்டம்பர் அக்டோபர் நவம்பர் டிசம்பர்",
    "te": "జనవరి ఫిబ్రవరి మార్చి ఏప్రిల్ మే జూన్ జులై|జూలై ఆగస్టు|ఆగస్ట్ సెప్టెంబర్ అక్టోబర్ నవంబర్ డిసెంబర్",
    "kn": "ಜನವರಿ ಫೆಬ್ರವರಿ|ಫೆಬ್ರುವರಿ ಮಾರ್ಚ್ ಏಪ್ರಿಲ್ ಮೇ ಜೂನ್ ಜುಲೈ ಆಗಸ್ಟ್ ಸೆಪ್ಟೆಂಬರ್ ಅಕ್ಟೋಬರ್ ನವೆಂಬರ್ ಡಿಸೆಂಬರ್",
    "ml": "ജനുവരി ഫെബ്രുവരി മാർച്ച് ഏപ്രിൽ മേയ് ജൂൺ ജൂലൈ ഓഗസ്റ്റ് സെപ്റ്റംബർ ഒക്ടോബർ നവംബർ ഡിസംബർ",
    "th": "มกราคม|ม.ค กุมภาพันธ์|ก.พ มีนาคม|มี.ค เมษายน|เม.ย พฤษภาคม|พ.ค มิถุนายน|มิ.ย กรกฎาคม|ก.ค สิงหาคม|ส.ค กันยายน|ก.ย ตุลาคม|ต.ค พฤศจิกายน|พ.ย ธันวาคม|ธ.ค",
}  # fmt: skip


def _month_table() -> dict[str, int]:
    table: dict[str, int] = {}
    for names in _MONTHS_OF.values():
        for number, forms in enumerate(names.split(), 1):
            for form in forms.split("|"):
                table.setdefault(form.replace("_", " "), number)
    return table


_MONTHS = _month_table()
_NAME = r"[^\W\d_](?:[^\d\s.,;:/|()–—·•-]|[.](?=[^\W\d_])){1,13}"
_TWO_NAMES = rf"(?P<name>(?:كانون|تشرين)\s\w+|{_NAME})"

_HALF_BEFORE = r"(?P<half>오전|오후|上午|下午|午前|午後)"
_HALF = r"(?P<half>[ap]\.?\s?m(?:\b|(?-i:(?<=M)(?=[A-Z][a-z])))\.?)"  # "10:20 PMTags": the next line begins at once
_ZONE = (  # case counts where the name is a word of its own: "10:00 at", "10:00 West"
    r"\(?(?P<zone>(?:z|utc|gmt|[ce]es?t|[ecmp][sd]?t|bst|ist|jst|kst|mez|mesz|msk|aest|aedt|nzst|nzdt|sast|wib|cst)\b"
    r"|(?-i:UT|ME[DS]?T|MEST|WES?T|A[DS]?T|AK[DS]T|H[DS]T|N[DS]T|A[CW][DS]T|SGT|HKT|PHT|PKT|WITA|WIT|BRT|ART|CLT|EAT|WAT|CAT)\b"
    r"|(?-i:[A-Z][A-Za-z]{1,14}/[A-Z][A-Za-z_/+-]{2,40}|[ECMP]ST\d[ECMP]DT))\)?"
)
_OFFSET = r"(?:(?:utc|gmt)\s*)?(?P<offset>[+-]\d{2}:?\d{2}|(?<=utc|gmt)[+-]\d{1,2}(?!\d)|[+-]\d{2}$)"
_CLOCK = (
    r"(?:[\s,|·@\-–—(]*(?:(?:at|um|à|a las|alle(?: ore)?|om|o(?: godz\.?)?|às|as|kl\.?|ore|klo|saat|godz\.?|в|о|g\.|,|-|–|ob|u|v|t(?=\d))\s*)?"
    rf"(?P<hour>\d{{1,2}})(?:\s?[:.hH]\s?(?P<minute>\d{{2}})(?:[:.](?P<second>\d{{2}}))?)?\s*{_HALF}?(?:\s*(?:uhr|hrs?|horas|h)\b)?"
    rf"(?:\s*{_ZONE})?(?:\s*{_OFFSET})?)?"
)
_CLOCK_BEFORE = re.compile(
    rf"(?<![\d.:])(?P<hour>\d{{1,2}})[:.h](?P<minute>\d{{2}})(?![\d:.])\s*{_HALF}?(?:\s*(?:uhr|h)\b)?(?:\s*{_ZONE})?[^\d]{{0,16}}$",
    re.IGNORECASE,
)
_ISO = re.compile(
    r"(?<!\d)(?P<year>\d{4})-0?(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)"
    rf"(?:[T\s]+(?:{_HALF_BEFORE}\s*)?"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{1,2})(?:[.,:]\d+)?)?"
    rf"(?:\s*{_ZONE})?\s*(?:{_OFFSET}|(?P<hours>[+-]\d{{2}}(?!\d)))?)?",
    re.IGNORECASE,
)
_NAMED = (  # the day first, the month first, the year first
    re.compile(
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:\.|st\b|nd\b|rd\b|th\b|º|ª|er\b|-an|an)?[\s\-/.,]*(?:de\s+|of\s+|d[’'])?{_TWO_NAMES}\.?(?:\s*/\s*{_NAME})?"
        rf"[\s\-/,.]*(?:(?:del?|of)\s+)?(?P<year>\d{{4}}|(?:[’']|(?<=-[^\W\d]{{3}}-))\d{{2}}(?!\d))(?:\s?г\.?|\s?р\.?)?" + _CLOCK,
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<!\w)(?P<name>{_NAME})\.?\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s*(?P<year>\d{{4}}|[’']\d{{2}})(?!\d)" + _CLOCK, re.IGNORECASE
    ),
    re.compile(
        rf"(?<!\d)(?P<year>\d{{4}})(?:\.|\s*m\.|ko)?[\s,\-]+(?P<name>{_NAME})\.?[\s\-]*(?P<day>\d{{1,2}})(?!\d)\.?(?:\s*d\.)?" + _CLOCK, re.IGNORECASE
    ),
)  # fmt: skip
# Where two elements of a line meet: "ESPNDec 22", "HealthDECEMBER 22", "20236:46 PM", "20245 min read".
_SEAM = re.compile(
    r"(?<=[a-zß-ÿ])(?=[A-Z][^\W\d]{2,9}\.?\s\d)|(?<=[A-Z]{2})(?=[A-Z][a-z]{2,9}\.?\s\d)|(?<=(?:19|20)\d\d)(?=\d{1,2}(?::\d\d|\s?[Mm]in))"
)
_NO_YEAR = re.compile(rf"(?<!\w)(?:(?P<behind>{_NAME})\.?\s*\d{{1,2}}(?!\d)|\d{{1,2}}\.?\s(?P<before>{_NAME}))(?!\w)")
_SIGNS = re.compile(
    r"(?P<year>\d{4})\s*[年년]\s*(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日일]"
    rf"(?:\s*(?:{_HALF_BEFORE}|\D{{0,6}}?)\s*(?P<hour>\d{{1,2}})[:時时시点]\s*(?P<minute>\d{{2}})?(?::(?P<second>\d{{2}}))?)?"
)
_VIETNAMESE = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})\s+tháng\s+(?P<month>\d{1,2}),?\s*(?:năm\s+)?(?P<year>\d{4})", re.IGNORECASE
)
_NUMBERS = re.compile(
    r"(?<![\d./-])(?:(?P<year>\d{4})(?P<sep>[./])\s?(?P<month>\d{1,2})(?P=sep)\s?(?P<day>\d{1,2})"
    r"|(?P<one>\d{1,2})(?P<sep2>[./-])\s?(?P<two>\d{1,2})(?P=sep2)\s?(?P<late>\d{4}|\d{2}))(?![\d])\.?" + _CLOCK,
    re.IGNORECASE,
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(rf"\b({'|'.join(_WEEKDAYS)})[a-z]*\W+$", re.IGNORECASE)
_COMPACT = re.compile(
    r"^(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})(?:T?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?(?P<zone>Z)?)?"
)
_EPOCH = re.compile(r"(?:/Date\()?(\d{10})(?:\d{3})?(?:\.\d{1,9})?(?:[+-]\d{4})?(?:\)/)?")
_AFTERNOON = frozenset(("오후", "下午", "午後"))
_THAI_YEARS = 543  # the Buddhist era is ahead by so many

_WHOLE = (  # ISO 8601 with fewer parts, or with two digits of the year
    re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2}))?"),
    re.compile(r"(?P<year>\d{2})(?P<sep>-?)(?P<month>\d{2})(?P=sep)(?P<day>\d{2})"),
    re.compile(r"-(?P<year>\d{2})-?(?P<month>\d{2})"),
    re.compile(r"(?P<year>\d{4}|\d{2})-?(?P<ordinal>\d{3})"),
    re.compile(rf"(?P<name>{_NAME})\.?,? (?P<year>\d{{4}})"),
)
_SPACED = re.compile(r"(?<!\d)(\d{1,2}) (\d{1,2}) (\d{4})(?!\d)")

_UNITS = (
    (1, r"seconds?|secs?|sekunden?|sek|secondes?|segundos?|secondi|secondo|seconden|sekund\w*|секунд\w*|saniye|giây|detik|ثواني|ثانية|שניות"),
    (60, r"minutes?|mins?|m|minuten?|minutos?|minuti|minuto|minuut|minut\w*|минут\w*|хвилин\w*|dakika|phút|menit|minuuttia|perc\w*|λεπτ\w+|دقائق|دقيقة|דקות"),
    (3600, r"hours?|hrs?|h|stunden?|std|heures?|horas?|ore|ora|uur|uren|godzin\w*|godz|tim(?:mar)?|час\w*|годин\w*|saat|giờ|jam|hodin\w*|tunti\w*|timer?|órá\w+|ώρ\w+|ساع\w+|שע\w+"),
    (86400, r"days?|d|tage?n?|jours?|d[ií]as?|giorni|giorno|dagen|dag|dni|dzień|дн\w*|gün|ngày|hari|päiv\w+|napja|ημέρ\w+|أيام|يوم\w*|ימים"),
    (604800, r"weeks?|wochen?|semaines?|semanas?|settiman[ae]|weken|week|tydzień|tygodni\w*|недел\w+|hafta|tuần|minggu|أسابيع|أسبوع"),
)  # fmt: skip
_UNIT = "|".join(f"(?P<u{seconds}>{names})" for seconds, names in _UNITS)
_AFTER = r"ago|fa|geleden|temu|atrás|siden|sedan|назад|тому|önce|trước|(?:yang )?lalu|sitten"
_BEFORE = r"vor|il y a|hace|h[áa]|vor etwa|vor ca\.?|for|før|för|acum|před|pred|πριν(?: από)?|منذ|قبل|לפני"
_SIGN_UNITS = (
    (1, "秒|초|วินาที"), (60, "分钟|分鐘|分|분|นาที|मिनट"), (3600, "時間|小时|小時|시간|ชั่วโมง|घंटे|घंटा"), (86400, "日|天|일|วัน|दिन"),
    (604800, "週間|周|週|주|สัปดาห์"),
)  # fmt: skip
_SIGN_UNIT = "|".join(f"(?P<w{seconds}>{names})" for seconds, names in _SIGN_UNITS)
AGO = re.compile(
    rf"(?:\b(?:{_BEFORE})\s+(?:etwa |ca\.? |environ )?(?P<before>\d{{1,4}}|an?|einer|einem|une?|un[ao]?)\s*(?:{_UNIT})\b\.?(?: (?:sedan|siden))?)"
    rf"|(?:\b(?P<after>\d{{1,4}}|an?|un[ao]?|een)\s*(?:{_UNIT.replace('?P<u', '?P<v')})\.?\s+(?:{_AFTER})\b)"
    rf"|(?P<signs>\d{{1,4}})\s?(?:{_SIGN_UNIT})\s?(?:ほど|之)?(?:前|전|ที่แล้ว|ที่ผ่านมา|पहले)",
    re.IGNORECASE,
)  # fmt: skip
_DAYS_BACK = {
    0: "today heute aujourd'hui aujourd’hui hoy oggi vandaag dzisiaj hoje сегодня bugün",
    1: "yesterday gestern hier ayer ieri gisteren wczoraj ontem вчера dün",
}
_DAY_WORD = {word: days for days, words in _DAYS_BACK.items() for word in words.split()}
_NAMED_DAY = re.compile(rf"^\W*(?P<word>{'|'.join(_DAY_WORD)})\b" + _CLOCK, re.IGNORECASE)

_ZONES = {
    "z": 0, "utc": 0, "ut": 0, "gmt": 0, "wet": 0, "west": 60, "bst": 60, "wat": 60, "cet": 60, "mez": 60, "met": 60, "cest": 120, "mesz": 120,
    "mest": 120, "medt": 120, "cat": 120, "sast": 120, "eet": 120, "eest": 180, "msk": 180, "eat": 180, "pkt": 300, "ist": 330, "wib": 420, "wita": 480,
    "sgt": 480, "hkt": 480, "pht": 480, "awst": 480, "jst": 540, "kst": 540, "wit": 540, "acst": 570, "aest": 600, "acdt": 630, "aedt": 660,
    "nzst": 720, "nzdt": 780, "nst": -210, "ndt": -150, "ast": -240, "adt": -180, "brt": -180, "art": -180, "clt": -240, "est": -300, "edt": -240,
    "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "akst": -540, "akdt": -480, "hst": -600, "hdt": -540,
}  # fmt: skip
# In winter; what it is in summer bears the same name.
_AMERICAN = {"at": -240, "et": -300, "ct": -360, "mt": -420, "pt": -480}


def parse_date(
    text: str, *, now: datetime | None = None, zone: tzinfo = UTC, month_first: bool = False
) -> datetime | None:
    """Return the first date in *text*, with its zone; None when there is none or it is impossible.

    `zone` is that of a time without one, `now` what "3 hrs ago" counts from (without it such a text is None),
    `month_first` reads 3/4/2024 as 4 March.
    """
    text = _one_line(text)
    plain = _plain(text, zone) if text[4:5] == "-" == text[7:8] else None
    if plain is not None:
        return plain
    if not any(char.isdigit() for char in text):
        return _named_day(text, now, zone) or _ago(text, now)
    return (
        _number_alone(text, zone)
        or _written(text, zone, month_first)
        or _mail(text)
        or _ago(text, now)
        or _named_day(text, now, zone)
    )


def parse_announced(text: str, *, zone: tzinfo = UTC, month_first: bool = False) -> datetime | None:
    """Return the date that is all of *text*, in the form a feed or sitemap has it; None when it is none.

    It also has forms that would be no date within a sentence: a month or a year (its first day), the day of a year.
    """
    text = _one_line(text)
    found = next((match for match in (form.fullmatch(text) for form in _WHOLE) if match), None)
    if found is None:
        return parse_date(_SPACED.sub(r"\1.\2.\3", text), zone=zone, month_first=month_first)
    parts = found.groupdict()
    name = parts.get("name")
    month = _MONTHS.get(name.lower(), 0) if name else int(parts.get("month") or 1)
    first = _moment(_year(parts["year"], name), month, int(parts.get("day") or 1), {}, zone)
    return first and first + timedelta(days=int(parts.get("ordinal") or 1) - 1)


def date_begins(text: str) -> int | None:
    """Where the first date in *text* begins (a character's number), one without a year too; None when there is none."""
    text = text[:_LONGEST]
    if not any(char.isdigit() for char in text):
        return None
    starts = [found.start() for found in _matches(text) if _of_match(found, UTC, month_first=False)]
    starts += [
        found.start() for found in _NO_YEAR.finditer(text) if (found["before"] or found["behind"]).lower() in _MONTHS
    ]
    return min(starts, default=None)


def _one_line(text: str) -> str:
    return " ".join(text[:_LONGEST].replace("\x00", "").split())


def _plain(text: str, zone: tzinfo) -> datetime | None:
    """Fast path for ISO 8601, as nine of ten dates are; None for the patterns to try."""
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not FIRST_YEAR <= date.year <= LAST_YEAR or f"{date.day:02d}" != text[8:10]:  # 24:00 is the next day to some
        return None
    return date.replace(microsecond=0, tzinfo=date.tzinfo if date.utcoffset() else UTC if date.tzinfo else zone)


def _written(text: str, zone: tzinfo, month_first: bool) -> datetime | None:
    """Try ISO, then month names, then numbers alone: the most certain form first."""
    for found in _matches(text):
        date = _of_match(found, zone, month_first)
        if date is not None:
            return _with_clock_before(text[max(0, found.start() - 40) : found.start()], found, date, zone)
    apart = _SEAM.sub(" ", text)
    return _written(apart, zone, month_first) if apart != text else None


def _matches(text: str) -> Iterator[re.Match[str]]:
    yield from _ISO.finditer(text)
    for pattern in _NAMED:
        yield from pattern.finditer(text)
    for pattern in (_SIGNS, _VIETNAMESE, _NUMBERS):
        yield from pattern.finditer(text)


def _of_match(found: re.Match[str], zone: tzinfo, month_first: bool) -> datetime | None:
    if found.re is _NUMBERS:
        return _numbers(found, zone, month_first)
    return _matched(found, zone)


def _with_clock_before(before: str, found: re.Match[str], date: datetime, zone: tzinfo) -> datetime:
    """Return *date* with the time in front of it, when there is none behind: "8:00 PM EST, Tue December 19, 2023"."""
    clock = None if found.groupdict().get("minute") or not before else _CLOCK_BEFORE.search(before)
    if clock is None:
        return date
    return _moment(date.year, date.month, date.day, clock.groupdict(), zone) or date


def _number_alone(text: str, zone: tzinfo) -> datetime | None:
    epoch = _EPOCH.fullmatch(text)
    if epoch:
        if int(epoch[1]) < _FIRST_EPOCH:
            return None
        return datetime.fromtimestamp(int(epoch[1]), UTC)
    return _matched(_COMPACT.match(text), zone)


def _matched(found: re.Match[str] | None, zone: tzinfo) -> datetime | None:
    if found is None:
        return None
    parts = found.groupdict()
    name = parts.get("name")
    month = _MONTHS.get(name.lower(), 0) if name else int(parts.get("month") or 0)
    return _moment(_year(parts["year"], name), month, int(parts["day"]), parts, zone) if month else None


def _numbers(found: re.Match[str], zone: tzinfo, month_first: bool) -> datetime | None:
    parts = found.groupdict()
    if parts["year"]:
        return _moment(int(parts["year"]), int(parts["month"]), int(parts["day"]), parts, zone)
    day, month = int(parts["one"]), int(parts["two"])
    if (month_first and parts["sep2"] != "." and day <= 12) or month > 12:
        day, month = month, day
    if day <= 12 and day != month and _is_swapped(found, _year(parts["late"]), month, day):
        day, month = month, day
    return _moment(_year(parts["late"]), month, day, parts, zone)


def _is_swapped(found: re.Match[str], year: int, month: int, day: int) -> bool:
    """Return whether the day of the week in front of the numbers fits only the other order of day and month."""
    weekday = _WEEKDAY.search(found.string[max(0, found.start() - 14) : found.start()])
    if weekday is None:
        return False
    try:
        here, other = date(year, month, day).weekday(), date(year, day, month).weekday()
    except ValueError:
        return False
    return here != other == _WEEKDAYS.index(weekday[1].lower())


def _year(text: str, month_name: str | None = None) -> int:
    digits = text.strip("’'")
    if len(digits) == 2:
        return int(digits) + (2000 if int(digits) < 70 else 1900)
    is_thai = month_name is not None and "\u0e00" <= month_name[0] <= "\u0e7f"
    return int(digits) - (_THAI_YEARS if is_thai and int(digits) > 2400 else 0)


def _moment(year: int, month: int, day: int, clock: dict[str, str | None], zone: tzinfo) -> datetime | None:
    """Return the moment, or the day when its time is impossible; None when the day is impossible."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        date = datetime(year, month, day, tzinfo=zone)
        date = date.replace(tzinfo=_zone(clock, zone, date))
    except ValueError:
        return None
    hour, minute = int(clock.get("hour") or 0), int(clock.get("minute") or 0)
    half = (clock.get("half") or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half[0] == "p" or half in _AFTERNOON else 0)
    elif clock.get("hour") and clock.get("minute") is None:
        return date  # "5 March 2024 12" is no time
    try:
        return date.replace(hour=hour, minute=minute, second=min(int(clock.get("second") or 0), 59))
    except ValueError:
        return date


def _zone(clock: dict[str, str | None], zone: tzinfo, day: datetime) -> tzinfo:
    offset, name = clock.get("offset") or clock.get("hours"), clock.get("zone") or ""
    if offset:
        hours, _, minutes = offset[1:].partition(":") if ":" in offset else (offset[1:3], "", offset[3:])
        ahead = int(hours) * 60 + int(minutes or 0)
        if ahead < 24 * 60:
            return timezone(timedelta(minutes=-ahead if offset[0] == "-" else ahead)) if ahead else UTC
    low = name.lower()
    if low in _ZONES:
        return timezone(timedelta(minutes=_ZONES[low])) if _ZONES[low] else UTC
    if low in _AMERICAN:
        return timezone(timedelta(minutes=_AMERICAN[low] + 60 * _in_american_summer(day)))
    return zone_named(name.rstrip("/+-")) or zone


def _in_american_summer(day: datetime) -> bool:
    """Whether it is summer time in the US: from the second Sunday in March to the first in November, since 2007."""
    return _sunday_from(day.replace(month=3, day=8)) <= day < _sunday_from(day.replace(month=11, day=1))


def _sunday_from(day: datetime) -> datetime:
    return day + timedelta(days=6 - day.weekday())


def _mail(text: str) -> datetime | None:
    """RFC 2822; years and zones that email.utils accepts and datetime does not give None."""
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
    except (ValueError, OverflowError):  # a day of sixty digits is no int of C
        return None


def _ago(text: str, now: datetime | None) -> datetime | None:
    found = AGO.search(text) if now else None
    if now is None or found is None:
        return None
    count = found["before"] or found["after"] or found["signs"]
    seconds = next(
        int(name[1:]) for name, value in found.groupdict().items() if value and name[0] in "uvw" and name[1:].isdigit()
    )
    back = timedelta(seconds=seconds * (int(count) if count.isdigit() else 1))
    return now - back if back < _LONGEST_AGO else None


def _named_day(text: str, now: datetime | None, zone: tzinfo) -> datetime | None:
    found = _NAMED_DAY.match(text) if now else None
    if now is None or found is None:
        return None
    day = now.astimezone(zone) - timedelta(days=_DAY_WORD[found["word"].lower()])
    return _moment(day.year, day.month, day.day, found.groupdict(), zone)


# One zone each: countries with several (US, CA, AU, BR, RU, MX, ...) are left out, and so are country domains sold to
# everyone (io, co, tv, me, ...). Outlying islands do not count: their outlets can set `timezone`.
_ZONE_OF_COUNTRY = {
    "DE": "Europe/Berlin", "AT": "Europe/Vienna", "CH": "Europe/Zurich", "LI": "Europe/Vaduz",
    "LU": "Europe/Luxembourg", "FR": "Europe/Paris", "BE": "Europe/Brussels", "NL": "Europe/Amsterdam",
    "IT": "Europe/Rome", "ES": "Europe/Madrid", "PT": "Europe/Lisbon", "GB": "Europe/London",
    "UK": "Europe/London", "IE": "Europe/Dublin", "DK": "Europe/Copenhagen", "SE": "Europe/Stockholm",
    "NO": "Europe/Oslo", "FI": "Europe/Helsinki", "IS": "Atlantic/Reykjavik", "PL": "Europe/Warsaw",
    "CZ": "Europe/Prague", "SK": "Europe/Bratislava", "HU": "Europe/Budapest", "SI": "Europe/Ljubljana",
    "HR": "Europe/Zagreb", "RS": "Europe/Belgrade", "BA": "Europe/Sarajevo", "MK": "Europe/Skopje",
    "AL": "Europe/Tirane", "RO": "Europe/Bucharest", "BG": "Europe/Sofia", "GR": "Europe/Athens",
    "TR": "Europe/Istanbul", "CY": "Asia/Nicosia", "MT": "Europe/Malta", "EE": "Europe/Tallinn",
    "LV": "Europe/Riga", "LT": "Europe/Vilnius", "UA": "Europe/Kyiv", "BY": "Europe/Minsk",
    "IL": "Asia/Jerusalem", "EG": "Africa/Cairo", "ZA": "Africa/Johannesburg", "NG": "Africa/Lagos",
    "KE": "Africa/Nairobi", "IN": "Asia/Kolkata", "PK": "Asia/Karachi", "BD": "Asia/Dhaka",
    "LK": "Asia/Colombo", "TH": "Asia/Bangkok", "VN": "Asia/Ho_Chi_Minh", "SG": "Asia/Singapore",
    "PH": "Asia/Manila", "JP": "Asia/Tokyo", "KR": "Asia/Seoul", "TW": "Asia/Taipei",
    "HK": "Asia/Hong_Kong", "CN": "Asia/Shanghai",
}  # fmt: skip
# Languages of one country only; German, English, French, Spanish, Portuguese and Arabic are spoken in several zones.
_COUNTRY_OF_LANGUAGE = {
    "pl": "PL", "cs": "CZ", "sk": "SK", "hu": "HU", "sl": "SI", "hr": "HR", "bg": "BG", "da": "DK", "nb": "NO",
    "nn": "NO", "no": "NO", "fi": "FI", "is": "IS", "et": "EE", "lv": "LV", "lt": "LT", "uk": "UA", "he": "IL",
    "tr": "TR", "ja": "JP", "ko": "KR", "th": "TH", "vi": "VN", "ro": "RO",
}  # fmt: skip


def writes_month_first(language: str) -> bool:
    """Return whether 3/4/2024 is 4 March in texts of *language*; so it is assumed without a language."""
    return language.lower().replace("_", "-") in ("en-us", "")


def time_zone(url: str, language: str | None) -> str | None:
    """Return the time zone of the country in the domain, else in the language tag; None when it has several."""
    domain = _top_domain(url)
    tongue, _, region = (language or "").partition("-")
    country = next((code for code in (domain, region) if code in _ZONE_OF_COUNTRY), None)
    if country is None and not region:
        country = _COUNTRY_OF_LANGUAGE.get(tongue)
    return _ZONE_OF_COUNTRY.get(country or "")


# The zone of most outlets in a country with several zones, and in countries whose domains are sold to everyone (there
# only a language tag counts). The United States are left out: nothing says which of their zones an outlet uses.
_MAIN_ZONE = {
    "AU": "Australia/Sydney", "NZ": "Pacific/Auckland", "BR": "America/Sao_Paulo",
    "AR": "America/Argentina/Buenos_Aires",
    "MX": "America/Mexico_City", "CL": "America/Santiago", "PE": "America/Lima", "UY": "America/Montevideo",
    "EC": "America/Guayaquil", "BO": "America/La_Paz", "PY": "America/Asuncion", "VE": "America/Caracas",
    "CA": "America/Toronto", "RU": "Europe/Moscow", "ID": "Asia/Jakarta", "MY": "Asia/Kuala_Lumpur",
    "GH": "Africa/Accra", "SN": "Africa/Dakar", "CI": "Africa/Abidjan", "MA": "Africa/Casablanca",
    "DZ": "Africa/Algiers", "TN": "Africa/Tunis", "SA": "Asia/Riyadh", "AE": "Asia/Dubai", "QA": "Asia/Qatar",
    "JO": "Asia/Amman", "LB": "Asia/Beirut", "IQ": "Asia/Baghdad", "IR": "Asia/Tehran", "NP": "Asia/Kathmandu",
    "GE": "Asia/Tbilisi", "AM": "Asia/Yerevan", "AZ": "Asia/Baku", "KZ": "Asia/Almaty", "MD": "Europe/Chisinau",
}  # fmt: skip
_MAIN_ZONE_OF_REGION = {"CO": "America/Bogota", "ME": "Europe/Podgorica"}
# The zone in which most news in these languages is written.
_CLOCK_OF_LANGUAGE = {
    "de": "Europe/Berlin", "it": "Europe/Rome", "fr": "Europe/Paris", "nl": "Europe/Amsterdam",
    "sv": "Europe/Stockholm", "el": "Europe/Athens", "ca": "Europe/Madrid", "eu": "Europe/Madrid",
    "gl": "Europe/Madrid", "sr": "Europe/Belgrade", "sq": "Europe/Tirane", "mk": "Europe/Skopje",
}  # fmt: skip


def likely_zone(url: str, language: str | None) -> str | None:
    """Return the zone in which an outlet probably shows its times, by its address and language; None if they do not say.

    Less strict than `time_zone`: it decides in which zone a moment is written down. It decides which moment it is only
    where the page gives no zone.
    """
    domain = _top_domain(url)
    tongue, _, region = (language or "").replace("_", "-").partition("-")
    region = region.upper()
    return (
        time_zone(url, f"{tongue.lower()}-{region}" if region else tongue.lower())
        or _MAIN_ZONE.get(domain)
        or _MAIN_ZONE.get(region)
        or _MAIN_ZONE_OF_REGION.get(region)
        or (None if region else _CLOCK_OF_LANGUAGE.get(tongue.lower()))
    )


def _top_domain(url: str) -> str:
    """Return the last part of the host's name, in capitals; cheap, since every page needs it."""
    host = url.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
    return host.rstrip(".").rpartition(".")[2].upper()


_QUARTER = 15 * 60  # seconds; offsets of all zones are multiples of it
_FARTHEST = 14 * 3600
_HALF_A_DAY = 12 * 3600  # hardly an outlet is so far from UTC: it is a misread twelve-hour clock
_SLACK = 60  # seconds by which two forms of one moment may differ, since one is cut to the minute
# For pages that show the day before the one in UTC, and no time: the zones of most outlets west of UTC.
_WEST = ("America/New_York", "America/Los_Angeles")


def zone_named(name: str | None) -> tzinfo | None:
    """Return the time zone called *name*; None when there is no such zone."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def in_outlet_zone(date: datetime, zone: tzinfo | None, shown: Iterable[str]) -> datetime:
    """Return the same moment in the outlet's zone. A zone that the page itself names stays.

    Without a `zone`, the dates in the texts `shown` decide: the same moment with another offset, the time of day, or the
    day.
    """
    if date.utcoffset():
        return date
    if zone is not None:
        return date.astimezone(zone)
    if not (date.hour or date.minute):
        return date  # probably a day without a time
    for text in shown:
        found = parse_date(text)
        offset = _zone_between(date, found) if found else None
        if offset is not None:
            return date.astimezone(offset)
    return date


def _zone_between(date: datetime, shown: datetime) -> tzinfo | None:
    """Return the zone in which the moment *date* reads as *shown*; None when that is UTC or no zone."""
    if shown.utcoffset():
        return shown.tzinfo if abs((shown - date).total_seconds()) <= _SLACK else None
    if not (shown.hour or shown.minute):
        return _western(date, shown)
    ahead = (shown - date.replace(second=0, microsecond=0)).total_seconds()
    if ahead and abs(ahead) <= _FARTHEST and abs(ahead) != _HALF_A_DAY and not ahead % _QUARTER:
        return timezone(timedelta(seconds=ahead))
    return None


def _western(date: datetime, shown: datetime) -> tzinfo | None:
    if shown.date() != (date.astimezone(UTC) - timedelta(days=1)).date():
        return None
    zones = (zone_named(name) for name in _WEST)
    return next((zone for zone in zones if zone and date.astimezone(zone).date() == shown.date()), None)
