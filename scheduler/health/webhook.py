"""Sends a message as JSON to an address. `text` and `content` are what the usual chat programs show."""

import aiohttp

from news.lines import as_line
from scheduler.health.message import Message

_SECONDS = aiohttp.ClientTimeout(total=20)


class WebhookRefused(Exception):
    """The other end answered, but not with success."""


async def post(url: str, message: Message) -> None:
    """Post it. Raises WebhookRefused, or what aiohttp raises when nobody answers in time."""
    body = as_line({"v": 1, "type": "alerts", **_for_chats(message), "alerts": message.records})
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "newskeep"}
    async with (
        aiohttp.ClientSession(timeout=_SECONDS, trust_env=True) as session,
        # a redirected post becomes a get in some servers' eyes: say that it failed instead
        session.post(url, data=body.encode(), headers=headers, allow_redirects=False) as answer,
    ):
        if not 200 <= answer.status < 300:
            raise WebhookRefused(f"the webhook answered {answer.status}")


def _for_chats(message: Message) -> dict[str, str]:
    """Text in which nothing calls the whole room or hides an address behind a word."""
    shown = "\n".join([message.headline, *message.lines] if len(message.lines) > 1 else message.lines)
    harmless = shown.replace("<", "‹").replace(">", "›").replace("@", "＠")[:1900]  # a chat takes 2,000
    return {"text": harmless, "content": harmless}
