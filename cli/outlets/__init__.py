"""`newskeep outlets`: add, list, show, test, check, import, export and switch outlets."""

import click

from cli.verbs import Verbs

VERBS = {
    "add": ("cli.outlets.add", "Add the outlet whose home page is URL."),
    "list": ("cli.outlets.show", "List the outlets."),
    "show": ("cli.outlets.show", "Show an outlet's values, each marked set, found or default."),
    "test": ("cli.outlets.test", "Try an outlet without saving anything."),
    "check": ("cli.outlets.show", "Check outlets.toml, and say when each outlet is due."),
    "import": ("cli.outlets.add", "Add the outlets of an OPML file or of another outlets.toml."),
    "export": ("cli.outlets.show", "Print the outlets as OPML or TOML."),
    "on": ("cli.outlets.switch", "Collect from these outlets again."),
    "off": ("cli.outlets.switch", "Stop collecting from these outlets; what was collected stays."),
}


@click.group(cls=Verbs, table=VERBS)
def outlets() -> None:
    """Add, list, show, test, check, import and export outlets.

    \b
    newskeep outlets test https://www.example.org     try an outlet, save nothing
    newskeep outlets add https://www.example.org      collect from it from now on
    """
