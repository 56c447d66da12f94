"""`newskeep completion`: what a shell needs to complete verbs, options and outlets."""

from __future__ import annotations

import click

from cli.output import say

SECTION = "Look after"

_INTO = {
    "bash": "newskeep completion bash >> ~/.bashrc",
    "zsh": "newskeep completion zsh >> ~/.zshrc",
    "fish": "newskeep completion fish > ~/.config/fish/completions/newskeep.fish",
}


@click.command()
@click.argument("shell", type=click.Choice(list(_INTO)))
def completion(shell: str) -> None:
    """Print what makes a shell complete verbs, options and the names of outlets.

    \b
    newskeep completion bash >> ~/.bashrc
    newskeep completion fish > ~/.config/fish/completions/newskeep.fish
    """
    from click.shell_completion import get_completion_class

    root = click.get_current_context().find_root().command
    chosen = get_completion_class(shell)
    assert chosen  # click has one for each of the choices
    click.echo(chosen(root, {}, "newskeep", "_NEWSKEEP_COMPLETE").source())
    say(f"# to keep it: {_INTO[shell]}")


def complete_outlet(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """The names of outlets.toml that begin so; none when it cannot be read: this is no time for an error."""
    from archive.home import find_home
    from crawler.outlets.file import load_outlets
    from news.errors import NewsError

    try:
        known = load_outlets(find_home().outlets_file).outlets
    except NewsError:
        return []
    return [outlet.name for outlet in known if outlet.name.startswith(incomplete)]
