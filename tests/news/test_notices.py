import pytest

from news.notices import is_wall

WALLS = [
    "Dieser Artikel ist nur für Abonnenten zugänglich. Testen Sie vier Wochen lang alle Inhalte für nur einen Euro. "
    "Sie haben bereits ein Abo? Dann melden Sie sich hier an. Jederzeit kündbar.",
    "We noticed you are using an ad blocker. Please sign in or subscribe to continue. Your subscription helps us.",
    "Aby korzystać z serwisu, wyraź zgodę na pliki cookies i przetwarzanie danych osobowych.",
    "Pour lire la suite, connectez-vous ou abonnez-vous. Vos données personnelles sont protégées.",
]
REPORTS = [
    "Die Regierung hat am Dienstag ein Gesetz über Cookies vorgelegt. Webseiten sollen künftig nicht mehr auf jeder "
    "Seite fragen dürfen. Die Verbraucherschützer begrüßten den Entwurf, die Werbewirtschaft lehnt ihn ab. Im Herbst "
    "will sich das Parlament damit befassen, sagte die Ministerin am Abend in Berlin vor der Presse.",
    "Bei einem Unfall auf der Autobahn sind drei Menschen verletzt worden. Die Polizei sucht Zeugen.",
]


@pytest.mark.parametrize("body", WALLS)
def test_text_that_stands_between_reader_and_article_is_a_wall(body: str) -> None:
    assert is_wall(body, len(body.split()))


@pytest.mark.parametrize("body", REPORTS)
def test_report_is_none_even_when_it_is_about_cookies(body: str) -> None:
    assert not is_wall(body, len(body.split()))


def test_article_under_which_a_site_asks_for_a_subscription_is_no_wall() -> None:
    body = REPORTS[1] * 20 + WALLS[0]

    assert not is_wall(body, len(body.split()))
