"""Archives pages in batches; a page that comes out of here is on disk and in the database."""

from crawler.page import Page
from crawler.pipelines.stage import Stage
from crawler.reading import Rereader


class ArchivePipeline(Stage):
    """Stores what the other stages made of a page and says how its link ended."""

    async def process_item(self, page: Page) -> Page:
        outcome = await self.job.batches.add(page, Rereader(self.job.home, self.job.outlet))
        self.crawler.stats.inc_value(f"links/{outcome.disposition}")
        headline = page.article.headline if page.article else page.link.title
        self.job.listener.link_ended(self.job, outcome, headline, outcome.removed)
        return page.ended(outcome.disposition, outcome.reason)
