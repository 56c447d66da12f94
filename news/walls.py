"""Whether a text is a wall: consent, sign-in, subscription or a proof, in place of an article."""

# ruff: noqa: E501 (a table of words, one language after the other)

import re

MOST_WORDS = 200  # what is longer is told by its paragraphs, or is an article

# Of each language what a wall says to its reader; a report about walls says such things now and then, a wall all along.
_SIGNS = re.compile(
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
_LEAST_SHARE = 0.035  # signs for each word


def is_wall(body: str, words: int) -> bool:
    """True for a text of so many *words* that speaks mostly of what stands between reader and article."""
    if not words or words > MOST_WORDS:
        return False
    signs = len(_SIGNS.findall(body))
    return signs >= (1 if words < 45 else 2) and signs / words >= _LEAST_SHARE
