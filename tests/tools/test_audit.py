"""`make audit` fails for a known fault, but not when the service cannot be reached."""

import json

from tools.audit import verdict


def test_a_known_fault_fails_and_is_named() -> None:
    fault = {"id": "PYSEC-2026-1", "fix_versions": ["2.0"]}
    report = {"dependencies": [{"name": "a", "version": "1.0", "vulns": [fault]}, {"name": "b", "version": "1"}]}

    assert verdict(json.dumps(report), "") == (1, ["a 1.0: PYSEC-2026-1, mended in 2.0"])


def test_no_fault_is_fine() -> None:
    report = {"dependencies": [{"name": "a", "version": "1.0", "vulns": []}]}

    assert verdict(json.dumps(report), "") == (0, ["audit: no known fault in 1 packages"])


def test_a_service_that_cannot_be_reached_is_said_and_fails_nothing() -> None:
    code, lines = verdict("", "Traceback\nConnectionError: api.osv.dev")

    assert code == 0
    assert lines == ["audit: NOT CHECKED, the advisory service cannot be reached: ConnectionError: api.osv.dev"]
