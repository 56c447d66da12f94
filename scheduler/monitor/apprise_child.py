"""Send one message by Apprise, in a process of its own.

Apprise blocks, and a server that answers byte by byte keeps it waiting for ever, so the process ends itself after a
minute. It reads {"url", "title", "body"} as JSON from standard input: arguments would show the secrets in the URL. The
exit code is 0 when the service accepted the message; otherwise standard output says why not.
"""

import json
import logging
import resource
import signal
import sys

_SECONDS = 60
_BYTES = 500_000_000  # of address space: an answer is read into memory as a whole


def main() -> int:
    """Send the message; return the exit code."""
    signal.alarm(_SECONDS)
    resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    logging.basicConfig(stream=sys.stdout, level=logging.WARNING, format="%(message)s")
    request = json.load(sys.stdin)
    from apprise import Apprise, AppriseAsset

    # a redirected POST becomes a GET, which would count as a success
    asset = AppriseAsset(app_id="Newskeep", http_redirects=False, async_mode=False, plugin_paths=[])
    service = Apprise(asset=asset)
    return 0 if service.add(request["url"]) and service.notify(body=request["body"], title=request["title"]) else 1


if __name__ == "__main__":
    sys.exit(main())
