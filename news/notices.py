"""What a site says of itself instead of news: errors, consent, log-in and subscription walls, browser checks, cookies.

Data and plain decisions on texts. A notice speaks of itself ("this site uses cookies") and to the reader; a report about
cookies or errors does not. Texts are lower-cased before they are compared.
"""

import re
from collections.abc import Sequence

from news.access import AccessState
from news.phrases import ADDRESS, CALL, MAY_CALL, OFFER, REPORTED
from news.text import lowercase

# ruff: noqa: E501 (tables of words and patterns, one thought a line)

# What a site says about its own cookies. One such paragraph is a notice.
_OWN_COOKIES = r"""
(?:this|our|the) (?:web ?)?site uses (?:[\w-]+ ){0,3}cookies ; we use (?:[\w-]+ ){0,5}cookies ; we and our (?:[\w(),.]+ ){0,4}partners ;
we (?:may )?(?:request|store) cookies ; we value your privacy ; we (?:care about|respect) your privacy ; your privacy (?:is important|matters) to us ;
the cookie settings on this ; by continuing to (?:browse|use) (?:this|our|the) (?:web ?)?site ; manage (?:your )?(?:cookie|consent|privacy) ;
wir (?:und unsere (?:[\w().]+ ){0,3}partner )?(?:verwenden|nutzen|setzen|benutzen|speichern) (?:\S+ ){0,8}cookies ; wir können cookies ;
(?:diese|unsere) (?:web)?(?:site|seite) (?:verwendet|nutzt|benutzt|setzt) (?:\S+ ){0,3}cookies ; wir (?:respektieren|schätzen) ihre privatsphäre ;
mit werbung und (?:tracking|cookies) ; nous utilisons des cookies ; ce site utilise des cookies ; nous et nos (?:\S+ ){0,3}partenaires ;
utilizamos (?:las )?cookies ; usamos cookies ; (?:este|nuestro) sitio (?:web )?(?:usa|utiliza) cookies ; nosotros y nuestros (?:\S+ ){0,3}socios ;
est[ea] (?:site|página) (?:usa|utiliza) cookies ; questo sito (?:web )?(?:utilizza|usa) (?:i )?cookies? ; utilizziamo (?:i )?cookies? ; noi e i nostri (?:\S+ ){0,3}partner ;
(?:deze (?:web)?site|wij|we) (?:gebruikt|gebruiken|maakt gebruik van|maken gebruik van) cookies ;
(?:ta |nasza )?(?:strona|serwis|witryna) (?:używa|korzysta z|wykorzystuje) (?:plików |pliki )?cookies? ; używamy (?:plików )?cookies? ; my i nasi (?:\S+ ){0,3}partnerzy
"""
# Rows of a table of cookies: several of them on one page are a notice.
_COOKIE_KINDS = r"""
(?:strictly |absolutely )?(?:necessary|essential|functional|performance|analytical|analytics|advertisement|advertising|targeting|marketing|statistics?|preference|third[- ]party|other uncategorized) cookies (?:are|is|help|allow|enable|track|collect) ;
any cookies that may not be ; (?:this|the) cookies? (?:is|are) (?:set|used|installed|stored) ; (?:this is a )?\w+ cookie that ; [\w .]{2,30} sets this cookie ;
set by (?:the )?(?:gdpr|\w+)\b.{0,30} cookie ; this cookie (?:is|records|stores|tracks) ; (?:diese|folgenden|die folgenden) cookies (?:sind|werden|dienen) ;
(?:unbedingt |technisch )?(?:notwendige|erforderliche|funktionale) cookies (?:sind|helfen|ermöglichen|werden) ; sie können unsere cookies ; wir stellen ihnen eine liste der .{0,60}cookies
"""
# What stands between reader and page: browser checks, scripts, passwords.
_CHALLENGES = r"""
just a moment ; checking (?:if the site connection is secure|your browser) ; this process is automatic ; please allow up to \d+ seconds ; ddos protection by ;
your browser will redirect ; why do i have to complete a captcha ; completing the captcha proves ; needs to review the security of your connection ; verify(?:ing)? (?:that )?you are (?:a )?human ; are you (?:a )?(?:human|robot) ; attention required ;
please (?:verify|confirm|prove) (?:that )?you(?:[’']re| are) (?:not a robot|(?:a )?human) ; access (?:to this page )?(?:has been |is )?denied ; you (?:have been|are) blocked ; sorry, you have been blocked ;
(?:please )?(?:enable|turn on|activate) (?:javascript|cookies) ; you need to enable javascript ; javascript (?:is (?:disabled|required)|must be enabled|ist deaktiviert) ;
(?:bitte )?aktivieren sie (?:bitte )?javascript ; veuillez activer (?:javascript|les cookies) ; ray id ; performance & security by ; unusual (?:traffic|activity) from your ;
pardon our interruption ; (?:please )?(?:log|sign) ?in(?: (?:to|or|with)\b.{0,80})?$ ; (?:bitte )?(?:melden sie sich an|anmelden|einloggen)$ ; forgot(?:ten)? (?:your )?password ; passwort vergessen ;
create (?:an|your|a free) account ; don[’']t have an account ; connectez-vous ; mot de passe oublié ; inicia(?:r)? sesión ; zaloguj się ; iniciar sessão ; accedi$
"""
# Whole titles.
_ERROR = re.compile(
    r"\W*(?:(?:http|error|fehler|erreur|errore|błąd|erro|ошибка|oops|sorry|hoppla|ups|uh[- ]oh)\W*)*(?:(?:404|410|403|500|502|503)\b\W*)?"
    r"(?:error|fehler|erreur|not found|forbidden|internal server error|bad gateway|service (?:temporarily )?unavailable|file not found|nothing (?:was )?found"
    r"|(?:the |this |that |your |requested |article |web ?)*(?:page|article|story|content|document|url|site)s? (?:you (?:are|were|requested)\b.{0,40})?(?:was |is |could |can |cannot |has |does |doesn[’']t |isn[’']t |can[’']t )*(?:not |no longer )?(?:be )?(?:found|exists?|available|removed|moved)"
    r"|we can(?:no|[’'])t find (?:that|the|this) page|(?:die |diese |der |ihre |angeforderte )*(?:seite|artikel|inhalt)\b.{0,30}(?:nicht (?:gefunden|vorhanden|verfügbar)|existiert nicht(?: mehr)?)(?: werden)?"
    r"|(?:la |cette )?page (?:introuvable|non trouvée|n[’']existe (?:pas|plus)|not found)|(?:la |esta )?página no (?:encontrada|existe|disponible)|no (?:se ha )?encontra(?:da|do)"
    r"|(?:la )?pagina (?:non trovata|non esiste|niet gevonden)|nie znaleziono(?: strony)?|(?:ta )?strona nie (?:istnieje|została znaleziona)|(?:a )?página não (?:encontrada|existe)"
    r"|sidan (?:kunde inte hittas|hittades inte|finns inte)|siden (?:blev ikke fundet|ble ikke funnet|ikke funnet|findes ikke)|sivua ei löyt\w+|stránka (?:nenalezena|neexistuje|nebyla nalezena)"
    r"|страница не найдена|страницата не е намерена|сторінку не знайдено|sayfa bulunamadı|ページが見つかりません.*|页面不存在|找不到页面|페이지를 찾을 수 없.*|الصفحة غير موجودة)\W*(?:\b(?:404|error)\b\W*)*"
)
_ERROR_NUMBER = re.compile(r"\W*(?:http|error|fehler|erreur|errore|błąd|erro|ошибка)?\W*(?:404|410)\W*")
# Whole titles of a server that is out of order but answers 200.
_OUT_OF_ORDER = re.compile(
    r"\W*(?:(?:an? )?(?:internal|unexpected|technical|application|server|database|unknown) (?:server )?(?:error|exception|failure)|(?:an? )?(?:\w+ )?error (?:has )?occurr?ed(?: on the server)?"
    r"|error establishing a database connection|(?:oops\W+)?something (?:has gone|went) wrong|gateway time-?out|request timed? ?out|(?:temporarily|currently) unavailable|(?:down for |under |scheduled |site )?maintenance(?: mode)?|we(?:[’']ll| will) be (?:right )?back(?: soon| shortly)?"
    r"|(?:ein )?(?:interner|technischer|unerwarteter|unbekannter) (?:server)?fehler|(?:server|datenbank|anwendungs)fehler|(?:es ist )?(?:ein )?(?:\w+ )?fehler (?:ist )?aufgetreten|(?:da ist )?etwas (?:ist )?schiefgelaufen"
    r"|wartung(?:sarbeiten|smodus)?|(?:vorübergehend|derzeit|momentan) nicht (?:erreichbar|verfügbar)|wir sind (?:gleich|bald|in kürze) (?:wieder )?(?:zurück|da|für sie da)"
    r"|(?:une )?erreur (?:interne|serveur|est survenue|s[’']est produite)|site en maintenance|(?:ha ocurrido un )?error (?:interno|del servidor|inesperado)|ha ocurrido un error|errore (?:interno|del server)|si è verificato un errore"
    r"|er is iets misgegaan|interne fout|błąd (?:serwera|wewnętrzny)|wystąpił błąd|ocorreu um erro|erro interno)\W*(?:\b(?:500|502|503|504)\b\W*)?"
)
_LOGIN = re.compile(
    r"\W*(?:log ?in|sign in|sign up|register|login|anmelden|anmeldung|einloggen|registrieren|connexion|se connecter|iniciar sesión|accedi|inloggen|zaloguj się|logowanie|entrar|password reset)\b.{0,20}"
)
_LOGIN_LINE = re.compile(
    r"\W*(?:(?:please )?(?:log|sign) ?in\b|forgot|create |don[’']t have|(?:bitte )?(?:melden|anmelden|einloggen)|passwort|connectez|mot de passe|inicia|zaloguj|accedi)"
)
_GEO_BLOCK = re.compile(
    r"(?:not|un) ?(?:currently |yet )?(?:available|accessible)[^.!?]{0,40} in (?:your|this) (?:country|region|location)"
    r"|unavailable (?:due to|for) legal reasons|unavailable in (?:most )?(?:the )?european (?:countries|union|economic)"
    r"|in (?:ihrem|ihrer|deinem) (?:land|region) (?:leider )?nicht verfügbar"
    r"|n[’']est pas (?:disponible|accessible) dans votre (?:pays|région)"
    r"|no está disponible en (?:su|tu) (?:país|región|zona)|non (?:è )?disponibile nel (?:tuo|suo) paese"
    r"|niedostępn\w+ w (?:twoim|tym) (?:kraju|regionie)",
    re.IGNORECASE,
)
# Whole titles of pages that check the reader's browser.
_BROWSER_CHECK = re.compile(
    r"\W*(?:just a moment|one moment,? please|please wait|nur einen moment|einen moment,? bitte|un (?:instant|momento|moment)|momentje|een ogenblik|chwileczkę|proszę czekać|só um momento|um momento"
    r"|attention required|(?:browser|security|robot|bot|human|captcha) (?:check|verification|challenge)|are you (?:a )?(?:human|robot)|are you not a robot|pardon our interruption|access (?:to this page )?(?:has been |is )?denied"
    r"|(?:please )?(?:verify|confirm|prove|verifying|checking)(?: that| if)? (?:you(?:[’']re| are)|(?:the )?(?:site )?connection|your browser|the browser)\b.{0,80}|ddos[- ]guard|you (?:have been|are) blocked|sorry, you have been blocked"
    r"|(?:sicherheits|browser)(?:prüfung|überprüfung|check)|vérification (?:de sécurité|en cours)|comprobación de seguridad|verifica di sicurezza|sprawdzanie przeglądarki|verificação de segurança)\W*"
)
# What such a page says below its title; a report on them says other things as well.
_BROWSER_CHECK_WORDS = re.compile(
    r"your browser|javascript|human|robot|\bbots?\b|captcha|ray id|ddos|cloudflare|redirect|security (?:check|service|of your)|unusual traffic|ihr(?:en)? browser|votre navigateur|tu navegador|su navegador"
    r"|il tuo browser|uw browser|je browser|przeglądark|seu navegador|reference #|permission to access"
)
_WAITING = re.compile(
    r"\W*(?:please wait|(?:(?:page|content|article|story|text) )?(?:is )?(?:now )?loading(?: (?:page|content|article|story|text|more|data))?"
    r"|(?:(?:seite|inhalt|artikel|text) )?wird geladen|(?:bitte )?warten|lädt|einen moment|chargement(?: en cours)?|veuillez patienter|cargando|espere"
    r"|caricamento(?: in corso)?|attendere|(?:bezig met )?laden|ładowanie|proszę czekać|carregando|a carregar|загрузка|yükleniyor|読み込み中|加载中|載入中|로딩 ?중)\W*(?:please wait\W*)?"
)
_BUTTON = re.compile(
    r"\W*(?:accept|agree|i agree|i accept|got it|reject|decline|deny|consent|do not consent|manage|customi[sz]e|akzeptieren|zustimmen|ablehnen|einverstanden|einstellungen|accepter|refuser|tout accepter|tout refuser"
    r"|aceptar|rechazar|accetta|rifiuta|akkoord|accepteren|weigeren|akceptuję|zgadzam się|odrzuć|aceitar|rejeitar|alle akzeptieren|alle ablehnen|alles akzeptieren|alle cookies akzeptieren)"
    r"(?: (?:all|everything|and \w+|und \w+|& \w+|options|preferences|settings|cookies?|todo|todas|tutt[oi]|alle|alles|wszystkie))*\W*"
)
_ABOUT_CONSENT = re.compile(
    r"cookie|consent|personal data|privacy|partners\b|einwilligung|personenbezogen|datenschutz|zustimm|donn[ée]es personnelles|datos personales|dati personali|persoonsgegevens|danych osobowych|dados pessoais"
)
# Every text that matches _ABOUT_CONSENT contains one of these: a cheap test before the pattern.
_CONSENT_WORDS = (
    "ookie",
    "onsent",
    "rivacy",
    "artners",
    "ersonal",
    "ersone",
    "ersoons",
    "inwilligung",
    "atenschutz",
    "ustimm",
    "osobowych",
    "essoais",
)
_MOST_WALL_WORDS = 200  # a longer text is judged by its paragraphs, or is an article

