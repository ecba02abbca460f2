# The set-up commands of the README: `make demo` and `make test`. They need Python 3.10 or newer, git and make.

PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
DEMO    = scan . --report credential-report.csv --as-of 2026-11-01
QUIET   = --quiet --disable-pip-version-check --no-input

.DEFAULT_GOAL := help
.PHONY: help demo test lint mutation lambda clean

help: ## Show what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

$(VENV)/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo 'Keyturn needs Python 3.10 or newer: make PYTHON=python3.12 …' >&2; exit 2; }
	@echo "Setting up $(VENV) (once) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install $(QUIET) -e .
	@$(BIN)/python -m compileall -q checker # else each start compiles, where PYTHONDONTWRITEBYTECODE is set
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	@echo "Adding what the tests need (once) …"
	@$(BIN)/pip install $(QUIET) -e '.[dev]'
	@touch $@

demo: $(VENV)/installed ## Scan the example in terraform/examples/quickstart and show what is found
	@cd terraform/examples/quickstart && set -- $(DEMO) && echo "$$ keyturn $$*" && code=0 && \
	  $(abspath $(BIN))/keyturn "$$@" || code=$$?; \
	  [ $$code = 1 ] && echo "The scan's exit code is 1, since there are findings. The demo worked."

test: $(VENV)/installed-dev ## Run the tests
	@$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/installed-dev ## Run the linter and the type checker
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

mutation: $(VENV)/installed-dev ## Mutate one room and see whether its tests notice: make mutation ROOM=rules
	@$(BIN)/pip install $(QUIET) -e '.[mutation]'
	@$(BIN)/python -m tests.mutation $(ROOM)

lambda: ## Build dist/lambda.zip for AWS Lambda (Python 3.13, x86_64), which the Terraform modules take
	@rm -rf build/lambda && mkdir -p build/lambda dist
	@$(PYTHON) -m pip wheel $(QUIET) --no-deps --wheel-dir build/lambda .
	@$(PYTHON) -m pip install $(QUIET) --target build/lambda/unpacked --python-version 3.13 --platform manylinux2014_x86_64 \
	  --only-binary=:all: --no-compile --no-warn-conflicts build/lambda/*.whl
	@$(PYTHON) terraform/modules/scan-function/package.py build/lambda/unpacked dist/lambda.zip
	@echo "dist/lambda.zip: handler checker.scheduled.run"

clean: ## Remove what make has made
	@rm -rf $(VENV) build dist .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
