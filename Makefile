# graphsvc: `make demo` to try it, `make test` to check it. Nothing is installed outside .venv and .cache, but a
# Chromium for the browser tests where the system has none.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
NODE := .cache/node
GEPHI := .cache/gephi
NPM := npm --silent --no-audit --no-fund --no-update-notifier --ignore-scripts --cache $(CURDIR)/.cache/npm

.DEFAULT_GOAL := help
.PHONY: help demo test lint types check lock bench soak chromium clean

help:
	@echo "make demo    an invented case in the browser, from nothing"
	@echo "make test    everything the tests check"
	@echo "make check   lint and types of code, templates and scripts (needs Node.js)"
	@echo "make bench   what is measured: speed and ranking"
	@echo "make soak    fifty readers for an hour at a large case (PEOPLE=10000)"
	@echo "make lock    the lock files anew from pyproject.toml and package.json"
	@echo "make clean   take away what make made"

demo: $(VENV)/.installed
	@exec $(BIN)/graphsvc demo

# Tests wait for their Neo4j for a good part of their time, so there is one worker more than processors; each has a Neo4j.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(min(4, (os.cpu_count() or 1) + 1))')
test: $(VENV)/.installed-dev chromium $(if $(shell command -v npm),$(NODE)/.installed) $(if $(shell command -v javac),$(GEPHI)/.fetched)
	@GRAPHSVC_JARS="$${GRAPHSVC_JARS:-$(CURDIR)/.cache/jars}" $(BIN)/python -m pytest -n $(WORKERS) \
	  --dist loadfile --no-loadscope-reorder --durations 25 $(ARGS)

check: lint types

lint: $(VENV)/.installed-dev $(NODE)/.installed
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/djlint --quiet --lint graphsvc/web
	@$(NODE)/node_modules/.bin/biome check --error-on-warnings

types: $(VENV)/.installed-dev $(NODE)/.installed
	@$(BIN)/mypy
	@$(NODE)/node_modules/.bin/tsc -p .

bench: $(VENV)/.installed-dev
	@$(BIN)/python -m bench $(ARGS)

PEOPLE ?= 10000
soak: $(VENV)/.installed-dev
	@$(BIN)/python -m bench readers --people $(PEOPLE) --seconds 3600 --processes 0

# npm writes into its lock where to send money as well: addresses, and no part of what is checked.
define WITHOUT_HOSTS
import json, pathlib
path = pathlib.Path("package-lock.json")
lock = json.loads(path.read_text("utf-8"))
for package in lock["packages"].values():
    package.pop("funding", None)
path.write_text(json.dumps(lock, indent=2) + "\n", "utf-8")
endef
export WITHOUT_HOSTS

lock: $(VENV)/.installed-dev
	@for pair in "requirements.lock:--group install --extra fast" \
	             "requirements-dev.lock:--group dev --extra fast --extra postgres"; do \
	  $(BIN)/uv pip compile -q pyproject.toml $${pair#*:} --universal --python-version 3.11 --generate-hashes \
	    --no-header --no-emit-find-links --no-emit-index-url --upgrade -o $${pair%%:*} || exit 1; \
	done
	@$(NPM) install --package-lock-only --omit-lockfile-registry-resolved
	@$(BIN)/python -c "$$WITHOUT_HOSTS"

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "graphsvc needs Python 3.11 or later as $(PYTHON). Install it, or say which: PYTHON=python3.12 make demo" >&2; \
	  exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "$(PYTHON) cannot make a virtual environment here. Check that the folder is writable, has space, and that" \
	       "Python's venv module is installed (Debian: apt install python3-venv)." >&2; rm -rf $(VENV); exit 1; }

# Only what the lock names is installed, each file checked against its hash; then the checkout itself, offline. uv, of the
# same lock, does it in a tenth of pip's time; what it cannot reach (it reads no pip.conf) pip may.
UV := $(BIN)/uv --quiet --cache-dir .cache/uv pip install --python $(BIN)/python
define INSTALL
@echo "Installing what $< names into $(VENV) (once) ..." >&2
@awk '/^[^ #]/ { of_uv = /^uv==/ } of_uv' $< > $(VENV)/uv.lock
@{ $(PIP) install -q --no-compile --require-hashes -r $(VENV)/uv.lock && $(UV) --require-hashes -r $<; } \
  || $(PIP) install -q --no-compile --require-hashes -r $< || { \
  echo "The packages could not be installed. Check the network and the disk's space, then run make again." >&2; exit 1; }
@$(PIP) install -q --no-deps --no-build-isolation --no-index -e .
@touch $@
endef

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(INSTALL)

$(VENV)/.installed-dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	$(INSTALL)
	@touch $(VENV)/.installed

# What checks the scripts, and reads exports in tests, comes from npm by version and hash; nothing of it is served or shipped.
# Without npm the tests that read with it are skipped, and say so; where CI is set they fail instead.
$(NODE)/.installed: package.json package-lock.json
	@command -v npm >/dev/null || { \
	  echo "The checks of the scripts need Node.js 18 or later with npm: install it (Debian: apt install nodejs npm)." >&2; exit 1; }
	@mkdir -p $(NODE) && cp package.json package-lock.json $(NODE)
	@cd $(NODE) && $(NPM) ci || { \
	  echo "What package.json names could not be installed. Check the network and the disk's space, then run make again." >&2; exit 1; }
	@touch $@

# Gephi's toolkit, which reads exports in tests, comes from Maven by version and hash as the jars of Neo4j do; nothing imports
# or ships it. Without it, or without a JDK to read with, these tests are skipped, and say so; where CI is set they fail instead.
$(GEPHI)/.fetched: tests/views/gephi.lock | $(VENV)/.installed-dev
	@$(BIN)/python -m tests.views.gephi && touch $@ \
	  || echo "Gephi's toolkit could not be fetched: the tests that read with it will be skipped." >&2

# Without any Chromium the browser tests are skipped, and say so; where CI is set they fail instead.
# The shell of Chromium that has no window does the same with less than half the work; any other will do.
CHROMIUMS := chromium-headless-shell chromium chromium-browser google-chrome
ANY_CHROMIUM := $(foreach name,$(CHROMIUMS),command -v $(name) >/dev/null ||) false
APT := [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get -qq -y
chromium: $(VENV)/.installed-dev
	@$(if $(CI),command -v $(firstword $(CHROMIUMS)) >/dev/null,$(ANY_CHROMIUM)) \
	  || { $(APT) update >/dev/null && $(APT) install $(firstword $(CHROMIUMS)) >/dev/null 2>&1; } \
	  || $(ANY_CHROMIUM) \
	  || { $(APT) install chromium >/dev/null; } \
	  || $(BIN)/playwright install --only-shell chromium \
	  || echo "No Chromium can be had: the browser tests will be skipped." >&2

clean:
	rm -rf $(VENV) .cache build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
