"""Whether two texts are the same article, its revision, a copy or another state: decisions from plain values."""
