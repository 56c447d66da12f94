"""Reading whole pages through the front door: `read_page`, then `remove_teasers`."""

# ruff: noqa: E501 (sentences and markup stay whole)

import pytest

from crawler.extraction.page import read_page
from news.article import Article, Label
from news.errors import SettingError
from news.ruleset import READING_RULES
from news.teasers import remove_teasers
from tests.crawler.extraction import pages

URL = "https://talbote.example/politik/stausee-treffen"
LAYOUTS = dict(pages.layouts())


def read(page: str) -> Article:
    return remove_teasers(read_page(page, URL))


@pytest.mark.parametrize("page", list(LAYOUTS.values()), ids=list(LAYOUTS))
def test_one_headline_lead_and_text_are_found_in_any_markup(page: str) -> None:
    article = read(page)

    assert article.headline == pages.HEADLINE
    assert article.lead == pages.LEAD
    assert article.paragraphs == pages.PARAGRAPHS
    assert article.rules == READING_RULES


@pytest.mark.parametrize("page", list(LAYOUTS.values()), ids=list(LAYOUTS))
def test_teasers_and_promo_are_set_aside_with_their_rule_and_not_lost(page: str) -> None:
    removed = read(page).removed

    for title in pages.TITLES:
        assert any(
            title in block.text and block.label in (Label.TEASER, Label.RELATED) and block.rule for block in removed
        )
    assert any(block.text == pages.PROMO and block.label is Label.PROMO for block in removed)


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_the_next_visit_with_other_teasers_reads_the_same_article(layout: str) -> None:
    others = tuple(f"Ganz andere Meldung Nummer {n} aus dem Tal" for n in range(12))
    first, second = (read(dict(visit)[layout]) for visit in (pages.layouts(), pages.layouts("5 hrs ago", others)))

    assert (second.headline, second.lead, second.body) == (first.headline, first.lead, first.body)


PROSE = "<p>" + "The council met on Monday evening and decided to repair the old bridge over the river. " * 3 + "</p>"


def labels(page: str, **settings: object) -> dict[str, Label]:
    article = remove_teasers(read_page(page, URL, **settings))  # type: ignore[arg-type]
    return {block.text: block.label for block in article.blocks}


@pytest.mark.parametrize(
    ("markup", "label"),
    [
        ("<aside>Some other story of the day</aside>", Label.RELATED),
        ("<div class='related-articles'>Some other story of the day</div>", Label.RELATED),
        ("<div id=comments>I never liked the bridge at all.</div>", Label.COMMENT),
        ("<figure><figcaption>The bridge in May, seen from the town.</figcaption></figure>", Label.CAPTION),
        ("<div class=newsletter-box>All of it in your letter box.</div>", Label.PROMO),
        ("<div class=ad-slot>Buy bridges of every kind now.</div>", Label.AD),
        ("<nav><a href=/>Home page of the outlet</a></nav>", Label.NAVIGATION),
        ("<footer>Who we are and where to find us</footer>", Label.NAVIGATION),
        ("<div class=cookie-consent>We would like to watch you read.</div>", Label.LEGAL),
        ("<p class=byline>By Jane Miller</p>", Label.BYLINE),
        ("<p><a href=/x>Why bridges fall, and when they do</a></p>", Label.RELATED),
    ],
)
def test_what_stands_around_the_text_is_labelled_by_its_markup(markup: str, label: Label) -> None:
    found = labels(f"<h1>A bridge is mended</h1><div>{PROSE}{markup}{PROSE.replace('Monday', 'Tuesday')}</div>")

    assert Label.BODY in found.values()
    assert label in found.values()


@pytest.mark.parametrize(
    "name", ["sidebar-content", "has-comments with-sidebar", "story related-wrapper", "ad-free", "newsletter-page"]
)
def test_a_name_around_most_of_the_text_does_not_set_it_aside(name: str) -> None:
    page = f"<h1>A bridge is mended</h1><div class='{name}'>{PROSE * 4}</div>"

    assert "old bridge" in remove_teasers(read_page(page, URL)).body


