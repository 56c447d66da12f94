# Everyday commands. `make setup` needs Python 3.11 to 3.13 and make, nothing else.
.PHONY: setup demo test test-slow drill drill-s3 lint format docs ruleset lock audit clean

PYTHON ?= python3

setup: .venv/.ready

.venv/.ready: requirements.lock pyproject.toml tools/setup.py
	$(PYTHON) tools/setup.py

demo: setup
	.venv/bin/newskeep demo

test: setup
	.venv/bin/python -m pytest --numprocesses auto --maxprocesses 4 -m "not slow and not drill"

test-slow: setup
	.venv/bin/python -m pytest -m slow

drill: setup
	.venv/bin/python -m pytest -m drill

drill-s3: setup
	VIRTUAL_ENV=$(CURDIR)/.venv .venv/bin/uv run --quiet --active --no-project --with s3fs --with 'moto[server]' \
		python -m pytest -m drill tests/e2e/drills/test_object_store.py

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/mypy tools
	.venv/bin/lint-imports

format: setup
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

audit: setup
	.venv/bin/python tools/audit.py

docs: setup
	.venv/bin/python tools/settings_page.py
	.venv/bin/python tools/outlets_page.py
	.venv/bin/python tools/rule_tables.py
	.venv/bin/python tools/health_table.py

ruleset: setup
	.venv/bin/python tools/ruleset.py

lock: setup
	.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --all-extras \
		--no-emit-index-url --no-emit-find-links --python-version 3.11 pyproject.toml --output-file requirements.lock

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis
