"""Compares an archive with the pages that `serve_pages.py` served.

    python benchmarks/crawl/check_pages.py PAGES URLS.json

URLS.json maps page ids to the addresses they were served at. Every page must be in `v_articles`, or in `v_links` with
a reason, and its capture must come back byte for byte. Ends with 1 when one does not.
"""

import gzip
import json
import sys
from collections import Counter
from pathlib import Path

from sqlalchemy import text

from archive.captures import read_record
from archive.database import open_archive
from archive.home import open_home
from news.urls import canonicalise, url_key


def main() -> int:
    folder, urls = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())
    home = open_home()
    ends: Counter[str] = Counter()
    with open_archive(home).connect() as conn:
        links = {row.url_key: row for row in conn.execute(text("select * from links"))}
        articles = set(conn.execute(text("select id from articles")).scalars())
        captures = {
            row.url_key: row
            for row in conn.execute(text("select * from captures where revisit_of is null order by id"))
        }
    for page, url in urls.items():
        key = url_key(canonicalise(url))
        link, capture = links.get(key), captures.get(key)
        kept = link is not None and (link.article_id in articles or link.reason is not None)
        ends[f"{link.disposition} {link.reason or ''}" if kept and link else "WITHOUT AN END"] += 1
        body = gzip.decompress((folder / "pages" / f"{page}.html.gz").read_bytes())
        if capture is None:
            ends["WITHOUT A CAPTURE"] += 1
            print("no capture:", url)
        elif read_record(home, capture.file, capture.record_offset, capture.record_length).decoded_body() != body:
            ends["ANOTHER BODY"] += 1
            print("another body:", url)
    print(dict(ends))
    return 1 if any(end.isupper() for end in ends) else 0


if __name__ == "__main__":
    sys.exit(main())
