"""Each rule that removes has a twin that keeps."""

import pytest

from news.article import Article, Block, Label
from news.teasers import is_promo, remove_teasers
from news.teasers.rules import registered_rules, teaser_rule

# ruff: noqa: E501 (sentences and markup stay whole)


PROSE = "The council met on Monday evening and decided, after three hours of debate, to repair the old bridge over the river."
MORE = "The works will take two years, the mayor said, and cost more than the town has set aside for all of its roads together."
URL = "https://outlet.example/a"


def article(*texts: str | Block, headline: str | None = None, authors: tuple[str, ...] = ()) -> Article:
    blocks = tuple(text if isinstance(text, Block) else Block(text) for text in texts)
    return Article(URL, headline, blocks=blocks, authors=authors)


def kept(*texts: str | Block, **fields: object) -> tuple[str, ...]:
    return remove_teasers(article(*texts, **fields)).paragraphs  # type: ignore[arg-type]


def linked(text: str) -> Block:
    return Block(text, link_share=1.0)


def heading(text: str) -> Block:
    return Block(text, tag="h2")


def test_sidebar_is_cut_and_kept_as_evidence() -> None:
    cleaned = remove_teasers(article(PROSE, "OTHER NEWS", "3 hrs ago", "Cola trick", "3 hrs ago", "Goat wins prize"))

    assert cleaned.paragraphs == (PROSE,)
    assert [block.text for block in cleaned.removed] == [
        "OTHER NEWS",
        "3 hrs ago",
        "Cola trick",
        "3 hrs ago",
        "Goat wins prize",
    ]
    assert all(block.rule and 0 < block.score <= 1 for block in cleaned.removed)


@pytest.mark.parametrize(
    "sentence", ["In other news he said nothing.", "Other news had to wait until the evening, the editor said."]
)
def test_sidebar_heading_inside_a_sentence_stays(sentence: str) -> None:
    body = article(sentence, PROSE)

    assert remove_teasers(body) == body


@pytest.mark.parametrize(
    "age", ["3 hrs ago", "vor 3 Std.", "il y a 3 heures", "hace 3 horas", "3 ore fa", "3 uur geleden", "há 3 horas", "3時間前", "3小时前",
            "3시간 전", "för 3 timmar sedan", "منذ 3 ساعات", "3 giờ trước", "3 ชั่วโมงที่แล้ว", "לפני 3 שעות", "3 घंटे पहले", "3 години тому"],
)  # fmt: skip
def test_titles_under_ages_are_a_list_in_any_language(age: str) -> None:
    assert kept(PROSE, age, "Goat wins prize", age, "Bridge still closed", age, "Will it rain?") == (PROSE,)


def test_titles_and_ages_in_one_block_are_a_list() -> None:
    assert kept(PROSE, *(f"{n} hrs ago A title of some other article" for n in (1, 2, 3))) == (PROSE,)


def test_a_live_blog_whose_entries_are_paragraphs_stays() -> None:
    assert kept("3 hrs ago", PROSE * 2, "2 hrs ago", MORE * 2, "1 hr ago", PROSE * 2) == (
        PROSE * 2,
        MORE * 2,
        PROSE * 2,
    )


def test_a_sentence_that_says_how_long_ago_stays() -> None:
    sentences = (
        PROSE,
        "The first bridge was built 300 years ago by the monks.",
        "It burnt down 3 hours ago, the fire brigade said.",
    )

    assert kept(*sentences) == sentences


@pytest.mark.parametrize(
    "line",
    ["Externer Inhalt nicht verfügbar", "Deine Privatsphäre-Einstellungen verhindern das Laden und Anzeigen aller externen Inhalte.",
     "For more business and farm coverage, visit outlet.example/farm", "Subscribe to get access", "Listen to the podcast here",
     "Ce contenu n’est pas disponible sans votre accord.", "Este contenido no se puede mostrar sin cookies."],
)  # fmt: skip
def test_what_stands_in_place_of_other_content_goes(line: str) -> None:
    assert kept(PROSE, line, MORE) == (PROSE, MORE)


