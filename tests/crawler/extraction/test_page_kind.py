"""What is no article is refused with its reason; what only looks like it is read."""

import pytest

from crawler.extraction.page import read_page
from news.article import Flag
from news.errors import NotAnArticle
from news.teasers import remove_teasers
from tests.crawler.extraction import small_pages

# ruff: noqa: E501 (sentences and markup stay whole)


URL = "https://outlet.example/town/bridge"
NAV = "<nav><a href=/>Home</a> <a href=/town>Town</a></nav>"
FOOT = "<footer>© 2024 The Outlet. Imprint. Privacy policy.</footer>"
TEXT = "<p>" + "The council met on Monday evening and decided to repair the old bridge over the river. " * 3 + "</p>"
SHORT = (
    "<h1>Bridge closed</h1><p>The old bridge was closed on Monday morning. Nobody was hurt, the fire brigade said.</p>"
)


def page(body: str, title: str = "The Outlet", head: str = "") -> str:
    return f"<html lang=en><head><title>{title}</title>{head}</head><body>{NAV}{body}{FOOT}</body></html>"


def refused(body: str, title: str = "The Outlet", url: str = URL, head: str = "") -> str:
    with pytest.raises(NotAnArticle) as error:
        read_page(page(body, title, head), url)
    return str(error.value)


@pytest.mark.parametrize(
    "title",
    ["404", "Error 404", "404 - Page not found", "Page not found", "Oops! That page can’t be found.", "The page you requested could not be found",
     "Seite nicht gefunden", "Fehler 404: Die Seite wurde nicht gefunden", "Diese Seite existiert nicht mehr", "Page introuvable", "Página no encontrada",
     "Pagina non trovata", "Pagina niet gevonden", "Nie znaleziono strony", "Página não encontrada", "Страница не найдена",
     "Internal Server Error", "An error has occurred", "Something went wrong", "Error establishing a database connection", "Interner Fehler",
     "Ein technischer Fehler ist aufgetreten", "Wartungsarbeiten", "We’ll be back soon!", "Erreur interne", "Si è verificato un errore"],
)  # fmt: skip
def test_an_error_in_the_guise_of_a_page_is_no_article(title: str) -> None:
    body = f"<h1>{title}</h1><p>It may have been moved, or it never was there. Try the search, or begin at the home page again.</p>"

    assert "no such page" in refused(body, f"{title} - The Outlet")


@pytest.mark.parametrize(
    "title",
    ["Wartungsarbeiten an der S-Bahn", "Was ein interner Fehler die Bank kostete", "Something went wrong in Linz"],
)
def test_a_report_whose_title_begins_or_ends_like_an_error_is_read(title: str) -> None:
    assert read_page(page(f"<h1>{title}</h1>{TEXT}", f"{title} - The Outlet"), URL).headline == title


def test_an_error_is_recognised_by_its_title_when_its_heading_jokes() -> None:
    assert "no such page" in refused(
        "<h1>Our dog ate it</h1><p>We have looked everywhere for it, we promise.</p>", "404 Not Found"
    )


@pytest.mark.parametrize(
    ("headline", "text"),
    [("404 people rescued from the flood", SHORT), ("Page not found: how the web forgets", SHORT), ("Minister not found in his office", SHORT),
     ("Page not found", TEXT * 5), ("Seite an Seite: Kanzler und Papst", SHORT), ("Nicht gefunden: das zweite Schiff", SHORT)],
)  # fmt: skip
def test_a_report_with_an_errors_words_is_read(headline: str, text: str) -> None:
    body = f"<h1>{headline}</h1>" + text.replace("<h1>Bridge closed</h1>", "")

    assert read_page(page(body, f"{headline} - The Outlet"), URL).headline == headline


def test_an_article_that_dates_itself_may_be_called_anything() -> None:
    head = '<meta property="article:published_time" content="2024-03-05T10:00:00Z">'

    assert read_page(page(SHORT.replace("Bridge closed", "Not found"), head=head), URL).paragraphs


CONSENT = (
    "<div><h1>We value your privacy</h1><p>We and our 834 partners store and access information on a device, such as cookies, and process personal data for the purposes "
    "described below. You may click to consent to our and our partners’ processing.</p><p>Please note that some processing of your personal data may not require your "
    "consent, but you have a right to object to it.</p><button>Accept all</button><button>Manage options</button></div>"
)
GERMAN = (
    "<main><h2>Weiterlesen mit Werbung</h2><p>Besuchen Sie uns wie gewohnt mit Werbung und Tracking. Ihre Zustimmung ist jederzeit widerruflich.</p><p>Wir und unsere Partner "
    "verwenden Cookies und verarbeiten personenbezogene Daten. Details finden Sie in unserer Datenschutzerklärung.</p><a href=#>Alle akzeptieren</a></main>"
)


