"""Boxes beside the text's own, whatever their names are; each rule with a twin that keeps."""

import json

from crawler.extraction.page import read_page
from news.article import Block, Label

URL = "https://outlet.example/town/bridge"
PROSE = "<p>The council of Harrow Bay voted on Tuesday evening to close the old swing bridge for eighteen months.</p>"
TITLE = "<h1>Swing bridge to close</h1>"
LINK = "<a href=/x>Ferry timetable for the winter months</a>"
CARD = "Ships of the line moor again at the quay."


def blocks(text: str) -> dict[str, Block]:
    return {block.text: block for block in read_page(f"<article>{TITLE}<div>{text}</div></article>", URL).blocks}


def is_text(page: str, line: str) -> bool:
    return blocks(page)[line].label is Label.BODY


def test_a_small_box_with_many_links_among_the_text_is_a_teaser_and_is_kept_as_evidence() -> None:
    found = blocks(f"{PROSE * 8}<div class=qx>{LINK}<p>{CARD}</p></div>{PROSE * 8}")[CARD]

    assert (found.label, found.rule) == (Label.TEASER, "side_box_with_links")


def test_a_small_box_without_links_among_the_text_is_text() -> None:
    assert is_text(f"{PROSE * 8}<div class=qx><h3>At the quay</h3><p>{CARD}</p></div>{PROSE * 8}", CARD)


def test_a_paragraph_with_a_link_among_the_text_is_text() -> None:
    assert is_text(f"{PROSE * 8}<p>{CARD[:20]}<a href=/x>{CARD[20:]}</a></p>{PROSE * 8}", CARD)


def test_boxes_that_hold_much_of_the_text_are_text_though_they_have_links() -> None:
    report = f"{CARD} The mayor spoke for an hour, and few were left to hear the end of it."

    assert is_text(f"{PROSE * 4}{f'<div class=qx><p>{report}</p>{LINK}</div>' * 9}", report)


def test_a_small_box_at_the_end_without_text_is_left_out() -> None:
    ended = f"{PROSE * 8}<div class=qx><p>{CARD}</p><button>Send</button></div>{PROSE}"

    assert blocks(ended)[CARD].rule == "side_box_at_end"
    assert is_text(f"{PROSE * 8}<div class=qx><p>{CARD}</p></div>{PROSE}", CARD)


def test_a_note_of_a_correction_stays_wherever_it_is() -> None:
    note = "Correction: an earlier version named another bridge."

    assert is_text(f"{PROSE * 8}<div class=qx><p>{note}</p></div>", note)
    assert not is_text(f"{PROSE * 8}<div class=qx><p>{CARD}</p></div>", CARD)


def test_a_table_at_the_end_is_text() -> None:
    table = "<figure><table><tr><td>Vehicles a day</td></tr></table><figcaption>In May</figcaption></figure>"

    assert is_text(f"{PROSE * 8}{table}", "Vehicles a day")


def test_a_box_that_is_half_without_text_is_no_part_of_the_text() -> None:
    among = f"{PROSE * 8}<div class=qx><p>{{}}</p><button>Send</button></div>{PROSE * 12}"

    assert blocks(among.format(CARD))[CARD].rule == "side_box_in_text"
    assert is_text(among.format(f"“{CARD}”"), f"“{CARD}”")


def test_a_little_behind_the_box_of_nearly_all_text_is_left_out_and_another_part_is_text() -> None:
    page = f"<section>{PROSE * 8}</section><div class=qx>{{}}</div>"

    assert blocks(page.format(f"{PROSE * 2}<p>{CARD}</p>"))[CARD].rule == "side_box_behind_text"
    assert is_text(page.format(f"{PROSE * 3}<p>{CARD}</p>"), CARD)


def claiming(claim: str, box: str) -> str:
    data = json.dumps({"@type": "NewsArticle", "headline": "Swing bridge to close", "articleBody": claim})
    return f'<script type="application/ld+json">{data}</script>{PROSE * 8}{box}{PROSE * 12}'


def test_a_small_box_is_text_only_where_the_claimed_text_contains_it() -> None:
    claim, box = f"{PROSE} " * 20, f"<div class=qx><p>{CARD}</p></div>"

    assert blocks(claiming(claim, box))[CARD].rule == "side_box_not_in_jsonld"
    assert is_text(claiming(f"{claim} {CARD}", box), CARD)


def test_a_claim_of_another_text_says_nothing() -> None:
    assert is_text(claiming("Nobody was hurt, said the police. " * 40, f"<div class=qx><p>{CARD}</p></div>"), CARD)


def test_rows_without_links_in_a_box_at_the_texts_end_are_text() -> None:
    rows = "<div class=qx><ul><li>{}200 g flour</li><li>2 eggs</li><li>A pinch of salt</li></ul></div>"

    assert is_text(PROSE * 8 + rows.format(""), "2 eggs")
    assert not is_text(PROSE * 8 + rows.format(LINK), "2 eggs")
