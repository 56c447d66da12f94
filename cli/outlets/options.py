"""Options that several verbs of `newskeep outlets` have."""

import click

as_json = click.option("--json", "json_", is_flag=True, help="One JSON object a line.")
dry_run = click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
