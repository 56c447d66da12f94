"""Promos, pointers, walls, notices and stock phrases: each rule that removes has a twin that keeps."""

# ruff: noqa: E501 (sentences and markup stay whole)

import pytest

from news.article import Block, Label
from news.teasers import is_promo, remove_teasers
from tests.news.teasers.blocks import MORE, PROSE, article, paragraphs_left


@pytest.mark.parametrize(
    "line",
    ["Externer Inhalt nicht verfügbar", "Deine Privatsphäre-Einstellungen verhindern das Laden und Anzeigen aller externen Inhalte.",
     "For more business and farm coverage, visit outlet.example/farm", "Subscribe to get access", "Listen to the podcast here",
     "Ce contenu n’est pas disponible sans votre accord.", "Este contenido no se puede mostrar sin cookies."],
)  # fmt: skip
def test_what_stands_in_place_of_other_content_goes(line: str) -> None:
    assert paragraphs_left(PROSE, line, MORE) == (PROSE, MORE)


@pytest.mark.parametrize(
    "line",
    ["External content was not shown at the trial, the lawyer said.", "For more than a year they could not visit the bridge.",
     "Ihre Nachbarn sahen das Haus nicht mehr.", "Subscribe to get access to the river, the old joke goes, and wait.",
     "Ce contenu a été retiré par le ministre, dit-on.", "Abonnierten Sie früher, kamen die Briefe mit dem Schiff."],
)  # fmt: skip
def test_a_sentence_that_begins_like_a_placeholder_stays(line: str) -> None:
    assert paragraphs_left(PROSE, line, MORE) == (PROSE, line, MORE)


@pytest.mark.parametrize(
    "pointer",
    ["İlgili haber: keçi ödül kazandı", "READ MORE: Goat wins prize", "Lesen Sie auch: Ziege gewinnt Preis", "Lire aussi : la chèvre", "Lees ook: geit wint prijs",
     "Leggi anche: la capra", "Czytaj także: koza", "Leia também: a cabra", "Lea también: la cabra"],
)  # fmt: skip
def test_a_line_that_points_at_another_article_goes(pointer: str) -> None:
    assert paragraphs_left(PROSE, pointer, MORE) == (PROSE, MORE)


@pytest.mark.parametrize(
    "sentence",
    ["Read more books, she told the children.", "See, he said, it is not far.", "More: that is what they want."],
)
def test_a_sentence_that_begins_like_a_pointer_stays(sentence: str) -> None:
    assert paragraphs_left(PROSE, sentence, MORE) == (PROSE, sentence, MORE)


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
    assert paragraphs_left(PROSE, sentence, MORE) == (PROSE, sentence, MORE)


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
    assert paragraphs_left(PROSE, line, MORE) == (PROSE, MORE)


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
    assert paragraphs_left(PROSE, line, MORE) == (PROSE, line, MORE)


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
    assert paragraphs_left(PROSE, sentence, MORE) == (PROSE, sentence, MORE)


def test_a_wall_in_the_text_goes_with_the_list_of_its_gifts() -> None:
    gifts = tuple(
        Block(text, tag="li") for text in ("Read articles from the whole country.", "Talk about them with others.")
    )

    assert paragraphs_left(PROSE, "Create an account or sign in to continue with your reading.", *gifts, MORE) == (
        PROSE,
        MORE,
    )


@pytest.mark.parametrize(
    "gift",
    ["Get unlimited access to all of our stories for 1 Euro a month.", "Zugriff auf alle Artikel, monatlich kündbar.", "Accès illimité à tous nos articles, sans engagement."],
)  # fmt: skip
def test_what_the_money_buys_goes_with_the_wall(gift: str) -> None:
    assert paragraphs_left(PROSE, "Subscribe to continue reading", gift, MORE) == (PROSE, MORE)
    assert paragraphs_left(PROSE, gift, MORE) == (PROSE, gift, MORE)


@pytest.mark.parametrize(
    "sentence", ["The toll will be 3 Euro for each car.", "Access to the bridge is free of charge for farmers."]
)
def test_a_sentence_below_a_wall_about_something_else_stays(sentence: str) -> None:
    assert paragraphs_left(PROSE, "Subscribe to continue reading", sentence, MORE) == (PROSE, sentence, MORE)


def test_a_list_below_a_sentence_about_accounts_stays() -> None:
    items = tuple(Block(text, tag="li") for text in ("Name and address of the owner.", "Number of the bridge."))
    sentence = "Owners have to create an account to pay the toll, and to enter:"

    assert paragraphs_left(PROSE, sentence, *items, MORE) == (
        PROSE,
        sentence,
        "Name and address of the owner.",
        "Number of the bridge.",
        MORE,
    )


