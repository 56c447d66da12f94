"""Alerts reach people once over each channel, and again after a failure."""

import asyncio
import socket
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from archive.alerts import open_alerts
from archive.home import Home
from news.settings import read_settings
from scheduler.monitor import alert_channels
from scheduler.monitor.notifier import Notifier, archive_name
from tests.mailbox import MailServer
from tests.scheduler.monitor.conftest import DISK, NOW, Hook, alert, notify_all, over


def test_opening_and_end_are_each_sent_once(engine: Engine, hook: Hook) -> None:
    alert(engine)
    for _ in range(2):
        notify_all(engine, ALERT_WEBHOOK_URL=hook.address)
    over(engine)
    for _ in range(2):
        notify_all(engine, ALERT_WEBHOOK_URL=hook.address)

    assert [[alert["change"] for alert in post["alerts"]] for post in hook.posts] == [["opened"], ["ended"]]
    since = hook.posts[0]["alerts"][0]["opened_at"][:16].replace("T", " ")
    assert hook.posts[0]["text"] == f"machine: disk full soon, 0.4 GB free, full in 3.5 days (since {since} UTC)"
    ended = hook.posts[1]["alerts"][0]["ended_at"][:16].replace("T", " ")
    assert hook.posts[1]["text"].endswith(f"full in 3.5 days ({since} to {ended} UTC)")
    assert hook.posts[0]["alerts"][0]["facts"] == DISK


def test_messages_name_the_archive_and_show_a_mistake_of_the_file_with_its_place(
    engine: Engine, home: Home, hook: Hook
) -> None:
    problem = "unknown key “langauge”\n --> outlets.toml:3:1\n3 | langauge = 1\n  | ^^^^^^^^  did you mean “language”?"
    alert(engine, "outlets.toml", "outlets_file", {"problem": problem})
    with MailServer() as mails:
        settings = {
            "ALERT_WEBHOOK_URL": hook.address,
            "ALERT_SMTP_URL": mails.address,
            "ALERT_MAIL_TO": "a@example.org",
        }

        async def notify() -> None:
            notifier = Notifier(engine, read_settings(settings), archive_name(home))
            notifier.notify_soon(NOW)
            await notifier.finished()

        asyncio.run(notify())

    [post], [sent] = hook.posts, mails.mails
    place = f"Archive: {home.path} on {socket.gethostname()}"
    line = "outlets.toml: cannot be used, the last good one stays in force, unknown key “langauge” (outlets.toml:3:1)"
    assert sent["Subject"] == f"[newskeep] {line}"
    first, *rest = sent.get_content().splitlines()
    assert first.startswith(f"{line} (since ")
    assert rest == [*problem.splitlines(), "", place, "newskeep health   shows all rules and alerts."]
    assert post["archive"] == f"{home.path} on {socket.gethostname()}"
    assert post["text"].splitlines()[-1] == place
    assert "\n  | ^^^^^^^^  did you mean" in post["text"]


def test_many_alerts_are_one_message(engine: Engine, hook: Hook) -> None:
    for number in range(40):
        alert(
            engine, f"outlet{number}", "volume_drop", {"articles": [1, 2], "usual": [9, 9.5], "last_day": "2026-11-22"}
        )
    with MailServer() as mails:
        notify_all(engine, ALERT_WEBHOOK_URL=hook.address, ALERT_SMTP_URL=mails.address, ALERT_MAIL_TO="a@example.org")

    [post], [sent] = hook.posts, mails.mails
    assert len(post["alerts"]) == 40
    assert sent["Subject"].startswith("[newskeep] 40 alerts: outlet0: publishes less")
    assert sent.get_content().count("publishes less") == 40


@pytest.mark.parametrize("status", [500, 404, 302])
def test_failed_message_is_tried_again_after_a_pause_that_grows(engine: Engine, hook: Hook, status: int) -> None:
    hook.answers[:] = [status, status]
    alert(engine)
    for minutes in (0, 1, 2, 4, 6, 9):
        notify_all(engine, NOW + timedelta(minutes=minutes), ALERT_WEBHOOK_URL=hook.address)

    assert len(hook.posts) == 3  # after 0, 2 and 6 minutes


def test_channel_that_works_does_not_repeat_what_the_other_could_not_send(engine: Engine, hook: Hook) -> None:
    alert(engine)
    with MailServer(refuse="451 later") as mails:
        settings = {
            "ALERT_WEBHOOK_URL": hook.address,
            "ALERT_SMTP_URL": mails.address,
            "ALERT_MAIL_TO": "a@example.org",
        }
        notify_all(engine, **settings)
        mails.refuse = None
        notify_all(engine, NOW + timedelta(hours=2), **settings)

    assert (len(hook.posts), len(mails.mails)) == (1, 1)


def test_look_does_not_wait_for_a_server_that_hangs(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_channels, "_STEP_SECONDS", 0.3)
    alert(engine)

    async def twice(url: str) -> int:
        notifier = Notifier(engine, read_settings({"ALERT_SMTP_URL": url, "ALERT_MAIL_TO": "a@example.org"}))
        notifier.notify_soon(NOW)
        notifier.notify_soon(NOW)
        under_way = len([task for task in asyncio.all_tasks() if task is not asyncio.current_task()])
        await notifier.finished()
        return under_way

    with MailServer(drip=b"") as mails:
        assert asyncio.run(twice(mails.address)) == 1


def test_alert_that_was_over_before_it_could_be_sent_is_not_sent(engine: Engine, hook: Hook) -> None:
    alert(engine)
    over(engine)
    notify_all(engine, ALERT_WEBHOOK_URL=hook.address)

    assert hook.posts == []


def test_alert_that_ended_while_the_mail_server_was_away_is_sent_in_full(engine: Engine) -> None:
    alert(engine)
    with MailServer(refuse="451 later") as mails:
        settings = {"ALERT_SMTP_URL": mails.address, "ALERT_MAIL_TO": "a@example.org"}
        notify_all(engine, **settings)
        over(engine)
        mails.refuse = None
        notify_all(engine, NOW + timedelta(hours=2), **settings)

    assert (
        mails.mails[0]["Subject"]
        == "[newskeep] 1 alert, 1 over: machine: disk full soon, 0.4 GB free, full in 3.5 days …"
    )


def test_alerts_without_a_channel_are_no_error(engine: Engine, home: Home) -> None:
    alert(engine)
    notify_all(engine)

    with engine.connect() as conn:
        assert [alert.opening_notified_at for alert in open_alerts(conn)] == [None]