# What a wall says to its reader in each language; a report about walls contains few such words, a wall many.
_WALL_SIGNS = re.compile(
    r"(?<!\w)(?:"
    r"ad-?block\w*|blocking ads|cookies?|subscrib\w+|subscriptions?|print subscriber|sign(?:ed|ing)? in|log(?:ged)? in|logging in|register(?:ed|ing)?"
    r"|free trial|cancel any ?time|privacy (?:policy|notice|settings)|terms (?:of (?:use|service)|and conditions)|consent|personal data|your account|activate your"
    r"|javascript|captcha|access denied|are you (?:a )?(?:robot|human)|not a robot|ip address|unusual traffic|your browser|unlimited access|newsletters?|all rights reserved"
    r"|may not be published|rewritten or redistributed"
    r"|abonn\w+|jetzt testen|kündbar|digitalabo|e-paper|anmelden|angemeldet|einloggen|registrier\w+|datenschutz\w*|einwillig\w+|zustimm\w+|werbeblocker|personenbezogen\w*"
    r"|zugriff verweigert|nutzungsbedingungen|widerruf\w*|kostenlos lesen|weiterlesen mit"
    r"|adres\w* ip|nie jestem robotem|prywatno\w+|pliki? cookies?|plików|zgod[ayę]\w*|przetwarzani\w+|danych osobowych|rodo|subskry\w+|prenumerat\w+|zaloguj\w*|regulamin\w*|blokowani\w+ reklam"
    r"|s['’]abonner|abonnez|abonnés?|se connecter|connectez|consentement|données personnelles|politique de confidentialité|traceurs|bloqueur"
    r"|suscr[ií]\w+|inicia\w* sesión|consentimiento|datos personales|política de privacidad"
    r"|abbona\w+|accedi|consenso|dati personali|informativa|registrati"
    r"|abonelik|abone ol\w*|çerez\w*|kişisel veri\w*|giriş yap\w*|reklam engelleyici"
    r"|подпис\w+|войдите|авториз\w+|персональн\w+ данн\w+|файл\w* cookie"
    r")(?!\w)",
    re.IGNORECASE,
)
_LEAST_SIGNS = 0.035  # per word
_QUOTE = re.compile(r"\s*[\"“”„«»‹›]")
_QUOTATION_MARK = re.compile(r"[\"“”„«»‹›]")
_NOTICE_WORDS = ("ookie", "partner", "partenaire", "socios", "riva")
_LONGEST_GEO_BLOCK = 400  # characters
_LONGEST = 900  # characters of a notice's paragraph