def test_a_name_that_every_paragraph_bears_does_not_set_the_text_aside() -> None:
    page = "<h1>A bridge is mended</h1>" + f"<div class='teaser-text'>{PROSE}</div>" * 6

    assert len(remove_teasers(read_page(page, URL)).paragraphs) == 6


def test_links_inside_a_sentence_do_not_set_it_aside() -> None:
    page = f"<h1>A bridge is mended</h1>{PROSE}<p>The <a href=/m>mayor</a> said that the works will take two years.</p>{PROSE}"

    assert "The mayor said that the works will take two years." in read_page(page, URL).paragraphs


SPEECH = "The mayor said that the works on the old bridge over the river will take two years, or three, and that nobody in the town will have to leave."


@pytest.mark.parametrize("line", [f"<a href=/m>{SPEECH}</a>", f"<a href=/m>{SPEECH[:-20]}</a> and not the day before"])
def test_a_line_that_is_nothing_but_a_link_is_set_aside_however_long(line: str) -> None:
    page = f"<h1>A bridge is mended</h1><div>{PROSE * 3}<p>{line}</p>{PROSE}</div>"

    assert not any(text.startswith("The mayor said") for text in read(page).paragraphs)


@pytest.mark.parametrize(
    "line", [f"<a href=/m>{SPEECH[:-10]}</a>{SPEECH[-10:]}", f"<a href=/m>{SPEECH[:50]}</a>{SPEECH[50:]}"]
)
def test_a_sentence_that_is_linked_but_for_its_end_stays(line: str) -> None:
    page = f"<h1>A bridge is mended</h1><div>{PROSE * 3}<p>{line}</p>{PROSE}</div>"

    assert SPEECH in read(page).paragraphs


def test_a_text_inside_a_link_that_is_never_closed_stays() -> None:
    assert len(read(f"<h1>A bridge is mended</h1><div><a href=/m>{PROSE * 4}</div>").paragraphs) == 4


def test_a_box_called_teaser_text_is_of_the_article_when_there_is_but_one() -> None:
    page = f"<main><h1>A bridge is mended</h1><div class=teaser-text>{SPEECH}</div><div>{PROSE * 5}</div></main>"

    assert read(page).paragraphs[0] == SPEECH


def test_boxes_called_teaser_text_are_teasers_when_there_are_more() -> None:
    teasers = "".join(f"<div class=teaser-text>{SPEECH.replace('mayor', who)}</div>" for who in ("mayor", "teacher"))
    article = read(f"<main><h1>A bridge is mended</h1>{teasers}<div>{PROSE * 5}</div></main>")

    assert article.lead is None
    assert "teacher" not in article.body


@pytest.mark.parametrize("name", ["faq-embed", "ship-profile"])
def test_a_box_with_a_long_text_among_the_text_is_neither_a_post_nor_a_note_on_the_author(name: str) -> None:
    long, short = f"<div class={name}>{PROSE * 6}</div>", f"<div class={name}><p>{SPEECH}</p></div>"

    assert len(read(f"<h1>A bridge is mended</h1><div>{PROSE * 5}{long}{PROSE * 9}</div>").paragraphs) == 20
    assert SPEECH not in read(f"<h1>A bridge is mended</h1><div>{PROSE * 5}{short}{PROSE * 9}</div>").body


def test_a_long_note_on_the_author_below_the_text_is_set_aside() -> None:
    note = f"<div class=author-profile><p>{SPEECH}</p><p>{SPEECH}</p><p>{SPEECH}</p><p>{SPEECH}</p></div>"

    assert SPEECH not in read(f"<h1>A bridge is mended</h1><div>{PROSE * 9}{note}</div>").body


def test_a_heading_is_no_button_whatever_its_class() -> None:
    page = f"<h1>A bridge is mended</h1><div>{PROSE}<h2 class=widget-title>What the works cost</h2>{PROSE * 3}</div>"

    assert labels(page)["What the works cost"] is Label.BODY
    assert labels(page.replace("h2", "div"))["What the works cost"] is Label.WIDGET