@pytest.mark.parametrize("body", [CONSENT, GERMAN], ids=["english", "german"])
def test_a_page_that_only_asks_for_consent_is_no_article(body: str) -> None:
    assert "consent" in refused(body, "Outlet") or "notice" in refused(body, "Outlet")


@pytest.mark.parametrize("box", ["cookie-consent", "layer"])
def test_a_report_on_consent_is_read_without_the_request_below_it(box: str) -> None:
    body = (
        "<h1>Court rules on cookies</h1><p>The court in Vienna ruled on Monday that web sites must ask for consent before they store cookies on a device.</p>"
        "<p>Personal data of millions had been collected without their consent, the judges said. The outlet will appeal.</p>"
    )

    box_of_it = CONSENT.replace("h1", "h3").replace("<div>", f"<div class={box}>")

    assert len(remove_teasers(read_page(page(body + box_of_it), URL)).paragraphs) == 2


@pytest.mark.parametrize(
    "body",
    ["<h1>Just a moment...</h1><p>Checking your browser before you enter.</p>", "<p>Please verify you are a human</p>", "<p>You need to enable JavaScript to run this app.</p>",
     "<h1>Access denied</h1><p>Access denied. You have been blocked.</p>", "<p>Please enable cookies.</p><p>Sorry, you have been blocked</p>"],
)  # fmt: skip
def test_a_wall_for_machines_is_no_article(body: str) -> None:
    assert "notice" in refused(body) or "no text" in refused(body)


CHECKS = {
    "one that waits": (
        "Just a moment...",
        "<h1>outlet.example</h1><h2>Checking if the site connection is secure</h2><p>outlet.example needs to review the security of your connection before proceeding.</p><p>Ray ID: 7c2f1b</p>",
    ),
    "an older one that waits": (
        "Please wait",
        "<h1>Checking your browser before accessing outlet.example.</h1><p>This process is automatic. Your browser will redirect to your requested content shortly.</p><p>Please allow up to 5 seconds…</p><p>DDoS protection by A Company</p>",
    ),
    "one that asks": (
        "Attention Required! | A Company",
        "<h1>Please complete the security check to access outlet.example</h1><h2>Why do I have to complete a CAPTCHA?</h2><p>Completing the CAPTCHA proves you are a human and gives you temporary access to the web property.</p>",
    ),
    "one that wants a script": (
        "outlet.example",
        "<h1>Verify you are human</h1><p>Verify you are human by completing the action below. Your browser must run JavaScript for it.</p><p>Enable JavaScript and cookies to continue</p>",
    ),
    "one that refuses": (
        "Access Denied",
        '<h1>Access Denied</h1><p>You don\'t have permission to access "http://outlet.example/town/bridge" on this server.</p><p>Reference #18.2f1b</p>',
    ),
}


@pytest.mark.parametrize(("title", "body"), list(CHECKS.values()), ids=list(CHECKS))
def test_a_page_that_checks_the_browser_is_no_article(title: str, body: str) -> None:
    refused(body, title)


@pytest.mark.parametrize(
    ("headline", "text"),
    [
        ("Just a moment", SHORT),
        ("Access denied", SHORT),
        ("Just a moment: why websites check your browser", TEXT.replace("old bridge", "browser check")),
        (
            "Verify you are human",
            "<p>“Verify you are human”, many pages say before they show anything. The puzzle is older than the web, says a historian of games.</p>"
            + TEXT * 3,
        ),
    ],
)
def test_a_report_on_browser_checks_is_read(headline: str, text: str) -> None:
    body = f"<h1>{headline}</h1>" + text.replace("<h1>Bridge closed</h1>", "")

    assert read_page(page(body, f"{headline} - The Outlet"), URL).headline == headline


def test_a_login_page_is_no_article() -> None:
    body = "<h1>Log in</h1><form><label>E-mail</label><label>Password</label><p>Forgot your password?</p><p>Not with us yet? Register and read as much as you like.</p></form>"

    assert "log in" in refused(body, "Log in - The Outlet") or "notice" in refused(body, "Log in - The Outlet")


CARD = "<div><h3><a href=/a{n}>The {n}th bridge of the town is mended at last</a></h3><p>The council of part {n} met on Monday and decided to repair what is left of it.</p></div>"
CARDS = "".join(CARD.format(n=n) for n in range(12))


