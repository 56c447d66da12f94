"""Which outlet is to blame when a worker dies, which crawls many of them side by side."""

from collections.abc import Collection, Mapping
from enum import Enum


class Death(Enum):
    """How a worker died: alone, or with the whole machine or container, which mostly somebody switched off.

    `most` deaths in a row over an outlet set it aside; from `alone_from` on no other such crawl runs beside its own.
    """

    WORKER = (2, 3)
    MACHINE = (5, 10)

    def __init__(self, alone_from: int, most: int) -> None:
        self.alone_from, self.most = alone_from, most


def blamed(running: Mapping[int, int], marked: Collection[int] = (), death: Death = Death.WORKER) -> set[int]:
    """Who is charged with a death, of the outlets that were *running*: {outlet: such deaths in a row before this one}.

    Those whose page was being read (*marked*), when that is known. Else the one outlet that is near its end already:
    such outlets never run side by side, so an innocent one is cleared by the crawl that it survives. Else all.
    """
    read = set(marked) & running.keys()
    near_the_end = {outlet for outlet, deaths in running.items() if deaths >= death.alone_from}
    return read or near_the_end or set(running)
