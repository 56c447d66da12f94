"""`newskeep completion`: tab completion of verbs, options and outlets."""

from __future__ import annotations

import click

from archive.home import find_home
from cli.output import say
from news.errors import NewsError

SECTION = "Look after"

_INTO = {
    "bash": "newskeep completion bash >> ~/.bashrc",
    "zsh": "newskeep completion zsh >> ~/.zshrc",
    "fish": "newskeep completion fish > ~/.config/fish/completions/newskeep.fish",
}


@click.command()
@click.argument("shell", type=click.Choice(list(_INTO)))
def completion(shell: str) -> None:
    """Print a script with which a shell completes verbs and outlets.

    \b
    newskeep completion bash >> ~/.bashrc
    newskeep completion fish > ~/.config/fish/completions/newskeep.fish
    """
    from click.shell_completion import get_completion_class

    root = click.get_current_context().find_root().command
    chosen = get_completion_class(shell)
    assert chosen  # click supports each of the choices
    click.echo(chosen(root, {}, "newskeep", "_NEWSKEEP_COMPLETE").source())
    say(f"# to keep it: {_INTO[shell]}")


def complete_outlet(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Return the names in outlets.toml that begin with *incomplete*; none if the file cannot be read."""
    from crawler.outlets.file import load_outlets

    try:
        outlets = load_outlets(find_home().outlets_file).outlets
    except NewsError:
        return []
    return [outlet.name for outlet in outlets if outlet.name.startswith(incomplete)]