@pytest.mark.parametrize(
    "line",
    ["External content was not shown at the trial, the lawyer said.", "For more than a year they could not visit the bridge.",
     "Ihre Nachbarn sahen das Haus nicht mehr.", "Subscribe to get access to the river, the old joke goes, and wait.",
     "Ce contenu a été retiré par le ministre, dit-on.", "Abonnierten Sie früher, kamen die Briefe mit dem Schiff."],
)  # fmt: skip
def test_a_sentence_that_begins_like_a_placeholder_stays(line: str) -> None:
    assert kept(PROSE, line, MORE) == (PROSE, line, MORE)


def test_a_line_that_announces_what_is_shown_below_the_text_stays() -> None:
    line = "This is how the neighbours took the news of the bridge:"

    assert kept(PROSE, MORE, line) == (PROSE, MORE, line)
    assert kept(PROSE, MORE, "Share this:") == (PROSE, MORE)


def test_titles_below_a_list_heading_go_until_the_text_goes_on() -> None:
    assert kept(PROSE, "Lesen Sie auch", linked("Ein anderer Titel"), "Noch ein Titel ohne Punkt", MORE) == (
        PROSE,
        MORE,
    )


def test_a_subheading_of_the_text_stays() -> None:
    assert kept(PROSE, heading("The long way to the bridge"), MORE) == (PROSE, "The long way to the bridge", MORE)


@pytest.mark.parametrize(
    "pointer",
    ["İlgili haber: keçi ödül kazandı", "READ MORE: Goat wins prize", "Lesen Sie auch: Ziege gewinnt Preis", "Lire aussi : la chèvre", "Lees ook: geit wint prijs",
     "Leggi anche: la capra", "Czytaj także: koza", "Leia também: a cabra", "Lea también: la cabra"],
)  # fmt: skip
def test_a_line_that_points_at_another_article_goes(pointer: str) -> None:
    assert kept(PROSE, pointer, MORE) == (PROSE, MORE)


@pytest.mark.parametrize(
    "sentence",
    ["Read more books, she told the children.", "See, he said, it is not far.", "More: that is what they want."],
)
def test_a_sentence_that_begins_like_a_pointer_stays(sentence: str) -> None:
    assert kept(PROSE, sentence, MORE) == (PROSE, sentence, MORE)


@pytest.mark.parametrize(
    "promo",
    ["DER MORGEN fasst die wichtigsten News des Tages für Sie zusammen. Jetzt kostenfrei abonnieren.",
     "Sign up for our newsletter and never miss a story.", "Suscríbete a nuestro boletín y recibe las noticias cada mañana.",
     "Abonnez-vous à notre newsletter.", "Iscriviti alla nostra newsletter.", "Schrijf je in voor onze nieuwsbrief.",
     "Zapisz się na nasz newsletter.", "Assine a nossa newsletter.", "Folgen Sie uns auch auf Facebook und verpassen Sie nichts.",
     "Get breaking news alerts and special reports, delivered weekday mornings.", "Be the first to know: sign up for our alerts.",
     "Get the Valley Monthly delivered through your letterbox. Click here for more.", "Bültenimize abone olun, hiçbir haberi kaçırmayın!",
     "Подписывайтесь на наш канал в Telegram!", "Đăng ký nhận bản tin của chúng tôi.", "Prenumerera på vårt nyhetsbrev.",
     "Přihlaste se k odběru našeho newsletteru.", "اشترك في نشرتنا الإخبارية", "הירשמו לניוזלטר שלנו"],
)  # fmt: skip
def test_a_call_upon_the_reader_is_a_promo_in_any_language(promo: str) -> None:
    cleaned = remove_teasers(article(PROSE, promo, MORE))

    assert cleaned.paragraphs == (PROSE, MORE)
    assert [block.label for block in cleaned.removed] == [Label.PROMO]


