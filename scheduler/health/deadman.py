"""Asks for an address once a minute while all is well; who watches it raises the alarm when nobody asks any more."""

import logging
from urllib.parse import urlsplit

import aiohttp
from sqlalchemy import Engine

from news.logline import error_in_words
from scheduler.metrics import workers_beat

logger = logging.getLogger(__name__)

BEAT_SECONDS = 60.0  # a worker that was not heard of for so long is none
_TIMEOUT = aiohttp.ClientTimeout(total=20)


def all_is_well(engine: Engine) -> bool:
    """True when the database answers and a worker beats. Raises what a database that is away raises."""
    with engine.connect() as conn:
        return workers_beat(conn, BEAT_SECONDS)


async def ask_for(url: str) -> None:
    """One request; that nobody answers is logged, and never raised. The address is a secret."""
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT, trust_env=True) as session,
            session.get(url, headers={"User-Agent": "newskeep"}, allow_redirects=False) as answer,
        ):
            if answer.status >= 400:
                logger.warning("deadman_refused", extra={"status": answer.status})
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        said = error_in_words(error).replace(urlsplit(url).path or "\0", "***")
        logger.warning("deadman_not_reached", extra={"error": said})
