# Every target works on a fresh clone with nothing prepared: the environment is made when it is missing and renewed when
# pyproject.toml changes. PYTHON=… chooses the Python, VENV=… the folder of the environment.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

ifeq ($(origin PYTHON), undefined)
PYTHON := $(shell .ci/find-python)
endif
VENV ?= .venv
BIN := $(VENV)/bin
VERSIONS := 3.11 3.12 3.13

# One stamp for each set of extras and each Python asked for, so that PYTHON=… on an old environment renews it.
PREPARED := $(VENV)/.prepared-$(subst /,_,$(PYTHON))-

.PHONY: help demo test test-all deep mutate bench lint check-install clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(PREPARED)test ## predict one of the five founding decisions
	@$(BIN)/imr predict examples/seed-003.yaml

test: $(PREPARED)test ## the test suite
	@$(BIN)/python -m pytest -q $(TESTS)

test-all: ## the test suite on every Python of 3.11, 3.12 and 3.13 that is here
	@ran= failed=; \
	for version in $(VERSIONS); do \
	    if python=$$(.ci/find-python $$version); then \
	        echo "Python $$version"; ran="$$ran $$version"; \
	        $(MAKE) test PYTHON="$$python" VENV=.venv-$$version || failed="$$failed $$version"; \
	    else \
	        echo "Python $$version is not here: left out"; \
	    fi; \
	done; \
	echo "ran on:$${ran:- nothing}; failed on:$${failed:- none}"; \
	[ -n "$$ran" ] && [ -z "$$failed" ]

deep: export HYPOTHESIS_PROFILE := deep
deep: test ## the test suite with many more generated cases

mutate: $(PREPARED)test ## change the rules one at a time, and list what the golden cases do not notice
	@PYTHONPATH=engine:tests $(BIN)/python tests/mutate.py

bench: $(PREPARED)bench ## speed and memory, beside other rules engines
	@$(BIN)/python bench/run.py $(BENCH)

lint: $(PREPARED)test-lint ## ruff, pyright and the import layers
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet --output-format concise
	@$(BIN)/pyright --pythonpath $(BIN)/python
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

check-install: ## install the wheel with all it needs in a new environment, away from the checkout, and run it
	@PYTHON="$(PYTHON)" .ci/check-install

clean: ## remove the environments and caches
	@rm -rf .venv .venv-3.* .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist
	@find engine tests bench .ci -name __pycache__ -type d -prune -exec rm -rf {} +

$(PREPARED)%: pyproject.toml .ci/prepare_environment.py
	@[ -n "$(PYTHON)" ]
	@"$(PYTHON)" .ci/prepare_environment.py $(VENV) $(subst -, ,$*)
	@touch "$@"