def _beginning(*tables: str) -> re.Pattern[str]:
    parts = (" ".join(part.split()) for table in tables for part in re.split(r" ;\s", table))
    return re.compile(rf"\W*(?:{'|'.join(part for part in parts if part)})")


_OWN = _beginning(_OWN_COOKIES)
_KIND = _beginning(_COOKIE_KINDS)
_CHALLENGE = _beginning(_CHALLENGES)


def speaks_of_own_cookies(text: str) -> bool:
    """Return whether a site speaks of its own cookies in this paragraph; a quotation of one is a report."""
    return _can_be_notice(text) and bool(_OWN.match(text.lower()))


def explains_cookies(text: str) -> bool:
    """Return whether the text is a row of a table of cookies; a single one may be a sentence of a report."""
    return _can_be_notice(text) and bool(_KIND.match(text.lower()))


def _can_be_notice(text: str) -> bool:
    return len(text) <= _LONGEST and may_be_notice(text) and not _QUOTE.match(text)


def may_be_notice(text: str) -> bool:
    """Return whether *text* has any of the words that every notice on cookies has: a cheap test."""
    return any(map(text.__contains__, _NOTICE_WORDS))


def is_challenge(text: str) -> bool:
    """Return whether the line asks the reader for a proof or a log-in before there is anything to read."""
    return len(text) <= 300 and not _QUOTE.match(text) and bool(_CHALLENGE.match(text.lower()))


