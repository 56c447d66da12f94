"""`newskeep outlets`: add, list, show, test, check, import, export and switch outlets."""

import click

from cli.verbs import Verbs

SECTION = "Begin"


@click.group(cls=Verbs, package="cli.outlets")
def outlets() -> None:
    """Add, list, show, test, check, import and export outlets.

    \b
    newskeep outlets test https://www.example.org     try an outlet, save nothing
    newskeep outlets add https://www.example.org      collect from it from now on
    """
