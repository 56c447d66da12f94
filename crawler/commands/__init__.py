"""Commands of `scrapy` in this project."""

import argparse
from typing import Any

from scrapy.exceptions import UsageError
from scrapy.settings import SETTINGS_PRIORITIES

_PRIORITY = 25  # above the project's settings, below those of `-s NAME=VALUE`


class UserSettings:
    """Mixin for Scrapy's own commands: they fetch with the user's contact, pace and networks, and archive nothing."""

    settings: Any

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Overlay the project's settings with the user's."""
        from archive.home import open_home
        from crawler.engine import require_contact, scrapy_settings
        from news.errors import SettingError

        super().process_options(args, opts)  # type: ignore[misc]
        home = open_home()
        contact = home.settings["NEWSKEEP_CONTACT"]
        try:
            require_contact(home, contact, [arg for arg in args if "://" in arg])
        except SettingError as error:
            raise UsageError(str(error), print_help=False) from error
        for name, attribute in scrapy_settings(home, contact).attributes.items():
            if attribute.priority == SETTINGS_PRIORITIES["cmdline"]:
                self.settings.set(name, attribute.value, _PRIORITY)
        self.settings.set("ITEM_PIPELINES", {}, _PRIORITY)