def wall_in(notices: Sequence[str]) -> AccessState | None:
    """Return what the *notices* on a page put in place of its text; None when they only speak of scripts or rights."""
    low = [text.lower() for text in notices]
    challenges = [text for text in low if is_challenge(text) and "javascript" not in text]
    if any(map(is_geo_block, notices)):
        return AccessState.GEO_BLOCK
    if any(_LOGIN_LINE.match(text) for text in challenges):
        return AccessState.LOGIN
    if challenges:
        return AccessState.CHALLENGE
    return AccessState.CONSENT if any(map(speaks_of_own_cookies, notices)) else None


def says_geo_blocked(text: str) -> bool:
    """Whether a page says that it is not shown in the reader's country."""
    return _GEO_BLOCK.search(text) is not None


def is_geo_block(text: str) -> bool:
    """Whether a short text says that the site is not shown here."""
    return len(text) <= _LONGEST_GEO_BLOCK and says_geo_blocked(text) and not _QUOTE.match(text)


def is_waiting(text: str) -> bool:
    """Return whether the line says that the text is still being loaded, and nothing else."""
    return len(text) <= 60 and bool(_WAITING.fullmatch(text.lower()))


def checks_browser(titles: Sequence[str], paragraphs: Sequence[str]) -> bool:
    """Return whether one of *titles* is that of a browser check and at least half of the *paragraphs* belong to one."""
    if not any(_BROWSER_CHECK.fullmatch(title.lower().strip()) for title in titles):
        return False
    long = [text for text in paragraphs if len(text) > 60 and not _QUOTE.match(text)]
    return sum(_BROWSER_CHECK_WORDS.search(text.lower()) is not None for text in long) >= 0.5 * len(long)


