"""`scrapy bench` with the user's settings."""

from scrapy.commands import bench

from crawler.commands import UserSettings


class Command(UserSettings, bench.Command):
    """Scrapy's command."""
