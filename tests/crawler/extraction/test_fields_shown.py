"""Fields that no head names: what a page shows as its tags, its section, its picture and its states."""

# ruff: noqa: E501 (sentences and markup stay whole)

import pytest

from crawler.extraction.page import read_page
from news.article import Article, Flag, Image

TITLE = "Swing bridge to close for 18 months"
TEXT = (
    "<p>The council of Harrow Bay voted on Tuesday evening to close the old swing bridge for at least eighteen months.</p>"
    "<p>Drivers will have to take the long way round, which adds about twenty minutes to the trip, the road office said.</p>"
)


def read(inner: str = "", head: str = "", title: str = TITLE) -> Article:
    page = f"<html><head>{head}</head><body><article><h1>{title}</h1>{TEXT}{inner}</article></body></html>"
    return read_page(page, "https://outlet.example/town/bridge")


TERMS = "<p>Filed in <a rel='category tag' href=/c/x>Uncategorized</a>, <a rel='category tag' href=/c/town>Town</a>: <a rel=tag href=/t/b>#Bridges</a> <a rel='tag' href=/t/c>Council</a></p>"


def test_links_to_tags_and_categories_are_what_their_rel_says() -> None:
    article = read(TERMS)

    assert (article.section, article.tags) == ("Town", ("Bridges", "Council"))


def test_what_the_head_names_counts_before_links_to_tags() -> None:
    article = read(TERMS, '<meta name=keywords content="ferry"><meta property="article:section" content="Traffic">')

    assert (article.section, article.tags) == ("Traffic", ("ferry",))


def test_links_of_another_kind_are_no_tags() -> None:
    assert read("<p><a rel=nofollow href=/x>Bridges</a> <a rel='stage' href=/y>Council</a></p>").tags == ()


@pytest.mark.parametrize(
    ("picture", "address"),
    [("<figure><img src=/b.jpg><figcaption>The bridge in May.</figcaption></figure>", "https://outlet.example/b.jpg"),
     ("<figure><picture><img data-src=/b.jpg src='data:image/gif;base64,R0'></picture></figure>", "https://outlet.example/b.jpg"),
     ("<div><img src=/share.png></div>", None), ("<figure><img src='data:image/gif;base64,R0'></figure>", None), ("<figure><img src='javascript:1'></figure>", None)],
)  # fmt: skip
def test_the_first_picture_in_a_figure_is_the_articles_where_the_head_names_none(
    picture: str, address: str | None
) -> None:
    image = read(picture).image

    assert (image.url if image else None) == address


def test_the_picture_that_the_head_names_is_the_articles() -> None:
    image = read("<figure><img src=/b.jpg></figure>", '<meta property="og:image" content="/share.jpg">').image

    assert image == Image("https://outlet.example/share.jpg")


@pytest.mark.parametrize(
    "line",
    ["Dieser Artikel ist nur für Abonnenten verfügbar.", "Il vous reste 80 % de cet article à lire.", "Suscríbete para seguir leyendo", "Contenuto riservato agli abbonati",
     "Per continuare a leggere abbonati", "Lees verder met een abonnement", "Treść dostępna tylko dla prenumeratorów", "Assine para continuar a ler", "This story is for members only",
     "この記事は有料会員限定です", "残り1234文字", "订阅后继续阅读", "구독자 전용 기사입니다", "هذا المحتوى للمشتركين فقط", "הכתבה המלאה למנויים בלבד"],
)  # fmt: skip
def test_a_wall_is_known_in_the_words_of_many_languages(line: str) -> None:
    title = TITLE if line[0].isascii() else line  # in its script
    assert read(f"<div>{line}</div><p>{line}</p>", title=f"{title} 18").flags == {Flag.PAYWALLED, Flag.PARTIAL}


@pytest.mark.parametrize(
    "line",
    ["“This article is for subscribers only,” the website told her.", "The site said that this article is for subscribers only.", "„Nur für Abonnenten“ stand auf dem Schild.",
     "Abonnenten zahlen künftig mehr.", "有料道路は火曜日から閉鎖される。"],
)  # fmt: skip
def test_a_report_about_a_wall_is_none(line: str) -> None:
    assert read(f"<p>{line}</p>").flags == frozenset()


@pytest.mark.parametrize(
    ("title", "flagged"),
    [("Brücke gesperrt: der Ticker", True), ("Directo: cierra el puente", True), ("El puente cierra, última hora en directo", True), ("Diretta: il ponte chiude", True),
     ("Most zamknięty. Relacja na żywo", True), ("Ponte fecha: acompanhe ao vivo", True), ("En direct : le pont ferme", True), ("Suivez en direct la fermeture du pont", True),
     ("Un concert en direct à la télé", False), ("Concierto en vivo en el puente", False), ("Vuelo directo a la isla", False), ("The ticker tape parade", False)],
)  # fmt: skip
def test_a_live_blog_is_told_in_many_languages_from_what_is_shown_live(title: str, flagged: bool) -> None:
    assert (Flag.LIVE_BLOG in read(title=title).flags) is flagged


@pytest.mark.parametrize(
    ("line", "flagged"),
    [("Quelle: dpa", True), ("© dpa-infocom, dpa:240514-930-1/2", True), ("Copyright 2024 The Associated Press. All rights reserved.", True), ("Source: AFP", True),
     ("Quelle: Stadt Harburg", False), ("The source was the Associated Press, she said.", False)],
)  # fmt: skip
def test_the_line_below_a_text_tells_whose_it_is(line: str, flagged: bool) -> None:
    assert (Flag.AGENCY in read(f"<p>{line}</p>").flags) is flagged
