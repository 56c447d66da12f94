"""Entries of outlets.toml before they stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from news.outlets import Outlet


def outlet_of(entry: Mapping[str, Any]) -> Outlet:
    """The outlet that *entry* would be. Raises OutletsInvalid with what is wrong with it."""
    from crawler.outlets.edit import with_entries
    from crawler.outlets.file import parse_outlets

    return parse_outlets(with_entries("", [entry]), "the new entry").outlets[0]


def asked_for(entry: Mapping[str, Any]) -> Outlet:
    """The outlet of an entry that was typed at the command line. Raises UsageError for a value that cannot be used."""
    from crawler.outlets.values import OUTLET_KEYS, Wrong

    for key, value in entry.items():
        try:
            OUTLET_KEYS[key](value)
        except Wrong as wrong:
            said = f"{wrong.message}; {wrong.help}" if wrong.help else wrong.message
            raise click.UsageError(said, click.get_current_context(silent=True)) from wrong
    return outlet_of(entry)
