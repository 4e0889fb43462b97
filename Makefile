# Tifa. Needs git, make and Python 3.11 or newer; on Windows use `pip install .` in place of make.
.PHONY: figures test browser-test docs lab lock lint clean
.DEFAULT_GOAL := figures
.DELETE_ON_ERROR:

PYTHON ?= python3
BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null)
INSTALL := $(if $(UV),uv pip install --quiet --compile-bytecode --python $(BIN)/python,$(BIN)/python -m pip install -qq --disable-pip-version-check)

# make figures [CORPUS=folder]; a variable given to make reaches the command's environment by itself
figures: .venv/installed
	$(BIN)/python -m analysis figures

test: .venv/installed
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

browser-test: .venv/installed
	$(BIN)/python -m pytest tests/browser -m browser

# The site: tutorial, notebooks as they run on the sample, reference; open docs/_build/html/index.html.
docs: .venv/installed
	$(BIN)/python -m sphinx -W --keep-going -q docs docs/_build/html

# make bench: Tifa beside a plain pipeline, on the corpora in ../shared; for numbers worth keeping, on an idle machine
bench: .venv/installed
	$(BIN)/python -m analysis evaluate speed

lab: .venv/installed
	$(BIN)/jupyter lab notebooks

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/mypy

# The versions in the lock, the same on every Python and system, so that figures are too.
# argon2-cffi-bindings 25 is the last with wheels for Macs with Intel processors.
COMPILE = $(or $(UV),$(BIN)/uv) pip compile --quiet --upgrade --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-header --no-annotate
lock: $(if $(UV),,.venv/installed)
	$(if $(UV),,$(BIN)/python -m pip install --quiet uv)
	echo 'setuptools>=77' | $(COMPILE) - --output-file requirements-build.lock
	echo 'argon2-cffi-bindings<26' | $(COMPILE) - pyproject.toml --all-extras --output-file requirements.lock

clean:
	rm -rf .venv build dist docs/_build docs/api docs/pages *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/locked: requirements-build.lock requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Tifa needs Python 3.11 or newer, but PYTHON=$(PYTHON) is $$($(PYTHON) --version 2>&1). Name a newer one: make PYTHON=python3.12" >&2; exit 1; }
	@echo 'Setting up .venv from requirements.lock; this takes a minute or two.'
	$(PYTHON) -m venv --clear .venv
	$(INSTALL) --require-hashes -r requirements-build.lock
	$(INSTALL) --require-hashes --no-build-isolation -r requirements.lock
	$(BIN)/jupyter labextension disable --level=sys_prefix @jupyterlab/apputils-extension:announcements 2>/dev/null # no news, no update check
	touch $@

.venv/installed: .venv/locked pyproject.toml
	$(INSTALL) --no-deps --no-build-isolation --editable .
	touch $@
