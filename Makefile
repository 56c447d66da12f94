.PHONY: setup test demo lint lock

setup: .venv/.ready

.venv/.ready: requirements.lock pyproject.toml tools/setup.py
	python3 tools/setup.py

test: setup
	.venv/bin/python -m pytest -m "not slow"

demo: setup
	.venv/bin/newskeep demo

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

lock:
	uv pip compile --universal --generate-hashes --no-header --no-annotate --all-extras --no-emit-index-url --no-emit-find-links \
		--python-version 3.11 pyproject.toml --output-file requirements.lock
