"""Metrics over HTTP: the figures of the archive as it stands; and a ping while all is well."""

import asyncio
import re
import socket
import urllib.request
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, text

from archive.alerts import open_alert
from archive.crawls import close_crawl
from archive.home import Home
from news.errors import SettingError
from news.settings import read_settings
from scheduler.metrics import LATE_BUCKETS, Metrics
from scheduler.monitor.health_rounds import all_is_well, ping
from tests.newsroom import Newsroom, article
from tests.site import Site

RULES = Path(__file__).parents[2] / "docs" / "prometheus-rules.yml"


@pytest.fixture
def metrics(engine: Engine, home: Home) -> Metrics:
    return Metrics(engine, home)


def sql(engine: Engine, statement: str) -> None:
    with engine.begin() as conn:
        conn.execute(text(statement))


def values(metrics: Metrics) -> dict[str, float]:
    """Return what a scrape says, after a reading: {'newskeep_crawls_total{state="finished"}': 1}."""
    metrics.read()
    registry = CollectorRegistry()
    registry.register(metrics)
    found = {}
    for family in text_string_to_metric_families(generate_latest(registry).decode()):
        for sample in family.samples:
            labels = ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def test_crawls_that_end_are_counted_once(metrics: Metrics, newsroom: Newsroom, engine: Engine) -> None:
    metrics.read()
    newsroom.store(article("https://krone.example/1"), article("https://kurier.example/1", "Anders. " * 20))
    sql(engine, "update crawls set due_at = started_at - interval '20 seconds' where id = 1")
    for name in ("krone", "kurier"):
        close_crawl(engine, newsroom.crawls.pop(name), pages=3, size=1000)
    values(metrics)
    found = values(metrics)

    assert found['newskeep_crawls_total{state="finished"}'] == 2
    assert found['newskeep_links_total{disposition="new"}'] == 2
    assert (found["newskeep_pages_total"], found["newskeep_fetched_bytes_total"]) == (6, 2000)
    assert found['newskeep_start_late_seconds_bucket{le="15.0"}'] == 0
    assert found['newskeep_start_late_seconds_bucket{le="30.0"}'] == found["newskeep_start_late_seconds_count"] == 1


@pytest.mark.parametrize(("reason", "counted"), [("not_running", 0), ("offline", 0), ("no_worker", 1)])
def test_a_long_downtime_makes_no_crawl_late_and_slow_workers_do(
    metrics: Metrics, newsroom: Newsroom, engine: Engine, reason: str, counted: int
) -> None:
    metrics.read()
    newsroom.store(article("https://krone.example/1"))
    sql(engine, "update crawls set due_at = started_at - interval '9 hours'")
    columns = "outlet_id, looked, started_at, ended_at, reason"
    sql(engine, f"insert into coverage ({columns}) "
                f"select outlet_id, false, due_at, started_at, '{reason}' from crawls")  # fmt: skip
    close_crawl(engine, newsroom.crawls.pop("krone"))

    assert values(metrics)["newskeep_start_late_seconds_count"] == counted


def test_crawls_of_before_are_not_counted(newsroom: Newsroom, engine: Engine, home: Home) -> None:
    newsroom.store(article("https://krone.example/1"))
    close_crawl(engine, newsroom.crawls.pop("krone"))

    assert 'newskeep_crawls_total{state="finished"}' not in values(Metrics(engine, home))


def test_metrics_give_the_present_state(metrics: Metrics, newsroom: Newsroom, engine: Engine) -> None:
    outlet = newsroom.crawl('kro"ne\n').outlet_id
    sql(engine, f"insert into turns (outlet_id, due_at) values ({outlet}, now() - interval '100 seconds')")
    sql(engine, f"insert into coverage (outlet_id, looked, started_at, ended_at) values ({outlet}, true, now(), "
                "timestamptz '2026-11-22 12:00+00')")  # fmt: skip
    sql(engine, "insert into processes (role, host, pid, memory_bytes) values ('worker', 'here', 7, 1000)")
    with engine.begin() as conn:
        open_alert(conn, "silent_outlet", "krone", {})
    found = values(metrics)

    assert (found["newskeep_turns_due"], found["newskeep_crawls_running"]) == (1, 1)
    assert 100 <= found["newskeep_turns_late_seconds"] < 200
    assert found['newskeep_heartbeat_age_seconds{host="here",pid="7",role="worker"}'] < 60
    assert found['newskeep_process_memory_bytes{host="here",pid="7",role="worker"}'] == 1000
    assert found['newskeep_alerts_open{rule="silent_outlet"}'] == 1
    assert found['newskeep_outlet_last_success_timestamp_seconds{outlet="kro"ne\n"}'] == 1795348800
    assert found["newskeep_database_bytes"] > 1_000_000
    assert found["newskeep_disk_free_bytes"] > 0


def test_turn_that_is_being_crawled_waits_no_more(metrics: Metrics, newsroom: Newsroom, engine: Engine) -> None:
    outlet = newsroom.crawl("krone").outlet_id
    values_ = f"({outlet}, now() - interval '100 seconds', now())"
    sql(engine, f"insert into turns (outlet_id, due_at, started_at) values {values_}")

    assert values(metrics)["newskeep_turns_late_seconds"] == 0