def test_a_list_of_articles_is_no_article() -> None:
    assert "list of articles" in refused(f"<h1>Town</h1>{CARDS}", url="https://outlet.example/town")


def test_an_article_above_a_list_is_read() -> None:
    article = read_page(
        page(f"<article><h1>The bridge is mended</h1>{TEXT * 4}</article><section>{CARDS}</section>"), URL
    )

    assert len(article.paragraphs) == 4


def test_the_front_page_is_no_article() -> None:
    titles = "".join(f"<li><a href=/{n}>The {n}th bridge of the town is mended at last</a></li>" for n in range(20))

    assert "home page" in refused(
        f"<h1>The Outlet of the town</h1>{TEXT}<ul>{titles}</ul>", url="https://outlet.example/"
    )


def test_a_site_of_one_page_is_read() -> None:
    assert read_page(page(f"<h1>Why I build bridges</h1>{TEXT * 6}"), "https://builder.example/").paragraphs


def test_a_short_item_of_two_sentences_is_an_article() -> None:
    assert read_page(page(SHORT, "Bridge closed - The Outlet"), URL).body.startswith("The old bridge was closed")


def test_a_gallery_is_an_article_and_its_captions_are_kept() -> None:
    figures = "".join(
        f"<figure><img src={n}.jpg><figcaption>The bridge on day {n}, seen from the town.</figcaption></figure>"
        for n in range(5)
    )
    article = read_page(page(f"<h1>The bridge in pictures</h1>{figures}", "The bridge in pictures"), URL)

    assert (article.headline, len([b for b in article.blocks if b.label == "caption"])) == ("The bridge in pictures", 5)


def test_a_page_of_menus_has_no_text() -> None:
    assert "has no text" in refused("<nav><a href=/x>Somewhere else entirely</a></nav>")


TITLES = "".join(f"<li><a href=/{n}>The {n}th bridge of the town is mended at last</a></li>" for n in range(12))


def test_an_error_among_the_titles_of_others_is_no_article() -> None:
    body = f"<h1>Page not found</h1><p>You may like these.</p>{TEXT * 5}<ul>{TITLES}</ul>"

    assert "no such page" in refused(body, "Page not found - The Outlet")


def test_dates_of_the_articles_that_a_list_lists_are_not_its_own() -> None:
    items = '[{"@type":"NewsArticle","headline":"Goat wins prize","datePublished":"2024-03-05"}]'
    head = f'<script type="application/ld+json">{{"@type":"ItemList","itemListElement":{items}}}</script>'

    assert "list of articles" in refused(f"<h1>Town</h1>{CARDS}", url="https://outlet.example/town", head=head)


def test_an_article_that_its_head_dates_is_read_though_it_looks_like_a_list() -> None:
    head = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"The best bridges of the town","datePublished":"2024-03-05"}</script>'

    assert read_page(page(f"<h1>The best bridges of the town</h1>{CARDS}", head=head), URL).paragraphs


def test_pictures_of_a_list_are_no_gallery() -> None:
    cards = "".join(
        f"<li><figure><img src={n}.jpg><figcaption>The bridge on day {n}, seen from the town.</figcaption></figure><a href=/{n}>The {n}th bridge of the town is mended</a></li>"
        for n in range(12)
    )

    assert "has no text" in refused(f"<h1>Town and river</h1><ul>{cards}</ul>", "Town and river - The Outlet")


# --- flags


@pytest.mark.parametrize(
    ("following", "partial"),
    [("?page=2", True), (small_pages.URL + "/2", True), ("/politik/bridge/page/2/", True), ("/politik/bridge,2.html", True), ("/politik/bridge-2", True),
     ("/politik/tunnel", False), ("/politik/bridge-20-years-later", False), ("/politik/bridge/photos", False), ("?page=1", False)],
)  # fmt: skip
def test_the_first_of_several_pages_is_partial(following: str, partial: bool) -> None:
    assert (Flag.PARTIAL in small_pages.read(head=f'<link rel=next href="{following}">').flags) is partial


@pytest.mark.parametrize(
    ("line", "partial"),
    [("Page 1 of 3", True), ("Seite 1 von 2", True), ("Page 2 of 3", False), ("Page 1 of the book", False)],
)
def test_pages_that_are_counted_make_the_first_one_partial(line: str, partial: bool) -> None:
    assert (Flag.PARTIAL in small_pages.read(f"{small_pages.BODY}<p>{line}</p>").flags) is partial


