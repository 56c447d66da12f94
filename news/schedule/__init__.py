"""When to crawl: an outlet's rhythm, pauses after failures and between requests, and rechecks of articles."""