def test_another_article_below_the_first_is_not_its_text() -> None:
    page = "".join(
        f"<article><header><h1>{title}</h1></header><div>{PROSE.replace('bridge', title)}</div></article>" * 1
        for title in ("Bridge", "Tunnel")
    )
    page = page.replace("</p>", PROSE.replace("bridge", "X")[3:] * 3)

    assert "Tunnel" not in remove_teasers(read_page(f"<title>Bridge</title>{page}", URL)).body


def test_an_outlets_own_selectors_remove_and_keep() -> None:
    page = f"<h1>A bridge is mended</h1>{PROSE}<div class=box>The mayor is a keen swimmer, too.</div>{PROSE * 2}<aside class=facts>Built in 1954, it is 90 m long.</aside>"

    assert labels(page, remove=[".box"])["The mayor is a keen swimmer, too."] is Label.TEASER
    assert labels(page)["The mayor is a keen swimmer, too."] is Label.BODY
    assert labels(page, keep=[".facts"])["Built in 1954, it is 90 m long."] is Label.BODY
    assert labels(page)["Built in 1954, it is 90 m long."] is Label.RELATED


def test_an_invalid_selector_is_a_settings_error() -> None:
    with pytest.raises(SettingError, match="is not a CSS selector"):
        read_page(PROSE, URL, remove=["..[["])


def test_blocks_stand_in_page_order() -> None:
    texts = [block.text for block in read(pages.layouts().__next__()[1]).blocks]

    assert texts == pages.texts()


def test_a_text_that_only_a_script_holds_is_taken_from_its_claim() -> None:
    body = "The council decided to repair the old bridge. " * 20
    page = f'<h1>A bridge is mended</h1><script type="application/ld+json">{{"@type":"NewsArticle","articleBody":"{body}"}}</script>'

    assert read(page).body == body.strip()


def test_a_claim_does_not_replace_a_text_that_the_page_shows() -> None:
    page = f'<h1>A bridge is mended</h1>{PROSE * 4}<script type="application/ld+json">{{"@type":"NewsArticle","articleBody":"{"Other words. " * 60}"}}</script>'

    assert "Other words" not in read(page).body


@pytest.mark.parametrize("mark", ["share-prices-fall", "nav_bridge__0", "step-one-related-works", "ad-3"])
def test_a_headings_own_anchor_does_not_set_it_aside(mark: str) -> None:
    page = f"<h1>A bridge is mended</h1><div>{PROSE}<h2 id='{mark}'>What the works cost</h2>{PROSE * 3}</div>"

    assert labels(page)["What the works cost"] is Label.BODY


def test_a_box_that_is_called_so_by_its_id_is_set_aside() -> None:
    page = f"<h1>A bridge is mended</h1><div>{PROSE}<div id=share-bar>Tell your friends of it.</div>{PROSE * 3}</div>"

    assert labels(page)["Tell your friends of it."] is Label.WIDGET


@pytest.mark.parametrize("name", ["AdDsWC", "block-id-n1AuAdJlVL", "sc-NaVxAd7"])
def test_words_in_names_made_by_machines_are_chance(name: str) -> None:
    page = f"<h1>A bridge is mended</h1><div>{PROSE * 3}<p class='{name}'>The mayor is a keen swimmer, too.</p>{PROSE}</div>"

    assert labels(page)["The mayor is a keen swimmer, too."] is Label.BODY


@pytest.mark.parametrize(
    "name",
    [
        "elementor-widget elementor-widget-text-editor",
        "my-6 print:hidden md:my-8",
        "dialog-off-canvas-main-canvas",
        "field field--name-body field--label-hidden field__item",
        "post-42 post type-post status-publish hentry category-comment tag-newsletter tag-bridge",
    ],
)
def test_what_page_builders_call_every_box_says_nothing(name: str) -> None:
    page = f"<h1>A bridge is mended</h1><div>{PROSE * 3}<div class='{name}'>The mayor is a keen swimmer, too.</div>{PROSE}</div>"

    assert labels(page)["The mayor is a keen swimmer, too."] is Label.BODY


