"""`scrapy shell` with the user's settings."""

from scrapy.commands import shell

from crawler.commands import UserSettings


class Command(UserSettings, shell.Command):
    """Scrapy's command."""
