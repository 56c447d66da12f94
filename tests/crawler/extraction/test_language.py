"""The language of a page: its text decides, not what the page says of itself."""

# ruff: noqa: E501 (sentences and markup stay whole)

from crawler.extraction.page import read_page
from tests.crawler.extraction.small_pages import URL, read


def test_the_text_decides_the_language_when_the_page_says_another() -> None:
    german = (
        "<p>"
        + "Der Rat hat am Montag beschlossen, die alte Brücke über den Fluss nicht zu schließen, sondern sie zu reparieren. "
        * 3
    )

    assert read(f"<h1>Die Brücke wird repariert</h1>{german}").language == "de"
    assert read().language == "en"


def test_portuguese_is_not_taken_for_romanian() -> None:
    text = "A câmara de Porto Claro decidiu na terça-feira à noite fechar a velha ponte, o que aumenta a viagem em vinte minutos."

    assert read_page(f"<html lang=pt><h1>A ponte</h1><p>{text}", URL).language == "pt"
    romanian = "Consiliul a decis marți seara să închidă vechiul pod, iar drumul va fi mai lung cu douăzeci de minute pentru că nu este altul."
    assert read_page(f"<h1>Podul</h1><p>{romanian}", URL).language == "ro"


def test_the_pages_word_counts_for_a_language_that_is_not_heard() -> None:
    assert (
        read_page("<html lang='ka'><h1>ხიდი</h1><p>" + "საბჭომ გადაწყვიტა ხიდის შეკეთება. " * 9, URL).language == "ka"
    )