@pytest.mark.parametrize("name", ["widget", "print", "elementor-share-buttons"])
def test_what_people_call_a_box_of_buttons_counts_beside_page_builders(name: str) -> None:
    page = f"<h1>A bridge is mended</h1><div>{PROSE * 3}<div class='{name}'>The mayor is a keen swimmer, too.</div>{PROSE}</div>"

    assert labels(page)["The mayor is a keen swimmer, too."] is Label.WIDGET


@pytest.mark.parametrize("name", ["tag-list", "post-tags hidden", "post type-post status-publish related-posts"])
def test_what_people_call_a_box_of_tags_or_posts_counts_beside_what_posts_are_called(name: str) -> None:
    page = f"<h1>A bridge is mended</h1><div>{PROSE * 3}<div class='{name}'>The mayor is a keen swimmer, too.</div>{PROSE}</div>"

    assert labels(page)["The mayor is a keen swimmer, too."] is not Label.BODY


@pytest.mark.parametrize("name", ["AdSlot", "topAd", "ad", "ADBox", "adUnit"])
def test_words_in_names_made_by_people_count(name: str) -> None:
    page = (
        f"<h1>A bridge is mended</h1><div>{PROSE * 3}<p class='{name}'>Buy bridges of every kind now.</p>{PROSE}</div>"
    )

    assert labels(page)["Buy bridges of every kind now."] is Label.AD


def test_a_heading_of_a_box_of_links_does_not_end_the_text() -> None:
    box = "<aside class=related><h1>Recently in Sports</h1><a href=/x>A goat wins the race of the valley</a></aside>"
    page = f"<article><h1>A bridge is mended</h1>{PROSE * 6}{box}<p>The goat did not come to the bridge, her owner said.</p></article>"

    assert labels(page)["The goat did not come to the bridge, her owner said."] is Label.BODY


def test_another_articles_heading_ends_the_text() -> None:
    page = f"<div><article><h1>A bridge is mended</h1>{PROSE * 6}</article><article><header><h1>A goat wins the race</h1></header><p>The goat did not come to the bridge, her owner said.</p></article></div>"

    assert labels(page)["The goat did not come to the bridge, her owner said."] is not Label.BODY


def posts(count: int, text: str, *short: str) -> str:
    """As many short lines before each paragraph as are given, in boxes without a name."""
    lines = "".join(f"<div>{line}</div>" for line in short)
    return "<div>" + "".join(f"<div>{lines}<p>{text}</p></div>" for _ in range(count)) + "</div>"


def test_paragraphs_among_names_and_dates_behind_the_text_are_not_of_it() -> None:
    written = posts(4, SPEECH, "Jane M.", "5 March", "Reply")

    assert SPEECH not in read(f"<main><h1>A bridge is mended</h1><div>{PROSE * 8}</div>{written}</main>").body
    assert SPEECH in read(f"<main><h1>A bridge is mended</h1><div>{PROSE * 8}</div>{posts(4, SPEECH)}</main>").body


def test_a_text_that_is_a_list_of_things_with_short_lines_is_read_whole() -> None:
    things = posts(9, SPEECH, "Ferry", "4 Euro", "Buy")

    assert read(f"<main><h1>Ways over the river</h1><div>{PROSE * 2}</div>{things}</main>").body.count(SPEECH) == 9


def test_a_text_above_many_comments_is_found() -> None:
    text = (
        "<div>"
        + "".join(f"<div><i>{n}</i></div>{PROSE}" for n in range(4))
        + "<div>a</div><div>b</div><div>c</div></div>"
    )
    page = f"<main><h1>A bridge is mended</h1>{text}<div>{PROSE.replace('council', 'reader') * 16}</div></main>"

    assert "council" in read(page).body


