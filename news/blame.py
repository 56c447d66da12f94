"""Which outlet is to blame when a worker dies, which crawls many of them side by side."""

from collections.abc import Collection, Mapping

DEATHS = 3  # workers in a row that die over an outlet before it is set aside
MACHINE_DEATHS = 10  # the same where the whole machine or container went: mostly somebody switched it off
ALONE_FROM = 2  # deaths after which an outlet's crawl has no other such crawl beside it


def blamed(running: Mapping[int, int], marked: Collection[int] = ()) -> set[int]:
    """Who is charged with a death, of the outlets that were *running*: {outlet: deaths in a row before this one}.

    Those whose page was being read (*marked*), when that is known. Else the one outlet that is near its end already:
    such outlets never run side by side, so an innocent one is cleared by the crawl that it survives. Else all.
    """
    read = set(marked) & running.keys()
    near_the_end = {outlet for outlet, deaths in running.items() if deaths >= ALONE_FROM}
    return read or near_the_end or set(running)
