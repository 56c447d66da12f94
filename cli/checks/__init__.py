"""The checks of `newskeep doctor`. A check returns findings and raises no error of its own."""
