# Everything this repository does, by name. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PORT ?= 8000
# All data of one archive lives in one folder; two folders are two archives.
DATA ?= $(CURDIR)/fanthology-data
BIN := .venv/bin
# Tests to run, options to pytest:  make test TESTS="tests/formats -x"
TESTS ?=
WORKERS ?= 2

.PHONY: help demo serve setup setup-check setup-test test test-postgres lint format bench lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: setup  ## set up, rescue the demo archive and serve it on http://127.0.0.1:8000 (PORT=…)
	@FANTHOLOGY_DATA="$${FANTHOLOGY_DATA:-$(DATA)/demo}" exec $(BIN)/fanthology demo --port $(PORT)

serve: setup  ## serve your own archive (data in FANTHOLOGY_DATA or fanthology-data/archive)
	@FANTHOLOGY_DATA="$${FANTHOLOGY_DATA:-$(DATA)/archive}" exec $(BIN)/fanthology serve --port $(PORT)

setup:  ## make .venv with the `fanthology` command in it
	@setup/ready run

setup-check:
	@setup/ready check

setup-test:
	@setup/ready test

test: setup-test lint-only  ## everything a merge must pass: style, types, floors, all tests
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup --cov --cov-report= --cov-report=json --coverage-floor=$(if $(strip $(TESTS)),report,fail) $(TESTS)

test-postgres: setup-test  ## the suite once more, on a throw-away PostgreSQL
	$(BIN)/python -m tests.postgres $(BIN)/pytest -n $(WORKERS) --dist loadgroup -m "not journey" $(TESTS)

lint: setup-check lint-only  ## style, types and floors, without the tests

.PHONY: lint-only
lint-only:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	FANTHOLOGY_SECRET_KEY=the-type-checker-needs-none $(BIN)/mypy
	$(BIN)/lint-imports

format: setup-check  ## let ruff write the style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup-check  ## a five-minute selection of the benchmarks; tables here, JSON in benchmarks/results
	$(BIN)/python -m benchmarks

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header
lock: setup-check  ## write the locked lists anew (UPGRADE=1: with the newest versions)
	$(LOCK) $(if $(UPGRADE),--upgrade) pyproject.toml requirements/build.in -o requirements/run.txt
	$(LOCK) $(if $(UPGRADE),--upgrade) pyproject.toml requirements/build.in requirements/test.in \
		-c requirements/run.txt -o requirements/test.txt

clean:  ## remove what can be made again (never your data)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.* tests/artefacts build dist .setup.lock
