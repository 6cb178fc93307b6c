# Targets that run something make .venv first, where it is missing or older than the lock.
PYTHON_HERE := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help demo up test test-long test-races check coverage screenshots lock

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' Makefile

demo: .venv/.ok ## orders from checkout to the doorstep; ARGS="--orders 40 --seed 7 --exit --json FILE"
	@$(PYTHON_HERE) -m simulation.demo $(ARGS)

up: .venv/.ok ## the whole stack until Ctrl-C
	@$(PYTHON_HERE) -m simulation.up $(ARGS)

test: .venv/.ok ## the tests, without those that take minutes
	$(PYTHON_HERE) -m pytest -n 2 --dist loadgroup -m "not long" $(ARGS)

test-long: .venv/.ok ## the tests that take minutes
	$(PYTHON_HERE) -m pytest -m long $(ARGS)

test-races: .venv/.ok ## the claims about races, kills and outages
	$(PYTHON_HERE) -m pytest -m races $(ARGS)

check: .venv/.ok ## style, types, import rules, freshness of the lock
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PYTHON_HERE) .ci/lock_is_fresh.py

coverage: .venv/.ok ## the tests, and the lines and branches they reach
	$(PYTHON_HERE) -m pytest -n 2 --dist loadgroup -m "not long" --cov --cov-report=term $(ARGS)

screenshots: .venv/.ok ## the pictures of the README anew, with Debian's chromium
	$(PYTHON_HERE) -m pytest -n 0 tests/console/screenshots.py

lock: ## requirements.lock anew from pyproject.toml (with uv)
	uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11 \
	  pyproject.toml --extra embedded --group dev -o requirements.lock

.venv/.ok: requirements.lock
	@.ci/bootstrap
