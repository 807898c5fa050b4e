# leucel: `make run` does the main job, `make test` the tests; both set themselves up on a fresh machine.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH := .venv-bench
JOBS ?= auto
PROGRAMME ?= eque-cel
OUT ?= runs/$(PROGRAMME)

.PHONY: run test test-all check bench docs clean help

help:
	@echo "make run       run the programme $(PROGRAMME) and write its dossier to $(OUT)"
	@echo "make test      the tests (minutes on two cores)"
	@echo "make test-all  every test, the long statistical ones too"
	@echo "make check     lint, types, import contracts"
	@echo "make bench     benchmarks, as ratios against peers in the same run (~15 minutes)"
	@echo "make docs      the documentation site, in site/"

# One stamp for each lock file: what is installed follows the lock, and nothing is installed twice.
$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.docs: requirements/docs.txt $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/docs.txt
	@touch $@

$(BENCH)/.bench: requirements/bench.txt pyproject.toml
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: $(VENV)/.run
	$(BIN)/leucel run $(PROGRAMME) --out $(OUT) --force

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(JOBS)

test-all: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(JOBS) --slow all

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

# The peers of the benchmarks live apart: nothing else needs them.
bench: $(BENCH)/.bench
	$(BENCH)/bin/python benchmarks/run.py $(ARGS)

docs: $(VENV)/.docs
	$(BIN)/python -m mkdocs build --strict

clean:
	rm -rf $(VENV) $(BENCH) site build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
