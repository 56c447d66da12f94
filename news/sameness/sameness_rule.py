"""The rules by which sameness is judged: `rule` in the evidence of a link's history and of an article's story."""

from news.rule_ids import WordedEnum


class SamenessRule(WordedEnum):
    """What the comparison of a page with the archive found."""

    # The page's own article
    ADDRESS_SHOWS_THE_SAME = "address_shows_the_same", "the address shows the same as last time"
    LATEST_REVISION = "latest_revision", "the same as the latest revision"
    EARLIER_REVISION = "earlier_revision", "the same as an earlier revision"
    PAYWALLED_LATER = "paywalled_later", "the page shows only a part now; the full text is kept"
    ONLY_ITS_BEGINNING = "only_its_beginning", "the page shows only the beginning now; the full text is kept"
    OTHER_TEXT = "other_text", "the same article with another text"
    BETTER_READING = "better_reading", "the page is unchanged, our rules read it differently"
    LAYOUT_CHANGED = "layout_changed", "only text that stands under all articles of the outlet has changed"
    OLDER_CAPTURE = "older_capture", "a capture older than the archived revisions"
    # Other articles
    TOO_LITTLE_TO_COMPARE = "too_little_to_compare", "too short to be compared with other texts"
    NOTHING_LIKE_IT = "nothing_like_it", "no archived text is like it"
    SAME_LETTERS = "same_letters", "the same letters and digits"
    SAME_TEXT = "same_text", "most of both texts is the same"
    PART_OF_TEXT = "part_of_text", "a part of the text"
    SAME_HEADLINE = "same_headline", "a part of the text, under the same headline"
    EDITED_TEXT = "edited_text", "the same text, edited"
    # A person's decision
    MERGED_BY_HAND = "merged_by_hand", "merged by hand"
    SPLIT_BY_HAND = "split_by_hand", "split off by hand"


# Those that join an article to a story or take it out of one.
STORY_RULES = frozenset(
    (
        SamenessRule.SAME_LETTERS,
        SamenessRule.SAME_TEXT,
        SamenessRule.PART_OF_TEXT,
        SamenessRule.SAME_HEADLINE,
        SamenessRule.EDITED_TEXT,
        SamenessRule.MERGED_BY_HAND,
        SamenessRule.SPLIT_BY_HAND,
    )
)
