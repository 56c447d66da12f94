"""Serves a folder of real pages on loopback: each site at an address of its own, with one feed that lists its pages.

    python benchmarks/crawl/serve_pages.py PAGES --port 8900 [--sites FILE]

PAGES holds `truth.jsonl` (lines with "id", "url", "site") and `pages/<id>.html.gz`. A page keeps the path and query it
had. The feeds' URLs, one a line, go to --sites (default: standard output).
"""

import argparse
import asyncio
import gzip
import json
from collections import defaultdict
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape


def address(number: int) -> str:
    """The loopback address of site *number*."""
    return f"127.1.{number // 250}.{1 + number % 250}"


def load(folder: Path, port: int) -> tuple[dict[tuple[str, str], bytes], list[str], dict[str, str]]:
    """({(host, path): body}, feed URLs, {page id: its URL here})."""
    sites = defaultdict(list)
    for line in (folder / "truth.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        sites[row["site"]].append((row["id"], row["url"], row["title"] or ""))
    table, feeds, urls = {}, [], {}
    for number, site in enumerate(sorted(sites)):
        host = address(number)
        origin, items = f"http://{host}:{port}", []
        for page, url, title in sites[site]:
            parts = urlsplit(url.strip())
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            if path == "/" or (host, path) in table:
                path = f"/page-{page}"
            table[host, path] = (folder / "pages" / f"{page}.html.gz").read_bytes()
            urls[page] = origin + path
            items.append(f"<item><title>{escape(title)}</title><link>{escape(origin + path)}</link></item>")
        channel = f"<channel><title>{escape(site)}</title>{''.join(items)}</channel>"
        table[host, "/feed.xml"] = f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>'.encode()
        feeds.append(f"{origin}/feed.xml")
    return table, feeds, urls


def answer(table: dict[tuple[str, str], bytes], host: str, path: str) -> bytes:
    """The whole HTTP answer for one request."""
    body = table.get((host, path)) or table.get((host, unquote(path)))
    if body is None:
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nnot found"
    if path == "/feed.xml":
        head = "Content-Type: application/rss+xml"
    else:
        body, head = gzip.decompress(body), "Content-Type: text/html"
    return f"HTTP/1.1 200 OK\r\n{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("pages", type=Path)
    ap.add_argument("--port", type=int, default=8900)
    ap.add_argument("--sites", type=Path, default=Path("/dev/stdout"))
    ap.add_argument("--urls", type=Path, help="write {page id: URL} here as JSON")
    ap.add_argument("--seconds", type=float, default=3600)
    given = ap.parse_args()
    table, feeds, urls = load(given.pages, given.port)

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                host = writer.get_extra_info("sockname")[0]
                writer.write(answer(table, host, head.split(b" ", 2)[1].decode("latin-1")))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connection, "0.0.0.0", given.port, backlog=512)
    if given.urls:
        given.urls.write_text(json.dumps(urls))
    given.sites.write_text("\n".join(feeds) + "\n")
    await asyncio.sleep(given.seconds)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