@pytest.mark.parametrize(
    "box", ["<div><img src=/b.jpg><p>{}</p></div>", "<div><div><a><img src=/b.jpg></a></div><div>{}</div></div>"]
)
def test_a_paragraph_alone_with_a_picture_is_its_caption(box: str) -> None:
    page = f"<h1>A bridge is mended</h1><div>{PROSE * 3}{box.format(SPEECH)}{PROSE * 3}</div>"

    assert labels(page)[SPEECH] is Label.CAPTION


@pytest.mark.parametrize(
    "box",
    ["<p><img src=/b.jpg>{}</p>", "<div><img src=/b.jpg><p>{}</p><p>Nobody spoke against it in the end.</p></div>"],
)
def test_a_paragraph_with_a_picture_in_it_and_several_beside_one_are_text(box: str) -> None:
    page = f"<h1>A bridge is mended</h1><div>{PROSE * 3}{box.format(SPEECH)}{PROSE * 3}</div>"

    assert labels(page)[SPEECH] is Label.BODY


def test_texts_beside_pictures_that_are_all_there_is_are_the_text() -> None:
    slides = "".join(f"<div><img src=/{n}.jpg><p>{n} of them: {SPEECH}</p></div>" for n in range(6))

    assert len(read(f"<h1>The bridge in pictures</h1><div>{PROSE}{slides}</div>").paragraphs) == 7


def test_a_form_is_no_text_unless_the_text_is_in_it() -> None:
    asked = "The news of the valley, each morning and free of charge for all."
    form = f"<form><p>{asked}</p><input name=mail></form>"

    assert labels(f"<h1>A bridge is mended</h1><div>{PROSE * 3}{form}{PROSE}</div>")[asked] is Label.WIDGET
    assert len(read(f"<form><h1>A bridge is mended</h1><div>{PROSE * 4}</div></form>").paragraphs) == 4


FACTS = "<div class=facts><div><h1>The bridge in figures</h1></div><p>It is 90 m long and was built in 1954, by the town alone.</p></div>"


def test_a_first_level_heading_in_a_box_among_the_text_is_no_other_article() -> None:
    page = f"<article><h1>A bridge is mended</h1>{PROSE * 6}{FACTS}<p>The goat did not come to the bridge, her owner said.</p></article>"

    assert read(page).paragraphs[-1] == "The goat did not come to the bridge, her owner said."


def test_a_first_level_heading_in_a_box_behind_the_text_is_another_articles() -> None:
    page = f"<article><h1>A bridge is mended</h1>{PROSE * 6}{FACTS}</article>"

    assert not any("90 m long" in text for text in read(page).paragraphs)


def entries(link: str) -> str:
    entry = "The neighbours of the bridge were told on Monday that the works begin soon, and that nobody will have to leave."
    return "".join(
        f"<div class=entry{n}>{entry.replace('neighbours', link.format(n))}{link.format(n)}</div>" for n in range(5)
    )


def test_paragraphs_with_links_in_them_belong_to_the_text_though_they_stand_in_boxes_of_their_own() -> None:
    link = "<a href=/{0}>neighbours who live near the old bridge and close to the river of the town</a>"
    page = f"<main><h1>A bridge is mended</h1><div class=top>{PROSE * 8}</div><div class=live>{entries(link)}<p>{'Nobody spoke against it in the end. ' * 10}</p></div></main>"

    assert sum(text.startswith("The neighbours who live") for text in read(page).paragraphs) == 5


def test_a_list_of_titles_behind_the_text_stays_outside() -> None:
    titles = "".join(
        f"<div><a href=/{n}>A goat wins the race of the valley once more, number {n}</a></div>" for n in range(12)
    )
    page = f"<main><h1>A bridge is mended</h1><div class=top>{PROSE * 8}</div><div class=live>{titles}<p>Nobody spoke against it in the end, one of them says.</p></div></main>"

    assert not any("goat" in text for text in read(page).paragraphs)