@pytest.mark.parametrize(
    "sentence",
    ["The ministry sends its newsletter to 3,000 farmers every week.", "Subscribers to the newsletter sued the company on Tuesday.",
     "You can sign up for the marathon until Friday at the town hall.", "“Sign up for our newsletter,” the poster said, and nobody did.",
     "Die Partei verschickt einen Newsletter, in dem sie ihre Mitglieder um Spenden bittet.", "He follows the club on Instagram.",
     "Most people get breaking news from their neighbours, the study says.", "The milk is delivered every morning.",
     "Have the milk delivered through your window, the farmer said: that was cheaper.",
     "»Abonnieren Sie jetzt unseren Newsletter«, habe auf dem Zettel gestanden.", "«Подписывайтесь на наш канал», — сказал он и ушёл.",
     "Belediye haber bültenini her hafta üç bin çiftçiye gönderiyor.", "Kommunen skickar sitt nyhetsbrev till tretusen bönder varje vecka."],
)  # fmt: skip
def test_a_report_or_a_quotation_about_newsletters_stays(sentence: str) -> None:
    assert not is_promo(sentence)
    assert kept(PROSE, sentence, MORE) == (PROSE, sentence, MORE)


def test_the_headline_again_is_a_headline_and_what_stands_between_is_the_lead() -> None:
    cleaned = remove_teasers(
        article("A bridge is mended", PROSE, "a bridge is mended", MORE, headline="A bridge is mended")
    )

    assert (cleaned.lead, cleaned.paragraphs) == (PROSE, (MORE,))
    assert [block.label for block in cleaned.blocks] == [Label.HEADLINE, Label.LEAD, Label.HEADLINE, Label.BODY]


def test_a_sentence_with_the_headlines_words_stays() -> None:
    assert kept(PROSE, "A bridge is mended, they said, and that was that.", headline="A bridge is mended")[1:]


@pytest.mark.parametrize(
    "line",
    [
        "© 2024 The Outlet. All rights reserved.",
        "Photo: A. Smith/Agency",
        "Advertisement",
        "Advert",
        "Comments (12)",
        "Sharing is caring!",
        "Save my name, email, and website in this browser for the next time I comment.",
        "By providing your email address, you agree to our terms.",
        "Print article",
    ],
)
def test_stock_lines_go(line: str) -> None:
    assert kept(PROSE, line, MORE) == (PROSE, MORE)


@pytest.mark.parametrize(
    "line",
    [
        "Photos show that the bridge was never safe.",
        "Advertisements for the bridge hang in every shop of the town now.",
        "Advert writers have found the bridge.",
        "Sharing the bridge is what the farmers ask for, he said.",
        "Print articles of the time call it a miracle.",
    ],
)
def test_sentences_that_begin_like_stock_lines_stay(line: str) -> None:
    assert kept(PROSE, line, MORE) == (PROSE, line, MORE)


def test_titles_after_the_text_has_ended_go() -> None:
    assert kept(PROSE, "Goat wins prize", "Mayor to leave in autumn", "Where to swim this summer") == (PROSE,)


def test_a_list_that_ends_the_text_stays() -> None:
    items = tuple(
        Block(text, tag=tag) for text, tag in (("two bridges", "li"), ("one ferry", "ul"), ("no tunnel", "ol"))
    )

    assert kept("The town has:", PROSE, *items) == ("The town has:", PROSE, "two bridges", "one ferry", "no tunnel")


@pytest.mark.parametrize(
    "head",
    ["10 thoughts on “A bridge is mended”", "3 Comments", "124 Reader Comments", "Kommentare (12)", "Leave a Reply"],
)
def test_what_readers_wrote_goes(head: str) -> None:
    assert kept(PROSE, MORE, heading(head), "I never liked the bridge at all, and nobody asked me.", MORE) == (
        PROSE,
        MORE,
    )


