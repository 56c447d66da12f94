"""Fetch and read: discovery, the spider, extraction, pipelines, middlewares."""
