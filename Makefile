# Two commands do everything, set-up included:   make demo     make test
# `make help` lists the rest. GNU make 3.81 and newer.

# Interpreter to start from (3.11 or newer), place of the virtual environment, and the package index for
# PyTorch alone, for example TORCH_INDEX=https://download.pytorch.org/whl/cpu for the small CPU build.
PYTHON ?= python3
VENV ?= .venv
TORCH_INDEX ?=
export PYTHON VENV TORCH_INDEX

BIN := $(VENV)/bin
RUN := $(BIN)/python -m
PYTEST := $(RUN) pytest
# More arguments for pytest: make test PYTEST_ARGS="-k chunking -x"
PYTEST_ARGS ?=
# Where `make demo` and `make eval` put their indexes.
BUILD ?= build
# Arguments of `make bench`: names of benchmarks, --short, --large, --check (docs/benchmarks.md).
BENCH_ARGS ?=
# Parts of `make crash`, all where none is named: kills power-loss publish-errors build-errors builders system-calls.
CRASH ?=
PEERS := build/peers
SHELL_SCRIPTS := $(wildcard scripts/*.sh) .ci/run

.DEFAULT_GOAL := help
.PHONY: help install demo test test-full crash check fix bench quality ablation eval docs container clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

install: ## make .venv with everything pinned by constraints.txt (done by the other targets as needed)
	@bash scripts/install.sh

demo: install ## build an index from examples/vault and ask it two questions
	@BIN=$(BIN) BUILD=$(BUILD) bash scripts/demo.sh

test: install ## run the tests that need nothing but pip
	$(PYTEST) -m "not full" $(PYTEST_ARGS)

test-full: install ## run the tests that need system packages or more time
	$(PYTEST) -m full $(PYTEST_ARGS)

crash: install ## kill, starve and cut off builds for half an hour; CRASH=kills for one part (docs/reliability.md)
	PYTHONPATH=tests/helpers $(RUN) faults $(CRASH)

check: install ## format, lint, types, import direction, generated docs, workflows, Dockerfile
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/yamllint --strict .github .pre-commit-config.yaml .yamllint.yaml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/zizmor --offline --no-progress --quiet .github/workflows
	$(BIN)/hadolint Dockerfile
	$(BIN)/shellcheck $(SHELL_SCRIPTS)
	@if [ -f scripts/generate_docs.py ]; then set -x; $(BIN)/python scripts/generate_docs.py --check; fi

fix: install ## format the code and repair what ruff can repair
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

bench: install $(if $(findstring --short,$(BENCH_ARGS)),,$(PEERS)/.installed) ## measure against peers; BENCH_ARGS="--short --check" for CI
	$(RUN) benchmarks $(BENCH_ARGS)

quality: install $(PEERS)/.installed ## rank the development sets below $RCA_CORPORA, beside the peers
	$(RUN) benchmarks quality

ablation: install ## say what each part of the ranking is worth on the development sets
	$(RUN) benchmarks ablation

# The peers have a virtual environment of their own; PyTorch comes first, from TORCH_INDEX where that is set.
$(PEERS)/.installed: requirements/peers.txt
	rm -rf $(PEERS)
	mkdir -p $(dir $(PEERS))
	$(PYTHON) -m venv $(PEERS) || $(PYTHON) -m virtualenv --quiet $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) --no-deps $(shell grep '^torch==' requirements/peers.txt)
	$(PEERS)/bin/python -m pip install --quiet -r requirements/peers.txt
	touch $@

eval: install ## score the four development sets below $RCA_CORPORA
	@BIN=$(BIN) BUILD=$(BUILD) bash scripts/evaluate_corpora.sh

docs: install ## write the generated parts of docs/ anew
	$(BIN)/python scripts/generate_docs.py

container: install ## run the Dockerfile's steps without a container: install, build an index, serve, ask
	@bash scripts/container_smoke.sh

clean: ## remove build output, caches and .venv (index/ stays)
	rm -rf $(BUILD) dist .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
