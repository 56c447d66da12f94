"""Where an outlet announces its articles: pure readers of feeds, sitemaps, robots.txt and listings, under limits."""
