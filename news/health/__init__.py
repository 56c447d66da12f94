"""The rules of health: what is wrong with an outlet, the machine or the archive. Each rule is one row beside its code.

A module of this package that holds a row is found by its presence; see `news.health.registry`.
"""
