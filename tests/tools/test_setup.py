"""`make setup`: what a person has set up for pip also holds for uv."""

from pathlib import Path

import pytest

from tools import setup


def settings(tmp_path: Path, text: str, **environ: str) -> dict[str, str]:
    (tmp_path / "pip.conf").write_text(text, encoding="utf-8")
    return setup.pip_settings({"HOME": str(tmp_path), "PIP_CONFIG_FILE": str(tmp_path / "pip.conf"), **environ})


def test_index_and_certificate_of_pip_are_passed_to_uv(tmp_path: Path) -> None:
    pip = settings(tmp_path, "[global]\nindex-url = https://mirror.example/simple\ncert = /etc/company.pem\n")

    passed = setup.uv_settings(pip)

    assert passed["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert passed["SSL_CERT_FILE"] == "/etc/company.pem"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    pip = settings(tmp_path, "[global]\nindex_url = https://a.example/\n", PIP_INDEX_URL="https://b.example/")

    assert setup.uv_settings(pip)["UV_DEFAULT_INDEX"] == "https://b.example/"


def test_several_folders_of_packages_reach_uv_apart(tmp_path: Path) -> None:
    pip = settings(tmp_path, "[install]\nfind-links =\n    /one\n    /two\n")

    assert setup.uv_settings(pip)["UV_FIND_LINKS"] == "/one,/two"


@pytest.mark.parametrize(("value", "offline"), [("1", True), ("true", True), ("0", False), ("no", False)])
def test_an_index_is_given_up_only_when_pip_says_so(value: str, offline: bool) -> None:
    assert ("UV_NO_INDEX" in setup.uv_settings({"no-index": value})) is offline


def test_pips_files_are_left_alone_when_pip_is_set_to_ignore_them(tmp_path: Path) -> None:
    (tmp_path / ".pip").mkdir()
    (tmp_path / ".pip" / "pip.conf").write_text("[global]\nindex-url = https://a.example/\n", encoding="utf-8")

    assert setup.pip_settings({"HOME": str(tmp_path)})["index-url"] == "https://a.example/"
    assert setup.pip_settings({"HOME": str(tmp_path), "PIP_CONFIG_FILE": "/dev/null"}) == {"config-file": "/dev/null"}


def test_broken_configuration_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(setup.SetupError, match=r"pip\.conf"):
        settings(tmp_path, "index-url without a section\n")


def test_uv_is_fetched_as_the_lock_pins_it() -> None:
    lines = setup.locked("uv")

    assert lines.startswith("uv==")
    assert "--hash=sha256:" in lines
    assert "uvloop" not in lines


def test_a_package_that_the_lock_does_not_name_is_an_error() -> None:
    with pytest.raises(setup.SetupError, match="does not name"):
        setup.locked("not-there")


def test_our_own_packages_are_compiled_and_nothing_else() -> None:
    names = {folder.name for folder in setup.own_packages()}

    assert {"news", "archive", "crawler", "scheduler", "cli", "migrations"} <= names
    assert not {"tests", ".venv", "docs"} & names
