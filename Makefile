# FIR's commands. Each installs what it needs into .venv first; the second time that takes no time.

.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
# What a newer installation replaces; tests add their own tools on top of what FIR runs on.
INSTALLED := .venv/installed
TEST_INSTALLED := .venv/installed-for-tests
UV := $(shell command -v uv 2>/dev/null)
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make pins"

.PHONY: help run test check bench screenshots pins

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' $(MAKEFILE_LIST)

run: $(INSTALLED) ## start FIR with a database and workers of its own, at http://localhost:8000 (FIR_PORT)
	@exec $(BIN)/python -m fir.embedded

test: $(TEST_INSTALLED) ## all tests (ARGS="-k feed" chooses some)
	@$(BIN)/python -m tests.run python -m pytest -n 2 $(ARGS)

check: $(TEST_INSTALLED) ## lint, format, types, import contracts, missing migrations, templates
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	@! find templates -name '*.html' | grep -q . || $(BIN)/python -m djlint --lint --quiet templates
	$(BIN)/lint-imports
	$(BIN)/python -m tests.run sh -c 'mypy cpl fir tests bench && python manage.py makemigrations --check --dry-run'

bench: $(TEST_INSTALLED) ## the benchmarks, each as a ratio against its own reference (ARGS="estates" chooses some)
	@$(BIN)/python -m tests.run --durable python -m bench $(ARGS)

screenshots: $(TEST_INSTALLED) ## the README's pictures anew, of a demo world of their own (needs Chromium)
	@$(BIN)/python -m tests.run python -m tests.browser.screenshots

pins: ## compile the pinned requirements anew (needs uv)
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) --group pyproject.toml:test -c requirements.txt -o tests/requirements.txt

.venv/pyvenv.cfg:
	@$(if $(UV),true,command -v $(PYTHON) >/dev/null) || { \
	  echo "FIR needs Python 3.11 or newer, and there is no '$(PYTHON)' here. Install one, or name it: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(if $(UV),true,$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))') || { \
	  echo "FIR needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) -V). Name a newer one: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(if $(UV),true,$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null) || { \
	  echo "This Python cannot make a virtual environment. On Debian: apt-get install python3-venv. Or install uv." >&2; exit 1; }
	@$(if $(UV),uv venv --quiet --allow-existing --python '>=3.11' .venv,$(PYTHON) -m venv .venv)

$(INSTALLED): requirements.txt .venv/pyvenv.cfg
	@$(if $(UV),uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.txt,$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt)
	@touch $@

$(TEST_INSTALLED): tests/requirements.txt $(INSTALLED)
	@$(if $(UV),uv pip install --quiet --python $(BIN)/python --require-hashes -r tests/requirements.txt,$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements.txt)
	@touch $@