def test_a_number_and_the_headline_head_what_readers_wrote_and_another_heading_with_a_number_does_not() -> None:
    blocks = [Block("A bridge is mended", Label.HEADLINE, tag="h1"), Block(PROSE), Block(MORE)]
    for head, left in (("6 thoughts on A bridge is mended", 2), ("6 thoughts on the bridge", 4)):
        page = Article(URL, "A bridge is mended", blocks=(*blocks, heading(head), Block(MORE)))
        assert len(remove_teasers(page).paragraphs) == left


@pytest.mark.parametrize(
    "head", ["3 comments that moved the council", "Comments from the mayor", "A comment: leave the bridge alone"]
)
def test_what_stands_below_a_heading_about_comments_stays(head: str) -> None:
    assert kept(PROSE, MORE, heading(head), PROSE) == (PROSE, MORE, head, PROSE)
    assert kept(heading("3 Comments"), PROSE, MORE)[-2:] == (PROSE, MORE)


def test_an_authors_name_alone_and_a_note_that_begins_with_the_first_name_go_below_the_text() -> None:
    assert kept(PROSE, MORE, "Jane Miller", "Jane is a farmer at the river.", authors=("Jane Miller",)) == (PROSE, MORE)
    assert kept(PROSE, "Jane Miller", MORE, "Janet is a farmer.", authors=("Jane Miller",))[-2:] == (
        MORE,
        "Janet is a farmer.",
    )


def test_a_note_on_the_author_goes_above_the_text_and_with_an_address_too() -> None:
    note, mail = (
        "Jane Miller is our reporter at the river.",
        "Jane Miller: jane@outlet.example; she writes about bridges.",
    )

    assert kept(note, *[PROSE] * 4, MORE, mail, authors=("Jane Miller",)) == (*[PROSE] * 4, MORE)
    assert kept(note, *[PROSE] * 4, authors=("Ed Ito",))[0] == note
    assert kept("Jane was first to cross.", *[PROSE] * 4, authors=("Jane Miller",))[0] == "Jane was first to cross."


def test_a_note_on_the_author_below_the_text_goes() -> None:
    assert kept(PROSE, MORE, "Jane Miller is our bridge reporter.", authors=("Jane Miller",)) == (PROSE, MORE)


def test_a_sentence_about_somebody_else_below_the_text_stays() -> None:
    assert kept(PROSE, MORE, "Joan Miller is the mayor.", authors=("Jane Miller",))[2:] == (
        "Joan Miller is the mayor.",
    )


def test_a_date_above_the_text_goes() -> None:
    assert kept("5 March 2024, 10:15", PROSE) == (PROSE,)


def test_a_sentence_with_a_date_above_the_text_stays() -> None:
    assert kept("On 5 March 2024 the bridge fell.", PROSE) == ("On 5 March 2024 the bridge fell.", PROSE)


def test_a_heading_of_what_was_set_aside_goes_with_it() -> None:
    related = Block("A title", Label.TEASER, "link")

    assert kept(PROSE, heading("From the region"), related, heading("The end"), MORE) == (PROSE, "The end", MORE)


def test_nothing_is_lost_and_the_order_stays() -> None:
    before = article(
        "A bridge", PROSE, "OTHER NEWS", "3 hrs ago", "x", "Sign up for our newsletter.", headline="A bridge"
    )

    assert [block.text for block in remove_teasers(before).blocks] == [block.text for block in before.blocks]


def test_a_second_look_at_the_result_changes_nothing() -> None:
    once = remove_teasers(article(PROSE, "OTHER NEWS", "3 hrs ago", "Cola trick", MORE))

    assert remove_teasers(once) == once


def boxed(text: str, hints: str) -> Block:
    return Block(text, tag="div", hints=hints)


def titled(text: str) -> Block:
    return Block(text, Label.RELATED, "only_a_link", tag="h3", link_share=1.0)


