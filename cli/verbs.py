"""Groups of verbs. A verb is found by its file, and the file is imported only when the verb is called.

A file of the group's package is a verb's file when it defines a click command. Help and order come from its text: the
first line of the command's docstring, and a line `SECTION = "Read"` for the heading in the overview.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cached_property
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, NamedTuple

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

SECTIONS = ("Begin", "Collect", "Read", "Look after", "Verbs")  # as the overview shows them
_COMMAND = re.compile(
    r'^@click\.(?:command|group)\((?:"(?P<given>[\w-]+)")?.*?^def (?P<name>\w+)\(.*?"""(?P<help>.*?)(?:"""|$)',
    re.MULTILINE | re.DOTALL,
)
_SECTION = re.compile(r'^SECTION = "(.+)"$', re.MULTILINE)


class Verb(NamedTuple):
    """Where a verb lies, and what the overview says about it."""

    name: str
    module: str
    function: str
    help: str
    section: str


class Misused(click.UsageError):
    """A command line that makes no sense; `hint` is a command that does, from the verb onwards."""

    def __init__(self, message: str, ctx: click.Context, then: str) -> None:
        super().__init__(message, ctx)
        self.hint = f"{ctx.command_path} {then}"


class Verbs(click.Group):
    """A group whose verbs are the files of *package*, or are added to it as to any group of click's."""

    def __init__(self, *args: Any, package: str | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.package = package

    @cached_property
    def verbs(self) -> dict[str, Verb]:
        """The verbs by name, in the order of the overview."""
        if not self.package:
            return {}
        found = sorted(find_verbs(self.package), key=lambda verb: (SECTIONS.index(verb.section), verb.name))
        return {verb.name: verb for verb in found if verb.name != self.name}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.verbs or self.commands)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.verbs:
            return super().get_command(ctx, name)
        verb = self.verbs[name]
        command: click.Command = getattr(import_module(verb.module), verb.function)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        names = self.list_commands(ctx)
        if args and args[0] not in names and not args[0].startswith("-"):
            near = get_close_matches(args[0], names, n=1, cutoff=0.5)
            guess = f"; did you mean “{near[0]}”?" if near else ""
            raise Misused(f"there is no verb “{args[0]}”{guess}", ctx, near[0] if near else "--help")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete verbs and options without importing a verb."""
        from click.shell_completion import CompletionItem

        if not self.verbs:
            return super().shell_complete(ctx, incomplete)
        items = [CompletionItem(verb.name, help=verb.help) for verb in self.verbs.values()]
        begun = [item for item in items if item.value.startswith(incomplete)]
        return begun + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the overview without importing a verb."""
        lines: dict[str, list[tuple[str, str]]] = {}
        for verb in self.verbs.values():
            lines.setdefault(verb.section, []).append((verb.name, verb.help))
        if not self.verbs:
            lines["Verbs"] = [(name, verb.get_short_help_str(limit=200)) for name, verb in self.commands.items()]
        for section, rows in lines.items():
            with formatter.section(section):
                formatter.write_dl(rows)


def find_verbs(package: str) -> Iterator[Verb]:
    """Yield the verbs that the modules of *package* define. Only their text is read: to import all takes a second."""
    for finder, name, _ in iter_modules(import_module(package).__path__):
        spec = finder.find_spec(name, None)
        source = getattr(spec and spec.loader, "get_source", lambda _: None)(name)  # none is kept beside .pyc files
        yield from _read_verbs(f"{package}.{name}", source or "")


def _read_verbs(module: str, source: str) -> Iterator[Verb]:
    section = _SECTION.search(source)
    for command in _COMMAND.finditer(source):
        name = command["given"] or command["name"].removesuffix("_")
        yield Verb(name, module, command["name"], command["help"], section[1] if section else SECTIONS[-1])