def test_database_that_is_away_is_a_figure_too(
    metrics: Metrics, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert values(metrics)["newskeep_archive_reachable"] == 1

    def away() -> None:
        from news.errors import ArchiveUnavailable

        raise ArchiveUnavailable("gone")

    monkeypatch.setattr(engine, "connect", away)
    found = values(metrics)
    assert found["newskeep_archive_reachable"] == 0
    assert "newskeep_turns_due" not in found
    assert found["newskeep_pages_total"] == 0


def test_metrics_are_served_where_the_setting_says(home: Home, engine: Engine) -> None:
    assert Metrics(engine, home).serve() is None  # off by default
    with socket.create_server(("127.0.0.1", 0)) as other:
        place = f"127.0.0.1:{other.getsockname()[1]}"
    metrics = Metrics(engine, with_settings(home, METRICS_LISTEN=place))
    port = metrics.serve()
    try:
        with pytest.raises(SettingError, match=f"METRICS_LISTEN={place}"):
            Metrics(engine, with_settings(home, METRICS_LISTEN=place)).serve()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            assert b"newskeep_leading 0.0" in answer.read()
    finally:
        metrics.close()


@pytest.mark.parametrize("given", ["9464", "localhost", "http://127.0.0.1:9464", "127.0.0.1:x", "127.0.0.1:99999"])
def test_an_address_that_cannot_be_listened_on_is_refused(given: str) -> None:
    with pytest.raises(SettingError, match="METRICS_LISTEN"):
        read_settings({"METRICS_LISTEN": given})


def with_settings(home: Home, **settings: str) -> Home:
    return Home(home.path, read_settings(settings))


# --- rules


def rules() -> list[dict[str, str]]:
    """Return the rules of the file; fail when it is not in the simple form that these ten lines read."""
    found: list[dict[str, str]] = []
    for line in RULES.read_text(encoding="utf-8").splitlines():
        if match := re.fullmatch(
            r" +(- )?(alert|expr|for|summary|severity|name|labels|annotations|rules): ?(.*)", line
        ):
            if match[2] == "alert":
                found.append({})
            if found:
                found[-1][match[2]] = match[3].strip("'")
        else:
            assert re.fullmatch(r"|#.*|groups:", line), line
    return found


def test_rules_are_whole_and_well_formed() -> None:
    assert len(rules()) >= 10
    for rule in rules():
        assert rule.keys() >= {"alert", "expr", "severity", "summary"}
        assert re.fullmatch(r"Newskeep[A-Za-z]+", rule["alert"])
        assert rule["severity"] in ("warning", "critical")
        assert rule["expr"].count("(") == rule["expr"].count(")")
        assert not re.match(r"[\[{>|*&!%#`@]", rule["expr"])  # what YAML would take for something else
        assert ": " not in rule["expr"]
    assert len({rule["alert"] for rule in rules()}) == len(rules())


def test_rules_name_only_metrics_that_there_are(metrics: Metrics, newsroom: Newsroom, engine: Engine) -> None:
    outlet = newsroom.crawl("krone").outlet_id
    metrics.read()
    newsroom.store(article("https://krone.example/1"))
    close_crawl(engine, newsroom.crawls.pop("krone"))
    sql(engine, f"insert into turns (outlet_id, due_at) values ({outlet}, now())")
    sql(engine, "insert into processes (role, host, pid) values ('worker', 'here', 7)")
    with engine.begin() as conn:
        open_alert(conn, "silent_outlet", "krone", {})
    there = {name.partition("{")[0] for name in values(metrics)}

    named = {name for rule in rules() for name in re.findall(r"newskeep_\w+", rule["expr"])}
    assert named
    assert named - there == set()


def test_buckets_rise() -> None:
    assert list(LATE_BUCKETS) == sorted(set(LATE_BUCKETS))


# --- the ping


def test_ping_is_asked_for(site: Site) -> None:
    site.put("/ping/sesame", "")
    asyncio.run(ping(site.url("/ping/sesame")))

    assert [request.path for request in site.seen] == ["/ping/sesame"]


@pytest.mark.parametrize("path", ["/bad/sesame", ""])
def test_ping_that_fails_is_logged_without_its_secret(site: Site, path: str, caplog: pytest.LogCaptureFixture) -> None:
    site.put("/bad/sesame", "", status=500)
    asyncio.run(ping(site.url(path) if path else "http://127.0.0.1:1/ping/sesame"))

    [record] = [record for record in caplog.records if record.message.startswith("deadman_")]
    assert "sesame" not in str(vars(record))


def test_all_is_well_only_while_a_worker_beats(engine: Engine) -> None:
    assert not all_is_well(engine)
    sql(
        engine,
        "insert into processes (role, host, pid, heartbeat_at) values ('worker', 'here', 7, now() - interval '2m')",
    )
    assert not all_is_well(engine)
    sql(engine, "insert into processes (role, host, pid) values ('scheduler', 'here', 8)")
    assert not all_is_well(engine)
    sql(engine, "update processes set heartbeat_at = now()")
    assert all_is_well(engine)
