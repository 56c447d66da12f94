"""Prove that the archive is whole: checks of captures, rows and accounts, and the damage that they find."""
