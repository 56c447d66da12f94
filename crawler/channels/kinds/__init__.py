"""One module per kind of channel; `crawler.channels.kind` finds each by its presence here."""
