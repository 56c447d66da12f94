import json

import pytest

from crawler.wayback import read_list

ROWS = [
    ["example,a)/1", "20190501080000", "https://a.example/1", "text/html", "200", "ABC", "9"],
    ["example,a)/1", "20190502080000", "https://a.example/1", "warc/revisit", "-", "ABC", "9"],
    ["example,a)/2", "20190501080000", "https://a.example/2", "text/html", "301", "DEF", "9"],
    ["example,a)/3", "20190501080000", "https://a.example/3.png", "image/png", "200", "GHI", "9"],
    ["example,a)/4", "2019", "https://a.example/4", "text/html", "200", "JKL", "9"],
    ["example,a)/5", "20190501080000", "ftp://a.example/5", "text/html", "200", "MNO", "9"],
    ["example,a)/6", "20199901080000", "https://a.example/6", "text/html", "200", "PQR", "9"],
]
HEAD = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
FORMS = {
    "lines": "\n".join(map(" ".join, ROWS)),
    "with a head": " CDX N b a m s k S\n" + "\n".join(map(" ".join, ROWS)),
    "JSON": "[" + ",\n".join(json.dumps(row) for row in [HEAD, *ROWS]) + "]",
    "CDXJ": "\n".join(
        f"{key} {time} " + json.dumps({"url": url, "mime": kind, "status": status, "digest": digest})
        for key, time, url, kind, status, digest, _ in ROWS
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_pages_of_a_list_are_read_in_each_form(form: str) -> None:
    read = [(one.url, one.timestamp, one.digest) for one in read_list(FORMS[form].splitlines())]

    assert read == [("https://a.example/1", "20190501080000", "ABC"), ("https://a.example/1", "20190502080000", "ABC")]


def test_lines_of_another_form_are_left_out() -> None:
    assert list(read_list(["", "[", "]", '["a"', '"a', "<html>", "a 20190501080000 {", "CDX"])) == []
