"""The garbage collector, asked to look rarely: reading pages makes many small objects and few reference cycles."""

import gc


def collect_rarely() -> None:
    """Exempt what is loaded from the collector, and let it run once in 100,000 objects more instead of 700.

    Called once in a process, after its imports. A crawl spends 13 %, an import a fifth of its time less.
    """
    gc.freeze()
    gc.set_threshold(100_000)
