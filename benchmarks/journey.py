"""Count the files and functions that one page passes from response to commit.

    python benchmarks/journey.py [PAGE.html] [--list]

Crawls a home page on loopback that links to one article (PAGE.html, or a small built-in page) into a new archive in a
temporary folder, and records each call of our own functions, in all threads, from the moment when the article was sent
until its link ended. Prints the same for `read_page` alone.

A *return* is a step into a file that was entered and left before: first in the order in which functions are first
called, as a person reads the code along a page's way, then over all calls. Before both stands how many files are
returned to by first calls at least once.
"""

import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import groupby
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("news", "archive", "crawler", "scheduler", "cli")
ARTICLE = "/2024/06/30/town-council-votes-on-the-new-bridge"
HOME = f"""<!doctype html><html lang="en"><head><title>The Town Paper</title></head>
<body><article><h2><a href="{ARTICLE}">Town council votes on the new bridge tonight</a></h2></article></body></html>"""
PAGE = """<!doctype html><html lang="en"><head><title>Town council votes on the new bridge - The Town Paper</title>
<meta property="og:title" content="Town council votes on the new bridge">
<meta property="article:published_time" content="2024-06-30T18:20:00+02:00">
<script type="application/ld+json">{"@type":"NewsArticle","headline":"Town council votes on the new bridge",
"datePublished":"2024-06-30T18:20:00+02:00","author":{"@type":"Person","name":"Ada Miller"}}</script></head>
<body><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav><main><article>
<h1>Town council votes on the new bridge</h1><p class="lead">The council will decide tonight who pays for it.</p>
<p>By Ada Miller</p>
<p>The town council meets tonight to vote on the bridge over the northern river, which was closed two years ago.</p>
<p>“We cannot wait another winter,” the mayor said on Sunday. The work would cost about 12 million, she added.</p>
<p>Residents of the northern quarter have asked for a second lane, and a petition has 4,200 signatures by now.</p>
<p>Sign up for our newsletter and never miss a story.</p>
<p>The decision is expected at about nine in the evening, after a report by the engineers of the district.</p></article>
<aside><h3>Other news</h3><ul><li><a href="/a">A dog was found in the old mill</a> 3 hrs ago</li>
<li><a href="/b">Rain is expected until the weekend</a> 4 hrs ago</li></ul></aside></main></body></html>"""

Call = tuple[str, str]  # file and function


class Recorder:
    """Records the calls of our functions while it is `on`."""

    def __init__(self) -> None:
        self.on = False
        self.calls: list[Call] = []
        self.reading: list[Call] = []  # those inside read_page
        self._files: dict[str, str | None] = {}

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and self.on:
            code = frame.f_code
            file = self._own(code.co_filename)
            if file and not code.co_qualname.endswith(("<genexpr>", "<listcomp>", "<dictcomp>", "<setcomp>")):
                self._note((file, code.co_qualname), frame)

    def _note(self, call: Call, frame: FrameType) -> None:
        if call[1].endswith("link_ended"):  # the progress display, after the commit
            self.on = False
            return
        self.calls.append(call)
        if _is_inside(frame, "read_page"):
            self.reading.append(call)

    def _own(self, path: str) -> str | None:
        if path not in self._files:
            inside = path.startswith(f"{ROOT}/") and Path(path).relative_to(ROOT).parts[0] in PACKAGES
            self._files[path] = str(Path(path).relative_to(ROOT)) if inside else None
        return self._files[path]


def _is_inside(frame: FrameType | None, name: str) -> bool:
    while frame is not None:
        if frame.f_code.co_name == name:
            return True
        frame = frame.f_back
    return False


@contextmanager
def site(page: bytes, recorder: Recorder) -> Iterator[str]:
    """Serve the home page and *page*; *recorder* is on from the moment when the page was sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = page if self.path == ARTICLE else HOME.encode() if self.path == "/" else b""
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.path == ARTICLE:
                recorder.calls.clear()
                recorder.on = True
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()


def record(page: bytes) -> Recorder:
    """Crawl a site of one article; return what was called for it."""
    from cli.main import main

    recorder = Recorder()
    with tempfile.TemporaryDirectory() as home, site(page, recorder) as address:
        os.environ |= {"NEWSKEEP_HOME": home, "NEWSKEEP_ALLOW_NETWORKS": "127.0.0.0/8", "NEWSKEEP_DATABASE_URL": ""}
        init = [sys.executable, "-m", "cli.main", "init", "--contact", "bench@example.org"]
        subprocess.run(init, capture_output=True, check=True, cwd=home, env=os.environ | {"PYTHONPATH": str(ROOT)})
        sys.argv = ["newskeep", "crawl", address, "--delay", "0", "--limit", "1"]
        threading.setprofile(recorder)
        sys.setprofile(recorder)
        try:
            main()
        except SystemExit:
            pass
        finally:
            sys.setprofile(None)
            threading.setprofile(None)  # type: ignore[arg-type]
            command = [sys.executable, "-m", "cli.main", "db", "stop"]  # the embedded database of the folder
            subprocess.run(command, capture_output=True, check=False, cwd=ROOT)
    if not recorder.calls:
        raise SystemExit("the crawl fetched no article; nothing was recorded")
    return recorder


def described(calls: Sequence[Call]) -> str:
    """Return the figures of a way through the code."""
    files = {file for file, _ in calls}
    functions = list(dict.fromkeys(calls))
    stays, all_stays = ([file for file, _ in groupby(way, key=lambda call: call[0])] for way in (functions, calls))
    again = sum(times > 1 for times in Counter(stays).values())
    return (
        f"{len(files)} files, {len(functions)} functions, {again} files returned to: "
        f"{len(stays) - len(files)} returns by first calls, {len(all_stays) - len(files)} by all calls"
    )


def print_journey(arguments: Sequence[str]) -> None:
    """Print the figures; with `--list` the way itself, one line for each stay in a file."""
    pages = [argument for argument in arguments if argument != "--list"]
    recorder = record(Path(pages[0]).read_bytes() if pages else PAGE.encode())
    print("response to commit:", described(recorder.calls))
    print("read_page alone:   ", described(recorder.reading))
    if "--list" in arguments:
        for file, calls in groupby(dict.fromkeys(recorder.calls), key=lambda call: call[0]):
            print(f"{file:<45} {' '.join(name for _, name in calls)}"[:200])


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    print_journey(sys.argv[1:])