CARDS = tuple(
    block for n in range(5) for block in (titled(f"The {n}th bridge of the town falls"), boxed(f"Nobody was hurt at bridge {n}, the mayor said on Monday.", "card-text"))
)  # fmt: skip


def test_first_sentences_of_other_articles_below_linked_titles_go() -> None:
    assert kept(PROSE, MORE, *CARDS) == (PROSE, MORE)


def test_the_parts_of_a_text_below_linked_titles_stay() -> None:
    parts = tuple(boxed(block.text, "text") if block.label is Label.BODY else block for block in CARDS)

    assert len(kept(boxed(PROSE, "text"), *parts)) == 6


NOTICE = "We use cookies and similar technologies to give you the best experience on our site."
KINDS = (
    "Necessary cookies are absolutely essential for the website to function properly.",
    "Any cookies that may not be particularly necessary are used to collect user data.",
)


def test_what_a_site_says_of_its_own_cookies_goes() -> None:
    cleaned = remove_teasers(article(PROSE, NOTICE, "You can withdraw your consent to them at any time.", MORE, *KINDS))

    assert cleaned.paragraphs == (PROSE, MORE)
    assert all(block.label is Label.LEGAL for block in cleaned.blocks if block.label is not Label.BODY)


@pytest.mark.parametrize(
    "sentence",
    ["The commission fined the site because it used cookies without consent, a spokesman said.", "“We use cookies,” the boss said, “and so does everybody else in this town.”",
     "Necessary cookies are exempt from the new law, the court ruled on Monday.", "Visitors must agree to cookies before they can read on, the ministry said."],
)  # fmt: skip
def test_a_report_about_cookies_stays(sentence: str) -> None:
    assert kept(PROSE, sentence, MORE) == (PROSE, sentence, MORE)


def test_a_wall_in_the_text_goes_with_the_list_of_its_gifts() -> None:
    gifts = tuple(
        Block(text, tag="li") for text in ("Read articles from the whole country.", "Talk about them with others.")
    )

    assert kept(PROSE, "Create an account or sign in to continue with your reading.", *gifts, MORE) == (PROSE, MORE)


@pytest.mark.parametrize(
    "gift",
    ["Get unlimited access to all of our stories for 1 Euro a month.", "Zugriff auf alle Artikel, monatlich kündbar.", "Accès illimité à tous nos articles, sans engagement."],
)  # fmt: skip
def test_what_the_money_buys_goes_with_the_wall(gift: str) -> None:
    assert kept(PROSE, "Subscribe to continue reading", gift, MORE) == (PROSE, MORE)
    assert kept(PROSE, gift, MORE) == (PROSE, gift, MORE)


@pytest.mark.parametrize(
    "sentence", ["The toll will be 3 Euro for each car.", "Access to the bridge is free of charge for farmers."]
)
def test_a_sentence_below_a_wall_about_something_else_stays(sentence: str) -> None:
    assert kept(PROSE, "Subscribe to continue reading", sentence, MORE) == (PROSE, sentence, MORE)


def test_a_list_below_a_sentence_about_accounts_stays() -> None:
    items = tuple(Block(text, tag="li") for text in ("Name and address of the owner.", "Number of the bridge."))
    sentence = "Owners have to create an account to pay the toll, and to enter:"

    assert kept(PROSE, sentence, *items, MORE) == (
        PROSE,
        sentence,
        "Name and address of the owner.",
        "Number of the bridge.",
        MORE,
    )


def test_the_lead_once_more_goes_and_a_lead_that_is_all_there_is_stays() -> None:
    lead = Block(PROSE, Label.LEAD, "called a lead")

    assert kept(lead, PROSE, MORE) == (MORE,)
    assert kept(lead, PROSE) == (PROSE,)


