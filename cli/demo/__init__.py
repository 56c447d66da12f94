"""`newskeep demo`: the offline tour, which is an end-to-end test as well."""

import sys

import click

SECTION = "Begin"


@click.command()
@click.option("--keep", is_flag=True, help="Keep the tour's data folder and say where it is.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per check, and a summary.")
def demo(keep: bool, as_json: bool) -> None:
    """Show everything offline: four pretend outlets, crawled twice.

    \b
    newskeep demo                                  takes a minute, needs no network, keeps nothing
    newskeep demo --keep                           keeps the archive, to look around in it

    Everything that is shown is compared with what the pretend outlets published; exit code 8 if it differs.
    """
    from cli.demo.tour import take_tour

    sys.exit(take_tour(keep=keep, as_json=as_json))
