"""Where outlets announce their articles: the kinds of channels, and how untrusted documents are read."""
