"""Finds texts about one event in other words: they share rare words (tf-idf).

Another relation than a story, which is one text: of the same event, outlets write different articles.
"""

import math
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from news.sameness.normal_forms import stems_of

WINDOW = timedelta(days=3)  # before and after
ALIKE = 0.22  # cosine; of labelled pairs of articles on one event 95 of 100 reach it, and 5 in 100 that do are none
_WORDS = 600  # of a text; news comes first
_UNSEEN = 20  # texts that we imagine beside those at hand: of three texts alone no word could be called rare
_HEADLINE = 3  # a word of the headline counts as often


def similarities(headline: str | None, body: str, others: Mapping[int, tuple[str | None, str]]) -> dict[int, float]:
    """Return how much each of *others* (headline, body) is about the same as this, 0 to 1, the most alike first."""
    own = _counts(headline, body)
    counted = {key: _counts(*other) for key, other in others.items()}
    spread = Counter(word for counts in counted.values() for word in counts)
    rarity = {word: _rarity(spread[word], len(counted)) for word in own.keys() | spread.keys()}
    scores = {key: _cosine(own, counts, rarity) for key, counts in counted.items()}
    return dict(sorted(scores.items(), key=lambda item: (-item[1], item[0])))


def telling_words(headline: str | None, body: str, limit: int = 12) -> list[str]:
    """Return the words by which to search for the event: the headline's, then the most frequent longer ones."""
    counts = Counter(word for word in stems_of(body) if len(word) > 4)
    words = [*stems_of(headline or ""), *(word for word, _ in counts.most_common(limit))]
    return list(dict.fromkeys(words))[:limit]


def _counts(headline: str | None, body: str) -> Counter[str]:
    return Counter(stems_of(body)[:_WORDS] + stems_of(headline or "") * _HEADLINE)


def _rarity(texts_with: int, texts: int) -> float:
    return math.log((_UNSEEN + texts) / (1 + texts_with))


def _cosine(own: Counter[str], other: Counter[str], rarity: Mapping[str, float]) -> float:
    own_weights = {word: (1 + math.log(count)) * rarity[word] for word, count in own.items()}
    other_weights = {word: (1 + math.log(count)) * rarity[word] for word, count in other.items()}
    length = math.hypot(*own_weights.values()) * math.hypot(*other_weights.values())
    return (
        sum(value * other_weights[word] for word, value in own_weights.items() if word in other_weights) / length
        if length
        else 0.0
    )
