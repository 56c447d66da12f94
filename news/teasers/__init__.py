"""Set aside what reads like a teaser or a promo, whatever its markup is.

A rule is a function with the decorator `teaser_rule` in any module of this package, with its id beside it. It judges
whole paragraphs ("Other news" also opens sentences) and returns new labels; no block is lost.
"""

from importlib import import_module
from pkgutil import iter_modules

from news.notices import is_promo
from news.teasers.rules import remove_teasers

__all__ = ["is_promo", "remove_teasers"]

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