def test_what_stands_below_an_offer_to_read_on_goes_with_it() -> None:
    offer = (
        "Weiterlesen mit Plus",
        "Testen Sie Plus einen Monat für 1 Euro und lesen Sie alle Artikel.",
        "Jederzeit kündbar",
    )

    assert paragraphs_left(PROSE, *offer, MORE) == (PROSE, MORE)
    assert paragraphs_left(PROSE, "Sie will mit dem Buch weiterlesen, sobald es hell wird.", MORE)[1:2] != ()
    assert paragraphs_left(PROSE, offer[2], MORE) == (PROSE, offer[2], MORE)


@pytest.mark.parametrize(
    "line",
    ["The Wire™ & © 2020 Cable Outlet, Inc. All rights reserved.", "Your browser is out of date.", "This video is not available in your country.", "%d Bloggern gefällt das:",
     "READ | Bridges of the region and what they cost", "What do you think of the bridge? Let us know in the comments and share this article!"],
)  # fmt: skip
def test_notices_of_players_browsers_and_wires_go(line: str) -> None:
    assert paragraphs_left(PROSE, line, MORE) == (PROSE, MORE)


@pytest.mark.parametrize(
    "line",
    ["The contract says that all rights are reserved, the lawyer told the court.", "Your browser knows more about you than your mother does.", "This video shows how the bridge fell.",
     "READ has been founded in Leeds to teach children.", "She will share the story with the police, he said."],
)  # fmt: skip
def test_sentences_with_such_words_stay(line: str) -> None:
    assert paragraphs_left(PROSE, line, MORE) == (PROSE, line, MORE)


@pytest.mark.parametrize(
    "line",
    ["メールマガジンに登録して最新ニュースを受け取ろう。", "关注我们的微信公众号，获取更多新闻。", "뉴스레터를 구독하세요", "สมัครรับจดหมายข่าวของเรา",
     "Enter your email address", "For all the latest town news, download the Echo app.", "Get the latest news and updates on Valley Express."],
)  # fmt: skip
def test_a_stock_phrase_that_asks_to_follow_goes(line: str) -> None:
    assert paragraphs_left(PROSE, line, MORE) == (PROSE, MORE)


@pytest.mark.parametrize(
    "sentence",
    ["メールマガジンに登録した三千人の農家が、市の説明会に招かれた。", "Enter your email address into three of these sites and you will get twenty calls, she warned.",
     "This article was corrected on 7 May: the bridge was opened in 1931, not in 1913.", "For the latest of her novels she went to live on the island."],
)  # fmt: skip
def test_a_sentence_that_begins_like_a_stock_phrase_stays(sentence: str) -> None:
    assert paragraphs_left(PROSE, sentence, MORE) == (PROSE, sentence, MORE)


@pytest.mark.parametrize(
    "line",
    [
        "Share this: the bridge, the river and the quay belong to all of us.",
        "You must be signed in at the gate by eight.",
        "By signing up, residents agree to be called at night.",
        "We may earn less, but we will keep the ferry running.",
        "Cookie settings were the last thing on the committee’s mind.",
        "Privacy policy was the one thing the council did not vote on.",
        "Thank you for your patience, the road office writes.",
        "Published in 2019, the report warned of cracks.",
        "Source: a man who asked not to be named said the girders had been painted over.",
        "Topics: bridges, boats and the budget. That was all the council talked about.",
        "Subscribe to our newsletter, the banner said, and 4,000 people did.",
        "Abonnieren Sie unseren Newsletter, sagte der Bürgermeister, und gewinnen Sie ein Fahrrad.",
    ],
)
def test_what_the_reporter_tells_stays(line: str) -> None:
    assert paragraphs_left(PROSE, line, MORE) == (PROSE, line, MORE)


@pytest.mark.parametrize(
    "line",
    [
        "Share this:",
        "Share this article with your friends",
        "You must be logged in to post a comment.",
        "By signing up, you agree to our terms.",
        "We may earn a commission from links on this page.",
        "Cookie settings",
        "Privacy policy | Terms",
        "Thank you for subscribing!",
        "Published in March 2019",
        "Published: 14 May 2019",
        "Source: Council of Harrow Bay",
        "Topics: bridges, boats, U.S. budget",
        "Subscribe to our newsletter, and get the day’s news.",
        "Abonnieren Sie unseren Newsletter, und gewinnen Sie ein Fahrrad.",
        "نستخدم ملفات تعريف الارتباط لتخصيص المحتوى.",
        "אנו משתמשים בעוגיות להתאמת תוכן.",
        "我们使用Cookie来个性化内容。",
        "当サイトではクッキーを使用しています。",
        "당사는 쿠키를 사용합니다.",
        "เราใช้คุกกี้เพื่อปรับเนื้อหา",
    ],
)
def test_what_the_outlet_tells_its_readers_goes(line: str) -> None:
    assert paragraphs_left(PROSE, line, MORE) == (PROSE, MORE)
