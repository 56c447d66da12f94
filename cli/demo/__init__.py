"""`newskeep demo`: the offline tour, and the end-to-end test."""

import sys

import click

SECTION = "Begin"


@click.command()
@click.option("--keep", is_flag=True, help="Keep the tour's data folder and say where it is.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per check, and a summary.")
def demo(keep: bool, as_json: bool) -> None:
    """The offline tour: four pretend outlets, crawled twice, and a look at what became of them.

    \b
    newskeep demo                                  takes a minute, needs no network, leaves nothing behind
    newskeep demo --keep                           leaves the archive it made, to look around in

    Everything that is shown is checked against what the pretend outlets printed; exit code 8 when it does not fit.
    """
    from cli.demo.tour import take_tour

    sys.exit(take_tour(keep=keep, as_json=as_json))
