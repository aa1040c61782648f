# Needs make and Python 3.11 or newer; everything else goes into .venv.
# Another interpreter: make PYTHON=/usr/bin/python3.12 test

PYTHON ?= python3
WORKERS ?= auto
# Idle workers take over what others have not begun: some tests take a hundred times the usual.
PYTEST := pytest -n $(WORKERS) --dist worksteal -q
BENCH_ARGS ?= --small
SEED ?= 1
STEPS ?= 20000
INPUTS ?= 1000000
SECONDS_EACH ?= 20

VENV := .venv
BIN := $(VENV)/bin
COMPILED := $(CURDIR)/build/compiled
STAMP := $(VENV)/.installed
NODE_STAMP := examples/typescript/node_modules/.installed
TYPED := $(strip routing allocation protos tests examples/python $(patsubst %/,%,$(sort $(dir $(wildcard bench/*.py tools/*.py docs/*.py)))))
BENCHES := $(patsubst bench/%.py,%,$(wildcard bench/optimizer.py bench/policies.py bench/service.py bench/ledger.py bench/activation.py bench/rules.py bench/kinds.py bench/plain.py bench/rating.py bench/startup.py))
DOCS_GENERATOR := $(wildcard docs/generate.py)

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## this list
	@echo "targets:"
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1|\2/p' $(firstword $(MAKEFILE_LIST)) \
		| awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

# --- set-up -----------------------------------------------------------------

$(STAMP): pyproject.toml constraints.txt
	@command -v "$(PYTHON)" >/dev/null || { \
		echo >&2 "$(PYTHON) is not on the PATH; install Python 3.11 or newer, or say make PYTHON=/path/to/python3"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo >&2 "ShipFrom needs Python 3.11 or newer; $(PYTHON) is $$("$(PYTHON)" -V 2>&1). Say make PYTHON=/path/to/a/newer/python3"; exit 1; }
	@test -x $(BIN)/python || { echo "creating $(VENV)"; "$(PYTHON)" -m venv $(VENV); }
	@echo "installing the locked dependencies into $(VENV)"
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

.PHONY: setup examples
setup: $(STAMP) ## create .venv with everything that is locked

examples: $(NODE_STAMP) ## install the packages of the TypeScript example (needs npm)

# Without npm or its registry, the tests of the TypeScript example are skipped and say so.
$(NODE_STAMP): examples/typescript/package-lock.json
	@if ! command -v npm >/dev/null; then echo "examples/typescript: no npm here; its tests are skipped"; \
	elif (cd examples/typescript && npm ci --ignore-scripts --no-audit --no-fund --silent --fetch-timeout=20000 --fetch-retries=1); \
	then touch $@; else echo "examples/typescript: npm ci failed; its tests are skipped"; fi

# --- use --------------------------------------------------------------------

.PHONY: demo serve compiled serve-compiled bench
demo: $(STAMP) ## plan example orders and explain the choices
	@$(BIN)/shipfrom demo

serve: $(STAMP) ## start the gRPC server
	@$(BIN)/shipfrom serve

compiled: $(STAMP) ## compile what plans, into build/compiled (needs a C compiler)
	@$(BIN)/python -m tools.compiled $(COMPILED)

serve-compiled: compiled ## start the gRPC server of the compiled build
	@PYTHONPATH=$(COMPILED) $(BIN)/shipfrom serve

bench: $(STAMP) ## run every benchmark at a small size (BENCH_ARGS= for full size)
	@set -e; for name in $(BENCHES); do echo "== bench.$$name"; $(BIN)/python -m bench.$$name $(BENCH_ARGS); done

# --- test and check ---------------------------------------------------------

.PHONY: test test-compiled soak
test: $(STAMP) $(NODE_STAMP) ## run the tests, without the long soak runs
	@$(BIN)/$(PYTEST) -m "not soak"

# Tests import from the compiled tree, not the checkout; what they start does, too.
test-compiled: compiled ## run the tests of what plans and serves on the compiled build
	@PYTHONPATH=$(COMPILED) $(BIN)/shipfrom --version | grep compiled
	@PYTHONPATH=$(COMPILED) PYTHONSAFEPATH=1 $(BIN)/$(PYTEST) -m "not soak and not pure" \
		tests/routing tests/allocation tests/fuzz tests/simulation tests/compiled

soak: $(STAMP) ## run the long tests
	@$(BIN)/pytest -m soak --timeout 0 --hypothesis-profile search

.PHONY: soak-ledger
soak-ledger: $(STAMP) ## kill ledgers, servers and databases for long (SEED=1 STEPS=20000)
	@$(BIN)/python -m tests.simulation.soak --seed $(SEED) --steps $(STEPS)

.PHONY: check check-style check-types check-imports check-contract check-docs check-dependencies
check: check-style check-types check-imports check-contract check-docs check-dependencies ## every static check (make -k check: all findings)

check-style: $(STAMP)
	@echo "style: ruff"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo >&2 "not formatted; run $(BIN)/ruff format ."; exit 1; }

check-types: $(STAMP)
	@echo "types: mypy --strict $(TYPED)"
	@$(BIN)/mypy --strict $(TYPED)

check-imports: $(STAMP)
	@echo "imports: import-linter"
	@found=$$($(BIN)/lint-imports --no-logo 2>&1) || { echo >&2 "$$found"; exit 1; }

check-contract: $(STAMP)
	@$(BIN)/python protos/generate.py --check --lint --breaking

check-docs: $(STAMP)
	@$(if $(DOCS_GENERATOR),$(BIN)/python $(DOCS_GENERATOR) --check,:)

check-dependencies: $(STAMP)
	@$(BIN)/python -m tools.audit

.PHONY: fuzz faults
faults: $(STAMP) ## kill, fill, lock, freeze and step the clock under load (SECONDS_EACH=20); fails if anything acknowledged is lost
	@$(BIN)/python -m tests.faults --seconds $(SECONDS_EACH)

fuzz: $(STAMP) ## send changed requests, bytes and files (INPUTS=1000000 SEED=1); fails on any that is not answered properly
	@$(BIN)/python -m tests.fuzz --inputs $(INPUTS) --seed $(SEED)

# --- maintain ---------------------------------------------------------------

.PHONY: generate release-contract lock clean distclean
generate: $(STAMP) ## compile protos/ to Python (and the reference pages, once there is a generator)
	@$(BIN)/python protos/generate.py
	@$(if $(DOCS_GENERATOR),$(BIN)/python $(DOCS_GENERATOR),:)

release-contract: $(STAMP) ## record protos/ as released: later changes must not break it
	@$(BIN)/python protos/generate.py --release

lock: ## write what is installed in .venv to constraints.txt
	@test -x $(BIN)/python || { echo >&2 "there is no $(VENV); run make setup first"; exit 1; }
	@{ echo "# Versions that are tested together. Written by: make lock"; \
		$(BIN)/python -m pip list --disable-pip-version-check --format=freeze --exclude-editable \
			--exclude pip --exclude setuptools --exclude wheel | LC_ALL=C sort -f; } > $(VENV)/constraints.new
	@mv $(VENV)/constraints.new constraints.txt
	@touch $(STAMP)
	@echo "constraints.txt: $$(grep -c == constraints.txt) versions"

clean: ## remove caches and build output
	@rm -rf build dist examples/typescript/dist examples/typescript/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage *.egg-info
	@find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

distclean: clean ## remove .venv too
	@rm -rf $(VENV)
