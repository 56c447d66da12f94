"""Between an untrusted web and the crawler: the address guard, robots.txt, names for what went wrong."""