@pytest.mark.parametrize(
    "line",
    ["The Wire™ & © 2020 Cable Outlet, Inc. All rights reserved.", "Your browser is out of date.", "This video is not available in your country.", "%d Bloggern gefällt das:",
     "READ | Bridges of the region and what they cost", "What do you think of the bridge? Let us know in the comments and share this article!"],
)  # fmt: skip
def test_notices_of_players_browsers_and_wires_go(line: str) -> None:
    assert kept(PROSE, line, MORE) == (PROSE, MORE)


@pytest.mark.parametrize(
    "line",
    ["The contract says that all rights are reserved, the lawyer told the court.", "Your browser knows more about you than your mother does.", "This video shows how the bridge fell.",
     "READ has been founded in Leeds to teach children.", "She will share the story with the police, he said."],
)  # fmt: skip
def test_sentences_with_such_words_stay(line: str) -> None:
    assert kept(PROSE, line, MORE) == (PROSE, line, MORE)


def test_the_end_of_a_quotation_ends_the_text() -> None:
    end = "That is how it was with the bridge of our town»"

    assert kept(PROSE, end) == (PROSE, end)


def test_a_quoted_title_after_the_text_goes() -> None:
    assert kept(PROSE, "“The bridge is not for me and never was”, mayor says») - read it here")[0] == PROSE
    assert kept(PROSE, "Mayor: «The bridge is not for me, and never was»") == (PROSE,)


@pytest.mark.parametrize(
    "end",
    [
        "We felt like heroes, and that is what counts 😉",
        "We felt like heroes, and that is what counts :-)",
        "We crossed it in the end! (Our reporters)",
        "正是有了英勇的你们，才有这座英雄的城，才有这座英雄的桥！（评论员 罗博 萧海川）",
    ],
)
def test_a_smile_or_the_writers_in_brackets_end_the_text(end: str) -> None:
    assert kept(PROSE, end) == (PROSE, end)


def test_a_title_with_something_in_brackets_after_the_text_goes() -> None:
    assert kept(PROSE, "The bridge as nobody has seen it before (video)") == (PROSE,)
    assert kept(PROSE, "Share 😉") == (PROSE,)


def test_a_sentence_that_ends_in_a_colon_ends_a_list_of_titles() -> None:
    opening = "These are the parts of the bridge that the council wants to have repaired first:"

    assert kept(PROSE, heading("More information"), linked("A title that is a link"), opening, MORE) == (
        PROSE,
        opening,
        MORE,
    )


@pytest.mark.parametrize(
    "line",
    ["Jane Miller contributed to this report.", "Reuters and Joe van Dyke contributed reporting from Leeds.", "Contributing: Jane Miller, Joe van Dyke",
     "Jane Miller can be reached at jane.miller@outlet.example.", "Includes information from the news agency"],
)  # fmt: skip
def test_who_else_worked_on_it_goes_below_the_text(line: str) -> None:
    cleaned = remove_teasers(article(PROSE, MORE, line))

    assert cleaned.paragraphs == (PROSE, MORE)
    assert cleaned.removed[0].label is Label.BYLINE


@pytest.mark.parametrize(
    "line",
    ["The rain contributed to the fall of the bridge, the engineers said.", "“She contributed to this report,” the mayor said.",
     "The office can be reached at noon, the mayor said.", "Contributing factors were the rain. The bridge was old."],
)  # fmt: skip
def test_what_contributed_to_the_event_stays(line: str) -> None:
    assert kept(PROSE, MORE, line) == (PROSE, MORE, line)


@pytest.mark.parametrize(
    "line",
    [
        "The bridge in May. Credit: Jane Miller",
        "Photo credit: Jane Miller/Agency",
        "Nobody crosses it now. Foto: dpa",
        "The bridge in May (Image: Getty)",
        "The mayor crosses it (AP Photo/Jane Miller)",
        "The river at noon (Jane Miller/Getty Images)",
    ],
)
def test_a_line_that_ends_in_a_credit_is_a_caption(line: str) -> None:
    cleaned = remove_teasers(article(PROSE, line, MORE))

    assert cleaned.paragraphs == (PROSE, MORE)


