"""`newskeep extract`: its input, output and errors."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.extract import extract
from news.errors import NotAnArticle
from tests.crawler.extraction import pages

PAGE = dict(pages.layouts())["article and aside"]


def run(*arguments: str, given: str | bytes | None = None) -> list[Any]:
    result = CliRunner().invoke(extract, list(arguments), input=given)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_a_page_is_answered_as_json(page: Path) -> None:
    [answer] = run("--url", "https://talbote.example/a", str(page))

    assert answer["title"] == pages.HEADLINE
    assert answer["lead"] == pages.LEAD
    assert answer["body"] == "\n\n".join(pages.PARAGRAPHS)
    assert {"text", "label", "rule", "score"} == set(answer["removed"][0])
    assert pages.PROMO in [block["text"] for block in answer["removed"]]


def test_what_is_no_page_or_no_address_says_so(page: Path, tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_bytes(b"\x7fELF" + bytes(range(30)) * 50)
    with pytest.raises(NotAnArticle, match="no text: it begins with"):
        CliRunner().invoke(extract, [str(program)], catch_exceptions=False)
    outcome = CliRunner().invoke(extract, ["--url", "http://[", str(page)])
    assert (outcome.exit_code, "is no address" in outcome.output) == (2, True)


def test_json_is_no_page_but_a_page_may_begin_like_it() -> None:
    for given in ('{"title": "Zug entgleist"}', '\ufeff [{"a": 1}]'):
        with pytest.raises(NotAnArticle, match="this is no HTML"):
            CliRunner().invoke(extract, ["-"], input=given, catch_exceptions=False)
    assert run("-", given="[Update] " + PAGE)[0]["title"] == pages.HEADLINE


def test_a_dash_reads_standard_input() -> None:
    assert run("-", given=PAGE)[0]["title"] == pages.HEADLINE


def test_each_line_gets_its_answer_in_order_whatever_is_wrong_with_it(page: Path, tmp_path: Path) -> None:
    costly = tmp_path / "costly.html"
    costly.write_text("<div>" * 60_000)
    lines = [
        json.dumps({"id": 1, "url": "https://talbote.example/a", "html_path": str(page)}),
        json.dumps({"id": "gone", "url": "", "html_path": str(tmp_path / "gone.html")}),
        json.dumps({"id": "costly", "url": "", "html_path": str(costly)}),
        "{broken", "[1]", '{"id": 5}', '{"id": 6, "url": null, "html_path": ["x"]}', "[" * 5000,
        json.dumps({"id": 7, "url": "https://talbote.example/a", "html_path": str(page)}),
    ]  # fmt: skip
    answers = run("--jsonl", given="\n".join(lines))

    assert [answer["id"] for answer in answers] == [1, "gone", "costly", None, None, 5, 6, None, 7]
    assert [("error" in answer) for answer in answers] == [False, True, True, True, True, True, True, True, False]
    assert answers[5]["error"] == "the line has no 'html_path'"


def test_nothing_but_a_file_of_a_pages_size_is_read(page: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    paths = [0, "/dev/zero", str(tmp_path / "pipe"), str(tmp_path), "a\0b", str(page)]
    answers = run("--jsonl", given="\n".join(json.dumps({"id": "\ud800", "html_path": path}) for path in paths))
    assert [("error" in answer) for answer in answers] == [True] * 5 + [False]
    assert {answer["id"] for answer in answers} == {"\ud800"}


def test_what_a_page_says_does_not_steer_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(PAGE.replace("<h1>", "<h1>\x1b[31m\u202e"), encoding="utf-8")
    for arguments in ([str(path)], ["--explain", str(path)]):
        said = CliRunner().invoke(extract, arguments).stdout
        assert pages.HEADLINE in said
        assert not {"\x1b", "\u202e"} & set(said)


def test_a_line_that_is_no_text_gets_an_answer_too() -> None:
    assert run("--jsonl", given=b"\xff\xfe\n")[0]["id"] is None


def test_dates_carry_their_zone(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        f"<meta property='article:published_time' content='2024-06-30T19:41:00+02:00'>{PAGE}", encoding="utf-8"
    )

    assert run(str(page))[0]["published_at"] == "2024-06-30T19:41:00+02:00"


def test_explain_shows_each_block_with_its_label_and_rule(page: Path) -> None:
    text = CliRunner().invoke(extract, ["--explain", str(page)]).stdout

    assert "promo       0.90  call_to_reader" in text
    assert all(paragraph[:60] in text for paragraph in pages.PARAGRAPHS)


def test_a_page_without_text_ends_with_an_error_that_says_so() -> None:
    result = CliRunner().invoke(extract, ["-"], input="<nav></nav>")

    assert result.exit_code != 0
    assert "has no text" in str(result.exception)


def test_help_starts_with_two_examples() -> None:
    help_text = CliRunner().invoke(extract, ["--help"]).stdout

    assert help_text.count("newskeep extract --") == 2
