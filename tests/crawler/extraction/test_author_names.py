"""Names in bylines of any kind."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extraction.author_names import groups_in, names_in, says_by

# ruff: noqa: E501 (names stay in a line)


_WORDS = st.sampled_from(
    ["By", "von", "Jane", "Miller", "Ed", "Ito", "and", "und", ",", "|", "-", "5 March 2024", "staff", "editor", "Redaktion", "(Text)",
     "dpa", "@jane", "https://a.example", "Berlin", "in", "for", "The", "Times", "3 min read", "\x00", "\ud800"]
)  # fmt: skip


@given(st.lists(_WORDS, max_size=14).map(" ".join) | st.text(max_size=400), st.booleans())
@settings(max_examples=100)
def test_any_byline_gives_short_names_each_once(line: str, trusted: bool) -> None:
    names = names_in([line, line], frozenset(["thetimes"]), trusted=trusted)

    assert all(2 <= len(name) <= 60 and name == " ".join(name.split()) for name in names)
    assert len({name.casefold() for name in names}) == len(names)


@given(st.text(max_size=400))
@settings(max_examples=50)
def test_any_text_gives_groups_of_sane_length(line: str) -> None:
    assert all(2 <= len(group) <= 60 for group in groups_in([line], frozenset()))


@pytest.mark.parametrize("name", ["Jane O’Neill", "Anne-Marie Müller", "J. K. Smith", "Ludwig van Beethoven", "Björk Guðmundsdóttir", "박준석",
                                  "Мария Иванова", "JANE MILLER", "Bill McCARTHY", "dpa", "AFP", "Nelson C.J."])  # fmt: skip
def test_names_of_every_kind_are_names(name: str) -> None:
    assert names_in([f"By {name}"], frozenset()) == (name,)


@pytest.mark.parametrize("handle", ["gnaddrig", "freeman1984", "zahlenzauberin"])
def test_a_pen_name_counts_only_where_nothing_but_names_stands(handle: str) -> None:
    assert names_in([handle], frozenset()) == ()
    assert names_in([handle], frozenset(), trusted=True) == (() if handle[-1].isdigit() else (handle,))


def test_a_name_of_the_outlet_is_no_author() -> None:
    assert names_in(["Jane Miller, The Outlet"], frozenset(["theoutlet"])) == ("Jane Miller",)


@pytest.mark.parametrize(
    ("line", "name"),
    [("신현주 기자", "신현주"), ("박준석 기자 외 1명", "박준석"), ("记者 焦鹏", "焦鹏"), ("佐藤健 記者", "佐藤健"), ("文／王小明", "王小明"), ("Текст: Иван Петров", "Иван Петров"),
     ("بقلم: أحمد علي", "أحمد علي"), ("מאת יוסי כהן", "יוסי כהן"), ("Jane Miller Seguir", "Jane Miller"), ("Suivre Jane Miller", "Jane Miller"),
     ("著者：佐藤健", "佐藤健"), ("執筆者: 佐藤健", "佐藤健"), ("作者：林晖 稿源：兰州日报 责任编辑：易清", "林晖"), ("글: 박준석", "박준석"), ("Monday August 27, 2018 10:05 am PDT by Jane Miller", "Jane Miller"),
     ("Mehr von Jane Miller", "Jane Miller"), ("Gastbeitrag von Jane Miller", "Jane Miller"), ("Von Jane Miller/dpa", "Jane Miller")],
)  # fmt: skip
def test_what_stands_beside_a_name_is_left_out(line: str, name: str) -> None:
    assert names_in([line], frozenset())[0] == name


@pytest.mark.parametrize(
    "line",
    [
        "Redaktion folgen",
        "Autor folgen",
        "Von unserem Korrespondenten",
        "Autor: red.",
        "Agenturen",
        "Webmaster",
        "Photo by Jane Miller / Reuters",
    ],
)
def test_teams_buttons_and_credits_are_no_authors(line: str) -> None:
    assert names_in([line], frozenset()) == ()


@pytest.mark.parametrize("name", ["Mehran Karimi", "Berichta Moll", "Seguira Lopez", "Red Miller", "문재인"])
def test_a_name_that_begins_or_ends_like_what_stands_beside_names_stays(name: str) -> None:
    assert names_in([f"By {name}"], frozenset()) == (name,)


@pytest.mark.parametrize(
    ("text", "names"),
    [("Miller, Jane", ("Jane Miller",)), ("van Beek, Jan", ("Jan van Beek",)), ("Miller, Jane; Ito, Ed", ("Jane Miller", "Ed Ito")),
     ("Miller, Jane B.", ("Jane B. Miller",)), ("Reuters, AFP", ("Reuters", "AFP")), ("Jane Miller, Ed Ito", ("Jane Miller", "Ed Ito"))],
)  # fmt: skip
def test_a_last_name_before_the_first_is_one_person(text: str, names: tuple[str, ...]) -> None:
    assert names_in([text], frozenset(), trusted=True) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [("jmiller@outlet.example", ()), ("jmiller@outlet.example (Jane Miller)", ("Jane Miller",)), ("Jane Miller <jane@outlet.example>", ("Jane Miller",)),
     ("Jane Miller, jane.miller@outlet.example", ("Jane Miller",)), ("jmiller", ("jmiller",))],
)  # fmt: skip
def test_an_email_address_is_no_author(text: str, names: tuple[str, ...]) -> None:
    assert names_in([text], frozenset(), trusted=True) == names


@pytest.mark.parametrize(
    "line", ["By Jane Miller / Tidings Staff", "By Jane Miller, Community Contributor", "By Jane Miller ❤️ Community"]
)
def test_a_role_beside_a_name_is_no_author(line: str) -> None:
    assert names_in([line], frozenset()) == ("Jane Miller",)


@pytest.mark.parametrize(
    ("raw", "names"),
    [(["Jane Miller Chief Political Correspondent"], ("Jane Miller",)), (["Jane Miller, Business Editor, and Ed Ito"], ("Jane Miller", "Ed Ito")),
     (["Senior Reporter Jane Miller"], ("Jane Miller",)), (["Political Editor"], ()), (["Jane Miller", "Chief Political Correspondent"], ("Jane Miller",)),
     (["Jane Miller Business Editor at The Tidings"], ("Jane Miller",)), (["Jane Miller The Outlet"], ("Jane Miller",)), (["Jane Miller, The Outlet"], ("Jane Miller",)), (["mailto:jm@outlet.example"], ()),
     (["Sport Moore"], ("Sport Moore",)), (["Will News Smith"], ("Will News Smith",))],
)  # fmt: skip
@pytest.mark.parametrize("trusted", [True, False])
def test_a_job_and_a_paper_are_no_part_of_a_name(raw: list[str], names: tuple[str, ...], trusted: bool) -> None:
    assert names_in(raw, frozenset(["theoutlet", "outlet"]), trusted=trusted) == names


@pytest.mark.parametrize(
    "line",
    [
        "Harrowmere, 5 March 2024 - By Jane Miller",
        "Tue 5 Mar 2024 10.05 GMT By Jane Miller",
        "March 5th, 2024 by Jane Miller",
    ],
)
def test_the_name_behind_a_dateline_is_the_author(line: str) -> None:
    assert names_in([line], frozenset()) == ("Jane Miller",)


def test_a_sentence_with_a_year_names_no_author() -> None:
    assert not says_by("The plans of 2024 drawn up by Council are ready")
    assert says_by("Plans, 5 March 2024 by Jane Miller")


def test_an_oxford_comma_is_part_of_no_name() -> None:
    assert names_in(["By Jane Miller, Ed Ito, and Ann Lee"], frozenset()) == ("Jane Miller", "Ed Ito", "Ann Lee")