@pytest.mark.parametrize("link", ["<a href='#cracks'>{}</a>", "<a id=cracks href='/bridge#cracks'>{}</a>"])
def test_a_heading_that_links_to_its_own_place_is_a_heading_of_the_text(link: str) -> None:
    page = f"<h1>A bridge is mended</h1><div>{PROSE * 3}<h2>{link.format('What the engineers found below')}</h2>{PROSE * 2}</div>"

    assert labels(page)["What the engineers found below"] is Label.BODY


@pytest.mark.parametrize("link", ["<a href='/goat'>{}</a>", "<a id=goat href='/goat#comments'>{}</a>"])
def test_a_heading_that_links_elsewhere_is_not(link: str) -> None:
    page = f"<h1>A bridge is mended</h1><div>{PROSE * 3}<h2>{link.format('A goat wins the race of the valley')}</h2>{PROSE * 2}</div>"

    assert labels(page)["A goat wins the race of the valley"] is not Label.BODY


def test_a_headline_that_is_written_again_behind_short_paragraphs_is_a_heading_of_the_text() -> None:
    short = "".join(f"<p>The council met on day {n} of the month and talked of the old bridge.</p>" for n in range(5))
    page = f"<h1>A bridge is mended</h1><div>{short}<h3>A bridge is mended</h3>{PROSE * 4}</div>"

    assert sum(text.startswith("The council met on day") for text in read(page).paragraphs) == 5


def test_a_lead_between_two_headlines_is_above_the_text() -> None:
    lead = "<p>The council met on a Monday and talked of the old bridge.</p>"
    page = f"<h1>A bridge is mended</h1><div>{lead}<h3>A bridge is mended</h3>{PROSE * 4}</div>"

    assert not any(text.startswith("The council met on a Monday") for text in read(page).paragraphs)


def group(name: str) -> str:
    lines = "".join(f"<p>Tool {n}</p>" for n in range(40))
    return f"<main><h1>A bridge is mended</h1><div class='{name}'>{'<p>It is the first of its kind, the mayor said on the day.</p>' * 9}{lines}<div>{PROSE * 8}</div></div></main>"


def test_a_text_with_many_short_lines_is_read_whole_in_a_box_that_says_it_holds_it() -> None:
    assert any(text.startswith("It is the first") for text in read(group("entry-content")).paragraphs)


def test_many_short_lines_in_a_box_without_a_name_stay_outside() -> None:
    assert not any(text.startswith("It is the first") for text in read(group("box")).paragraphs)


def part(name: str) -> str:
    texts = "".join(f"<p>The cook of the inn by the bridge made dish number {n} of the day.</p>" for n in range(24))
    return f"<main><h1>A bridge is mended</h1><div>{PROSE * 9}<div class=menu-ideas><div class='{name}'>{texts}</div></div></div></main>"


def test_a_long_text_in_a_box_of_that_name_is_no_menu_whatever_is_around_it() -> None:
    assert sum(text.startswith("The cook") for text in read(part("rich-text")).paragraphs) == 24


def test_a_long_text_in_a_menu_is_of_the_menu_when_nothing_says_otherwise() -> None:
    assert not any(text.startswith("The cook") for text in read(part("inner")).paragraphs)


def advised(above: str) -> str:
    tips = "".join(
        f"<li><a href=/{n}>Tip number {n} is one for everybody who lives near an old bridge</a></li>" for n in range(12)
    )
    return f"<main><h1>A bridge is mended</h1><div>{above}<ul>{tips}</ul><p>Whoever wants to help may call the town hall, which keeps a list of them all.</p><div class=cut><div>{PROSE * 12}</div></div></div></main>"


def test_a_text_that_begins_above_a_list_of_links_is_read_from_its_beginning() -> None:
    beginning = "<p>It is the first of its kind in the valley, the mayor said on the day that it was opened again.</p>"

    assert sum(text.startswith("It is the first") for text in read(advised(beginning * 12)).paragraphs) == 12


def test_a_list_of_links_with_a_word_of_welcome_above_the_text_stays_outside() -> None:
    welcome = "<p>Here is all that we know of the valley and of those who live in it, day by day.</p>"

    assert not any(text.startswith("Here is all") for text in read(advised(welcome)).paragraphs)
