# Everything a developer, and CI, does to Morsel. Needs Python 3.11, its venv module and make.

PYTHON ?= python3
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
KEYS := k8s/overlays/local/secrets
COMPOSE_KEYS := .data/compose-keys

# What is installed is named by what was asked for: a changed lock file installs again, an old one never does.
fingerprint = $(shell cat requirements/$(1).txt | cksum | cut -d ' ' -f 1)
RUN := $(VENV)/.installed-run-$(call fingerprint,embedded)
DEV := $(VENV)/.installed-dev-$(call fingerprint,dev)

.DEFAULT_GOAL := help
.SUFFIXES:
.PHONY: help up test test-all coverage check lint types imports deps schema format lock k8s-secrets compose-keys clean

help: ## List what can be made.
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

up: $(RUN) ## Run all of Morsel on port 8000 (ARGS="--port 9000 --data DIR" and others: ARGS=--help).
	@$(BIN)/python -m morsel up $(ARGS)

# A file's tests share what it sets up; each process has a MongoDB of its own. One by one: ARGS="-n 0".
PYTEST := pytest --numprocesses=auto --dist=loadfile

test: $(DEV) ## Run the unit, integration and end-to-end tests; six minutes at most on two cores.
	@$(BIN)/python -m $(PYTEST) -m "not slow" $(ARGS)

test-all: coverage ## Run every test, the slow and outside ones too, and check the coverage.

coverage: $(DEV)
	@rm -f .coverage .coverage.*
	@$(BIN)/python -m coverage run -m $(PYTEST) $(ARGS)
	@$(BIN)/python -m coverage combine --quiet
	@$(BIN)/python -m coverage report

check: lint types imports deps schema ## Check style, types, layers, dependencies and the printed schema.

lint: $(DEV)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(DEV)
	@$(BIN)/mypy

imports: $(DEV)
	@$(BIN)/lint-imports --no-logo

deps: $(DEV)
	@$(BIN)/deptry .

schema: $(DEV)
	@$(BIN)/python -m morsel schema --check

format: $(DEV) ## Format the code, and mend what can be mended without thought.
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

# The files in place are read as wishes, so what need not move does not: delete them to move everything.
LOCK = $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock"

lock: $(DEV) ## Pin the requirements of pyproject.toml again, with their hashes.
	@$(LOCK) --extra traces --output-file requirements/runtime.txt
	@$(LOCK) --constraints requirements/runtime.txt --extra embedded --output-file requirements/embedded.txt
	@$(LOCK) --constraints requirements/embedded.txt --extra embedded --group dev --output-file requirements/dev.txt
	@$(BIN)/uv pip compile --group build --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" \
		--output-file requirements/build.txt

k8s-secrets: $(RUN) ## Make the keys of a local cluster, once: k8s/overlays/local/secrets, ignored by git.
	@$(BIN)/python k8s/overlays/local/make_secrets.py $(KEYS)

compose-keys: $(RUN) ## Make the keys of compose.yaml, once: .data/compose-keys and .env, ignored by git.
	@mkdir -p .data
	@$(BIN)/python k8s/overlays/local/make_secrets.py $(COMPOSE_KEYS) .env

clean: ## Remove what the tools made; data in .data and keys of a local cluster stay.
	@rm -rf $(VENV) .cache .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache \
		build dist *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Morsel needs Python 3.11 or later; say which with: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "Python's venv module is missing; run: apt-get install -y python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps

$(RUN): | $(VENV)/bin/python
	@echo "Installing what Morsel runs on (once) ..."
	@$(PIP) --require-hashes -r requirements/build.txt -r requirements/embedded.txt
	@$(PIP) --no-build-isolation --editable .
	@rm -f $(VENV)/.installed-run-* && touch $@

$(DEV): | $(VENV)/bin/python
	@echo "Installing what Morsel runs on and is developed with (once) ..."
	@$(PIP) --require-hashes -r requirements/build.txt -r requirements/dev.txt
	@$(PIP) --no-build-isolation --editable .
	@rm -f $(VENV)/.installed-* && touch $@ $(RUN)
