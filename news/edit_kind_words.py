"""Words that show what kind of edit was made: negations, opposites, names, correction notes. Only data and patterns."""

# ruff: noqa: E501 (tables of words, one language after the other)

import re

NEGATION = re.compile(
    r"(?:nicht|kein(?:e[mnrs]?)?|nie(?:mals|mand)?|nichts|ohne|weder|not|no|never|none|nobody|nothing|without|neither|cannot"
    r"|\w+n't|pas|jamais|aucune?|sans|nunca|ningun[oa]?|sin|mai|nessun[oa]?|senza|nie|żaden|bez|não|nunca|sem|geen|niet|nooit"
    r"|inte|ikke|aldrig|ingen|не|нет|никогда|değil|yok)",
    re.IGNORECASE,
)
OPPOSITE = ("un", "in", "il", "im", "ir", "dis", "non", "a", "miss", "des", "nie", "не")  # before a word
PARTICLES = frozenset(("von", "van", "de", "der", "den", "al", "bin", "da", "di", "del", "la"))  # inside a name
OPENERS = frozenset(  # that stand before a name at the head of a sentence and are none of it
    ("der", "die", "das", "ein", "eine", "the", "a", "an", "in", "am", "im", "bei", "nach", "mit", "für", "auch", "le", "la",
     "les", "el", "los", "il", "lo", "but", "and", "und", "doch", "als", "wie", "while", "when", "at", "on", "for")
)  # fmt: skip
CORRECTION = re.compile(
    r"(?:^|(?<=\n)|(?<=[.!?] ))\W*(?:korrektur|berichtigung|richtigstellung|klarstellung|correction|corrections|clarification|erratum|errata"
    r"|corrección|rectificación|rectificatif|rettifica|errata corrige|sprostowanie|correctie|rättelse|rettelse|исправление)\s*(?:[:.–-]|,[^.!?:]{3,20}\.?[^.!?:]{0,12}:|vom|of|du|del)"
    r"|in einer (?:früheren|ersten|vorherigen|ursprünglichen) (?:version|fassung)|(?:eine )?frühere (?:version|fassung) dieses"
    r"|an? (?:earlier|previous) version of this|this (?:article|story|piece|report) (?:was|has been) (?:amended|corrected|updated to correct)"
    r"|(?:wurde|haben wir) (?:nachträglich )?(?:korrigiert|berichtigt)|une version (?:précédente|antérieure)|una versión anterior|una versione precedente",
    re.IGNORECASE,
)
