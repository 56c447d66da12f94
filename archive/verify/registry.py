"""All checks, found by their presence in the package of checks."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

import archive.verify.checks
from archive.verify.check import Check


def _checks() -> list[Check]:
    modules = [import_module(f"{archive.verify.checks.__name__}.{module.name}")
               for module in iter_modules(archive.verify.checks.__path__)]  # fmt: skip
    return [value for module in modules for value in vars(module).values() if isinstance(value, Check)]


CHECKS: Mapping[str, Check] = {check.id: check for check in _checks()}