def test_a_wall_is_flagged_and_a_short_text_behind_it_is_partial() -> None:
    stub = f"<h1>The bridge will be mended</h1>{small_pages.TEXT}<div>Subscribe now to continue reading</div>"

    assert small_pages.read(stub).flags == {Flag.PAYWALLED, Flag.PARTIAL}
    assert small_pages.read(
        head=small_pages.claims(isAccessibleForFree="False"), body=f"<h1>A bridge</h1>{small_pages.TEXT * 9}"
    ).flags == {Flag.PAYWALLED}
    assert small_pages.read().flags == frozenset()


@pytest.mark.parametrize(
    ("headline", "address", "flagged"),
    [("Storm LIVE: trees on the tracks", "a", True), ("Storm: live blog", "a", True), ("Live: storm on its way", "a", True), ("Storm over town", "news/live/storm-12", True),
     ("How to live with a storm", "how-to-live", False), ("Live music: a guide", "live-music-guide", False)],
)  # fmt: skip
def test_a_live_blog_is_recognised_by_its_headline_or_address(headline: str, address: str, flagged: bool) -> None:
    page = f"<html lang=en><body>{small_pages.BODY.replace('The bridge will be mended', headline)}</body></html>"

    assert (Flag.LIVE_BLOG in read_page(page, f"https://outlet.example/{address}").flags) is flagged


def test_live_blogs_and_agency_texts_are_flagged() -> None:
    assert Flag.LIVE_BLOG in small_pages.read(head=small_pages.claims(**{"@type": "LiveBlogPosting"})).flags
    assert Flag.AGENCY in small_pages.read(small_pages.BODY.replace("<p>", "<p>LINZ (dpa) - ", 1)).flags
    assert Flag.AGENCY not in small_pages.read(small_pages.BODY.replace("<p>", "<p>The agency (once a bank) ", 1)).flags


@pytest.mark.parametrize(
    "line",
    ["Dieser Artikel ist nur für Abonnenten verfügbar.", "Il vous reste 80 % de cet article à lire.", "Suscríbete para seguir leyendo", "Contenuto riservato agli abbonati",
     "Per continuare a leggere abbonati", "Lees verder met een abonnement", "Treść dostępna tylko dla prenumeratorów", "Assine para continuar a ler", "This story is for members only",
     "この記事は有料会員限定です", "残り1234文字", "订阅后继续阅读", "구독자 전용 기사입니다", "هذا المحتوى للمشتركين فقط", "הכתבה המלאה למנויים בלבד"],
)  # fmt: skip
def test_a_wall_is_recognised_in_many_languages(line: str) -> None:
    title = small_pages.TITLE if line[0].isascii() else line  # in its script
    assert small_pages.read_report(f"<div>{line}</div><p>{line}</p>", title=f"{title} 18").flags == {
        Flag.PAYWALLED,
        Flag.PARTIAL,
    }


@pytest.mark.parametrize(
    "line",
    ["“This article is for subscribers only,” the website told her.", "The site said that this article is for subscribers only.", "„Nur für Abonnenten“ stand auf dem Schild.",
     "Abonnenten zahlen künftig mehr.", "有料道路は火曜日から閉鎖される。"],
)  # fmt: skip
def test_a_report_about_a_wall_is_no_wall(line: str) -> None:
    assert small_pages.read_report(f"<p>{line}</p>").flags == frozenset()


@pytest.mark.parametrize(
    ("title", "flagged"),
    [("Brücke gesperrt: der Ticker", True), ("Directo: cierra el puente", True), ("El puente cierra, última hora en directo", True), ("Diretta: il ponte chiude", True),
     ("Most zamknięty. Relacja na żywo", True), ("Ponte fecha: acompanhe ao vivo", True), ("En direct : le pont ferme", True), ("Suivez en direct la fermeture du pont", True),
     ("Un concert en direct à la télé", False), ("Concierto en vivo en el puente", False), ("Vuelo directo a la isla", False), ("The ticker tape parade", False)],
)  # fmt: skip
def test_a_live_blog_is_distinguished_in_many_languages_from_what_is_shown_live(title: str, flagged: bool) -> None:
    assert (Flag.LIVE_BLOG in small_pages.read_report(title=title).flags) is flagged


@pytest.mark.parametrize(
    ("line", "flagged"),
    [("Quelle: dpa", True), ("© dpa-infocom, dpa:240514-930-1/2", True), ("Copyright 2024 The Associated Press. All rights reserved.", True), ("Source: AFP", True),
     ("Quelle: Stadt Harburg", False), ("The source was the Associated Press, she said.", False)],
)  # fmt: skip
def test_the_line_below_a_text_says_whether_an_agency_wrote_it(line: str, flagged: bool) -> None:
    assert (Flag.AGENCY in small_pages.read_report(f"<p>{line}</p>").flags) is flagged
