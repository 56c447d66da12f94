"""Scrapy's settings are copied cheaply, and nothing leaks from one crawl's into another's."""

from pathlib import Path

from archive.home import find_home
from crawler.engine import scrapy_settings


def test_settings_of_one_crawl_do_not_reach_the_next(tmp_path: Path) -> None:
    home = find_home({"NEWSKEEP_HOME": str(tmp_path)})
    first = scrapy_settings(home, None, 7.0)
    first["DOWNLOAD_HANDLERS"]["ftp"] = "changed"
    first.set("ITEM_PIPELINES", {}, priority="cmdline")
    second = scrapy_settings(home, None)

    assert second["DOWNLOAD_HANDLERS"]["ftp"] is None
    assert second["ITEM_PIPELINES"]
    assert (first.getfloat("DOWNLOAD_DELAY"), second.getfloat("DOWNLOAD_DELAY")) == (7.0, 2.0)


def test_a_copy_says_what_a_deep_copy_says(tmp_path: Path) -> None:
    settings = scrapy_settings(find_home({"NEWSKEEP_HOME": str(tmp_path)}), "me@example.org")
    frozen = settings.frozencopy()

    assert frozen.copy_to_dict() == settings.copy_to_dict()
    assert (frozen.frozen, settings.frozen) == (True, False)
    assert all(frozen.getpriority(name) == settings.getpriority(name) for name in settings)
