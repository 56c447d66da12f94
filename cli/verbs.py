"""Groups of verbs: each verb's module is loaded when it is called, and a verb that is none names the nearest."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# verb: (module, one line for the overview). The module holds a click command called like the verb, or with a _ after
# it where Python has taken the name.
Table = Mapping[str, tuple[str, str]]


class Misused(click.UsageError):
    """A command line that cannot be meant; `hint` is the command to go on with, from the verb onwards."""

    def __init__(self, message: str, ctx: click.Context, then: str) -> None:
        super().__init__(message, ctx)
        self.hint = f"{ctx.command_path} {then}"


class Verbs(click.Group):
    """A group whose verbs stand in *table*, or are added to it as to any group of click's."""

    def __init__(self, *args: Any, table: Table | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.table = table or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.table or self.commands)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.table:
            return super().get_command(ctx, name)
        module = import_module(self.table[name][0])
        command: click.Command = getattr(module, name, None) or getattr(module, f"{name}_")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        names = self.list_commands(ctx)
        if args and args[0] not in names and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], names, n=1, cutoff=0.5)
            guess = f"; did you mean “{near[0]}”?" if near else ""
            raise Misused(f"there is no verb “{args[0]}”{guess}", ctx, near[0] if near else "--help")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Verbs and options that begin so, without loading a single verb."""
        from click.shell_completion import CompletionItem

        if not self.table:
            return super().shell_complete(ctx, incomplete)
        verbs = [
            CompletionItem(name, help=line) for name, (_, line) in self.table.items() if name.startswith(incomplete)
        ]
        return verbs + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The overview, without loading a single verb."""
        lines = {name: line for name, (_, line) in self.table.items()} or {
            name: command.get_short_help_str(limit=90) for name, command in self.commands.items()
        }
        with formatter.section("Verbs"):
            formatter.write_dl(list(lines.items()))
