"""`scrapy fetch` with the user's settings."""

from scrapy.commands import fetch

from crawler.commands import UserSettings


class Command(UserSettings, fetch.Command):
    """Scrapy's command."""
