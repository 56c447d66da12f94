"""Scrapy's settings: no open port, only guarded http(s), polite pauses.

`crawler.engine` overlays the values that depend on the user's settings (time-outs, sizes, contact).
"""

BOT_NAME = "newskeep"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
COMMANDS_MODULE = "crawler.commands"

# Plain asyncio: loops can follow each other in one process, which Twisted reactors cannot, and the guard sees every
# socket of asyncio's connector before it connects.
TWISTED_REACTOR_ENABLED = False

# On by default in Scrapy: servers that execute what they receive.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False

DOWNLOAD_HANDLERS = {
    "http": "crawler.safety.guard.GuardedHandler",
    "https": "crawler.safety.guard.GuardedHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
DOWNLOAD_VERIFY_CERTIFICATES = True
HTTPPROXY_ENABLED = False  # a proxy would connect where the guard cannot see
COOKIES_ENABLED = False
REFERER_ENABLED = False
DEFAULT_REQUEST_HEADERS = {
    # no Accept-Language: each outlet answers in its own language
    "Accept": (
        "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/xml;q=0.9,*/*;q=0.8"
    ),
    # bodies are kept as they came, and warcio cannot read br or zstd (docs/decisions/0003-captures-before-rows.md)
    "Accept-Encoding": "gzip, deflate",
}

ROBOTSTXT_OBEY = True
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # the spider decides what is off-site
    "crawler.middlewares.RobotsMiddleware": 100,
    "crawler.middlewares.RetryMiddleware": 550,
    "crawler.middlewares.AccessMiddleware": 570,
    "crawler.redirects.RefreshMiddleware": 580,
    "crawler.middlewares.ContentEncodingMiddleware": 590,
    "crawler.redirects.RedirectsMiddleware": 600,
    "crawler.middlewares.CaptureMiddleware": 950,  # next to the network: bytes as they were received
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,  # every status ends a link
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,  # drops requests silently
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}
ITEM_PIPELINES = {
    "crawler.pipelines.ExtractPipeline": 100,
    "crawler.pipelines.TeaserPipeline": 200,
    "crawler.pipelines.SamenessPipeline": 300,
    "crawler.pipelines.ArchivePipeline": 400,
}
EXTENSIONS = {
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.memusage.MemoryUsage": None,
    "scrapy.extensions.memdebug.MemoryDebugger": None,
    "scrapy.extensions.feedexport.FeedExporter": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
    "scrapy.extensions.throttle.AutoThrottle": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.telnet.TelnetConsole": None,
}

DUPEFILTER_CLASS = (
    "scrapy.dupefilters.BaseDupeFilter"  # the frontier knows what was seen; a filter drops requests silently
)
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"  # in the spider's order: the newest first
CONCURRENT_ITEMS = 1  # Scrapy makes that many tasks per response; at 1 a crawl costs 41 % less
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 4_000_000  # bodies held while their batch is written
DOWNLOAD_DELAY_JITTER = 0  # the delay in robots.txt is a minimum, not a mean
DOWNLOAD_WARNSIZE = 0

LOG_LEVEL = "WARNING"
LOG_FORMATTER = "crawler.logs.QuietLogFormatter"
STATS_DUMP = False
WARN_ON_GENERATOR_RETURN_VALUE = False
