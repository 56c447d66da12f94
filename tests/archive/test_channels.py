from datetime import UTC, datetime

from sqlalchemy import Engine

from archive.channels import Channel, FoundChannel, Look, LookOutcome, ensure_channels, known_channels, save_looks
from archive.outlets import ensure_outlet, found_of, save_found

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FEED = FoundChannel("feed", "https://krone.example/rss?b=1&a=2", "Ausland\x00")


def look(engine: Engine, **fields: object) -> Channel:
    """The channel after a look that ended so."""
    with engine.begin() as conn:
        outlet_id = ensure_outlet(conn, "krone", "https://krone.example/")
        (channel,) = ensure_channels(conn, outlet_id, [FEED])
        save_looks(conn, Look(channel.id, looked_at=NOW, **fields))
        (known,) = known_channels(conn, outlet_id)
    return known


def test_channels_come_back_in_the_order_asked_for_and_each_once(engine: Engine) -> None:
    robots = FoundChannel("robots", "https://krone.example/robots.txt")
    duplicate = FoundChannel("feed", "http://www.krone.example/rss?a=2&b=1")
    bad = FoundChannel("feed", "mailto:x")
    with engine.begin() as conn:
        outlet_id = ensure_outlet(conn, "krone", "https://krone.example/")
        first = ensure_channels(conn, outlet_id, [robots, FEED, duplicate, bad])
        second = ensure_channels(conn, outlet_id, [FEED, robots])

    assert [channel.kind for channel in first] == ["robots", "feed"]
    assert [channel.id for channel in second] == [channel.id for channel in reversed(first)]
    assert (first[1].title, first[1].links_last) == ("Ausland", None)


def test_reading_is_remembered_for_the_next_conditional_request(engine: Engine) -> None:
    read = look(engine, disposition=LookOutcome.READ, etag='"1"', last_modified="Sun", body_digest=b"d" * 32, links=0)

    assert (read.etag, read.last_modified, read.body_digest, read.links_last) == ('"1"', "Sun", b"d" * 32, 0)
    assert (read.disposition, read.last_read_at, read.last_seen_at) == (LookOutcome.READ, NOW, NOW)
    unchanged = look(engine, disposition=LookOutcome.UNCHANGED)
    assert (unchanged.etag, unchanged.links_last) == ('"1"', 0)
    without = look(engine, disposition=LookOutcome.READ, links=7)
    assert (without.etag, without.last_modified, without.links_last) == (None, None, 7)


def test_failures_are_counted_in_a_row(engine: Engine) -> None:
    counts = [look(engine, disposition=LookOutcome.FAILED, reason="timeout").failures for _ in range(3)]

    assert counts == [1, 2, 3]
    assert look(engine, disposition=LookOutcome.UNCHANGED).failures == 0


def test_what_was_found_once_is_kept_until_it_is_found_anew(engine: Engine) -> None:
    with engine.begin() as conn:
        outlet_id = ensure_outlet(conn, "krone", "https://krone.example/", {"every": "20m"})
        save_found(conn, outlet_id, {"title": "Krone", "language": "de", "feeds": []})
        save_found(conn, outlet_id, {"title": None, "language": "de-AT"})
        found = found_of(conn, outlet_id)
        same = ensure_outlet(conn, "krone", "https://www.krone.example/")

    assert found == {"title": "Krone", "language": "de-AT"}
    assert same == outlet_id