@pytest.mark.parametrize(
    "line",
    [
        "He gave her the credit: it was her bridge.",
        "The town had no credit. The bank gave it none.",
        "It was one photo: hers.",
        "She called it a picture of the bridge (and of the river)",
        "The town has not heard of it since, he said. (dpa)",
    ],
)
def test_a_sentence_about_credit_stays(line: str) -> None:
    assert kept(PROSE, line, MORE) == (PROSE, line, MORE)


@pytest.mark.parametrize(
    "line",
    ["メールマガジンに登録して最新ニュースを受け取ろう。", "关注我们的微信公众号，获取更多新闻。", "뉴스레터를 구독하세요", "สมัครรับจดหมายข่าวของเรา",
     "Enter your email address", "For all the latest town news, download the Echo app.", "Get the latest news and updates on Valley Express."],
)  # fmt: skip
def test_a_stock_phrase_that_asks_to_follow_goes(line: str) -> None:
    assert kept(PROSE, line, MORE) == (PROSE, MORE)


@pytest.mark.parametrize(
    "sentence",
    ["メールマガジンに登録した三千人の農家が、市の説明会に招かれた。", "Enter your email address into three of these sites and you will get twenty calls, she warned.",
     "This article was corrected on 7 May: the bridge was opened in 1931, not in 1913.", "For the latest of her novels she went to live on the island."],
)  # fmt: skip
def test_a_sentence_that_begins_like_a_stock_phrase_stays(sentence: str) -> None:
    assert kept(PROSE, sentence, MORE) == (PROSE, sentence, MORE)


@pytest.mark.parametrize(
    "line",
    ["By Jane Miller", "JANE MILLER, Staff Writer", "Von Jane Miller und Ed Ito", "Photos and story by Jane Miller"],
)
def test_a_line_above_the_text_that_names_the_authors_is_a_byline(line: str) -> None:
    authors = ("JANE MILLER" if line.isupper() or line.startswith("JANE") else "Jane Miller", "Ed Ito")

    assert kept(line, PROSE, MORE, authors=authors) == (PROSE, MORE)


@pytest.mark.parametrize(
    "line",
    ["Jane Miller:", "Who is Jane Miller?", "“I am Jane Miller”", "Jane Miller took the first boat to the island"],
)
def test_a_line_that_says_more_of_an_author_stays(line: str) -> None:
    assert kept(line, PROSE, MORE, authors=("Jane Miller",)) == (line, PROSE, MORE)


def test_the_end_of_a_letter_stays_and_titles_below_a_text_go() -> None:
    assert kept(PROSE, MORE, "Sincerely,", "Harold Finch", "Millfield")[2:] == (
        "Sincerely,",
        "Harold Finch",
        "Millfield",
    )
    assert kept(PROSE, MORE, "Storm, sun and rain", "Goat wins prize", "Bridge still closed") == (PROSE, MORE)
    assert kept(PROSE, MORE, linked("Sincerely,"), linked("Goat wins prize"), linked("Bridge still closed")) == (
        PROSE,
        MORE,
    )


def test_what_stands_below_an_offer_to_read_on_goes_with_it() -> None:
    offer = (
        "Weiterlesen mit Plus",
        "Testen Sie Plus einen Monat für 1 Euro und lesen Sie alle Artikel.",
        "Jederzeit kündbar",
    )

    assert kept(PROSE, *offer, MORE) == (PROSE, MORE)
    assert kept(PROSE, "Sie will mit dem Buch weiterlesen, sobald es hell wird.", MORE)[1:2] != ()
    assert kept(PROSE, offer[2], MORE) == (PROSE, offer[2], MORE)


def test_a_rule_registers_itself_and_its_order_is_its_own() -> None:
    rules = registered_rules()

    assert len(rules) == len(set(rules)) >= 18
    with pytest.raises(ValueError, match="two teaser rules have the order 10"):
        teaser_rule(10)(rules[-1])
