"""Which text search configuration of PostgreSQL a language has."""

# Those of PostgreSQL 15, the oldest we run on.
CONFIGS = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "da": "danish", "nl": "dutch", "en": "english",
    "fi": "finnish", "fr": "french", "de": "german", "el": "greek", "hi": "hindi", "hu": "hungarian",
    "id": "indonesian", "ga": "irish", "it": "italian", "lt": "lithuanian", "ne": "nepali", "no": "norwegian",
    "nb": "norwegian", "nn": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "es": "spanish", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip


def search_config(language: str | None) -> str:
    """The configuration for a language tag such as de-AT; `simple` (no stems) for one without."""
    primary = (language or "").replace("_", "-").partition("-")[0].lower()
    return CONFIGS.get(primary, "simple")
