"""`scrapy view` with the user's settings."""

from scrapy.commands import view

from crawler.commands import UserSettings


class Command(UserSettings, view.Command):
    """Scrapy's command."""
