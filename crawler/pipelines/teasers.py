"""Sets aside the teasers that stand among an article's paragraphs."""

from crawler.page import Page
from crawler.pipelines.stage import Stage
from news.teasers import remove_teasers


class TeaserPipeline(Stage):
    """A second look, at the text alone; what is set aside stays with the article, with its rule and score."""

    def process_item(self, page: Page) -> Page:
        if page.article is None:
            return page
        cleaned = remove_teasers(page.article)
        self.crawler.stats.inc_value("teasers/removed", len(cleaned.teasers))
        return page.read_as(cleaned)