def is_error_title(title: str) -> bool:
    """Return whether all of *title* says that a page does not exist or that the server is out of order."""
    low = title.lower().strip()
    return 2 < len(low) <= 90 and any(pattern.fullmatch(low) for pattern in (_ERROR, _ERROR_NUMBER, _OUT_OF_ORDER))


def is_login_title(title: str) -> bool:
    """Return whether all of *title* asks to log in or to register."""
    return bool(_LOGIN.fullmatch(title.lower().strip()))


def is_consent_wall(paragraphs: Sequence[str], buttons: Sequence[str]) -> bool:
    """Whether the paragraphs ask the reader for consent, with buttons or with words about the site's own cookies."""
    long = [text for text in paragraphs if len(text) > 60]
    if not any(word in text for text in long for word in _CONSENT_WORDS):
        return False
    about = [text for text in long if asks_consent(text)]
    asked = any(len(text) <= 60 and _BUTTON.fullmatch(text.lower()) for text in buttons)
    reports = sum(not ADDRESS.search(text.lower()) and not explains_cookies(text) for text in long)
    mostly = sum(map(len, about)) > 0.6 * sum(map(len, long))
    return bool(about) and mostly and reports < 2 and (asked or any(map(speaks_of_own_cookies, about)))


def asks_consent(text: str) -> bool:
    """Return whether the paragraph is about consent and speaks to the reader or explains a cookie."""
    low = text.lower()
    return bool(_ABOUT_CONSENT.search(low)) and (ADDRESS.search(low) is not None or explains_cookies(text))


def is_wall(body: str, words: int) -> bool:
    """Whether a text of so many *words* is a wall in place of an article: consent, sign-in, subscription, a proof."""
    if not words or words > _MOST_WALL_WORDS:
        return False
    signs = len(_WALL_SIGNS.findall(body))
    return signs >= (1 if words < 45 else 2) and signs / words >= _LEAST_SIGNS


def is_promo(text: str) -> bool:
    """Return whether *text* calls on the reader to do something for the outlet; a quotation and a report do not."""
    low = lowercase(text)
    if not MAY_CALL.search(low) or REPORTED.search(low):
        return False
    if _QUOTATION_MARK.match(text) or len(_QUOTATION_MARK.findall(text)) >= 2:
        return False
    calls = set(CALL.findall(low))
    if not calls:
        return False
    offers = set(OFFER.findall(low)) - calls
    addressed = ADDRESS.search(low) is not None
    return (bool(offers) and (addressed or len(low) < 160)) or (len(calls) >= 2 and addressed)
