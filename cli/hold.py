"""`newskeep hold`: keep articles from being removed, by a person or by an outlet's retention."""

from __future__ import annotations

import click

from cli.archive_helpers import format_time, need_article, opened_engine
from cli.output import emit, plural, print_text, say
from news.article import short_id
from news.text import one_line

SECTION = "Look after"


@click.command()
@click.argument("targets", metavar="ID|URL...", nargs=-1)
@click.option("--reason", help="Why; shown to who wants to remove the article.")
@click.option("--release", is_flag=True, help="End the hold.")
@click.option("--json", "as_json", is_flag=True, help="JSON objects, one a line.")
def hold(targets: tuple[str, ...], reason: str | None, release: bool, as_json: bool) -> None:
    """Keep articles from being removed (legal hold); without arguments, list what is held.

    \b
    newskeep hold a1f3c --reason "evidence in 3 Cg 12/26"
    newskeep hold a1f3c --release
    """
    from archive.removal import register

    if targets and not release and not reason:
        raise click.UsageError("a hold needs its --reason")
    with opened_engine() as (_, engine), engine.begin() as conn:
        ids = [need_article(conn, target) for target in dict.fromkeys(targets)]
        if release:
            say(f"{plural(register.release(conn, ids), 'hold')} ended")
        elif ids:
            register.hold(conn, ids, str(reason))
        held = [] if release else register.holds(conn, ids or None)
    for each in held:
        if as_json:
            emit({"id": short_id("a", each.article_id), "outlet": each.outlet, "headline": each.headline,
                  "reason": each.reason, "since": each.since.isoformat()})  # fmt: skip
        else:
            print_text(f"{short_id('a', each.article_id)} · {each.outlet} · {one_line(each.headline or '')} · "
                       f"since {format_time(each.since)}: {one_line(each.reason)}")  # fmt: skip
