"""The `newskeep` command. Each verb's module is imported only when that verb is called, so that --help stays fast."""

import importlib
import sys

import click

from cli.exits import FINE, INTERRUPTED
from cli.output import say
from news.errors import NewsError

# verb: (module, one line for the overview). The module holds a click command of the verb's name.
VERBS = {
    "init": ("cli.init", "Make a data folder, outlets.toml and the database."),
    "demo": ("cli.demo", "The offline tour: four pretend outlets, crawled twice."),
    "doctor": ("cli.doctor", "Check database, folders, clock, contact and outlets.toml."),
    "outlets": ("cli.outlets", "Add, list, show, test, check, import and export outlets."),
    "crawl": ("cli.crawl", "Crawl outlets, home pages, feeds, sitemaps or articles once."),
    "crawls": ("cli.crawls", "List crawls and show their ledgers."),
    "explain": ("cli.explain", "Say why a page is (not) in the archive."),
    "extract": ("cli.extract", "Read pages without a network or database."),
    "show": ("cli.show", "Show an article, its removed parts or its raw capture."),
    "search": ("cli.search", "Search the archive's texts."),
    "diff": ("cli.diff", "Show what changed between revisions."),
    "db": ("cli.db", "Database: upgrade, status, url, stop."),
}


class Verbs(click.Group):
    """Loads a verb's module when it is called, and names the nearest verb for one that does not exist."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        command: click.Command = getattr(importlib.import_module(VERBS[name][0]), name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        from cli.output import STDOUT, outliving

        with outliving(STDOUT):  # click would end `| head -1` with exit code 1, which says that we have a bug
            return super().invoke(ctx)
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], VERBS, n=1, cutoff=0.5)
            hint = f" Did you mean “{near[0]}”?" if near else " `newskeep --help` lists the verbs."
            raise click.UsageError(f"there is no verb “{args[0]}”.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl([(name, line) for name, (_, line) in VERBS.items()])


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="newskeep", prog_name="newskeep")
def newskeep() -> None:
    """Collect news pages, keep only the story, and archive it for decades.

    \b
    newskeep demo                                  the offline tour, nothing to set up
    newskeep crawl https://www.example.org/        one crawl of one outlet, now
    """


def main() -> None:
    """Run the command line; every error we raise on purpose ends in its own exit code."""
    try:
        sys.exit(_run())
    except NewsError as error:
        say(f"error: {error}")
        if error.hint:
            click.echo(f"  try: {error.hint}", err=True)
        sys.exit(error.exit_code)


def _run() -> int:
    """Call the verb and return its exit code; Ctrl-C and a reader who has seen enough are no bugs of ours."""
    try:
        ended = newskeep(prog_name="newskeep", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    return ended if isinstance(ended, int) else FINE


if __name__ == "__main__":
    main()
