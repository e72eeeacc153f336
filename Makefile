# `make demo` and `make test` do everything on a machine that has Python 3.11 or newer and nothing else.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

.DEFAULT_GOAL := help
.PHONY: help demo test torture browser sabotage quick check coverage mutation bench format docs golden readme pictures clean

help: ## What can be made
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/'

INSTALL := install --quiet --constraint constraints.txt --editable '.[dev]'

# uv where it is there and works (pip knows settings of a machine that uv doesn't), else pip
$(READY): pyproject.toml constraints.txt
	@if command -v uv >/dev/null \
	  && { [ -x $(BIN)/python ] || uv venv --quiet --python '>=3.11' .venv; } \
	  && VIRTUAL_ENV=.venv uv pip $(INSTALL); then :; else \
	  $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=…")' \
	  && { [ -x $(BIN)/pip ] || $(PYTHON) -m venv --clear .venv; } \
	  && $(BIN)/python -m pip --disable-pip-version-check $(INSTALL); \
	fi
	@touch $@

demo: $(READY) ## Walk a sample workspace: plan, rejection, repair, report
	@$(BIN)/tenantry demo

# as many processes as there are processors, up to four: each may have a server and a browser of its own
PARALLEL := --numprocesses auto --maxprocesses 4 --dist worksteal

AXE := tests/browser/node_modules/axe-core/axe.min.js

$(AXE): tests/browser/package.json
	@npm install --silent --ignore-scripts --no-package-lock --no-audit --no-fund --fetch-retries 1 --prefix $(<D) \
	  && touch $@ || echo 'axe-core could not be installed: pages are looked at without it' >&2

test: $(READY) $(if $(TESTS_BROWSER),$(AXE)) ## All tests; those of HTML are skipped where Chromium lacks
	@$(BIN)/python -m pytest $(PARALLEL)

browser: $(READY) $(AXE) ## The tests of HTML, in Chromium
	@TESTS_BROWSER=required $(BIN)/python -m pytest tests/browser

torture: $(READY) ## The long half: fuzz, crashes, hammer; at most 15 minutes
	@$(BIN)/python tests/torture

sabotage: $(READY) ## Put deliberate faults into copies of the code: the tests must see every one
	@$(BIN)/python tests/sabotage

quick: $(READY) ## The tests that take seconds
	@$(BIN)/python -m pytest $(PARALLEL) -m 'not slow'

check: $(READY) ## Lint, format, types, the house, generated documents
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_house.py
	$(BIN)/tenantry rules --format markdown | diff docs/rules.md - || { echo 'docs/rules.md is out of date: make docs'; exit 1; }

coverage: $(READY) ## Every branch of model, documents and planning is tested
	$(BIN)/python -m coverage run -m pytest
	$(BIN)/python -m coverage report --skip-covered --show-missing --fail-under 100 \
	  --include 'src/tenantry/model/*,src/tenantry/documents/*,src/tenantry/planning/*'

mutation: $(READY) ## Mutation score of planning, documents and ledger, by a sample; takes an hour
	@for room in planning documents ledger; do nice -n 19 $(BIN)/python benchmarks/mutation.py $$room; done

bench: $(READY) ## Measure speed and memory, beside floors and other tools; takes minutes
	@$(BIN)/python benchmarks/run.py

format: $(READY) ## Lay the code out
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

docs: $(READY) ## Write docs/rules.md from the tables of rules
	$(BIN)/tenantry rules --format markdown=docs/rules.md

golden: $(READY) ## Write the golden plans anew; read the difference before it is committed
	TESTS_REWRITE=1 $(BIN)/python -m pytest tests/test_golden.py

readme: $(READY) ## Write the outputs in the README anew
	TESTS_REWRITE=1 $(BIN)/python -m pytest tests/test_readme.py

pictures: $(READY) ## Write docs/pictures anew; needs Chromium
	@$(BIN)/python tests/browser/pictures.py

clean: ## Remove what was made
	rm -rf .venv build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache tests/browser/node_modules
