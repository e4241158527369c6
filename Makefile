# What people and CI type. Each target first installs what it needs into .venv, from hashes alone.
# Everything but a programme's own output goes to stderr, so that `make rehearse ARGS=…` can be piped.

PYTHON ?= python3
ARGS ?=
VENV := .venv
RUN := $(VENV)/bin/python -m
# One more than there are processors: some tests wait for a process that was killed to come back.
WORKERS := $(shell $(PYTHON) -c 'import os; print(min((os.cpu_count() or 1) + 1, 8))')
# Newer than the lock file: the environment is ready, and later runs lose no time.
READY := $(VENV)/.ready

.PHONY: help install rehearse test setup serve check soak chaos format lock

help:
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' Makefile | expand -t 16

install: $(READY) ## an environment with everything, in .venv
	@echo "Ready: $(VENV)" >&2

rehearse: $(READY) ## the whole product on this machine, without an account anywhere
	@$(RUN) app rehearse $(ARGS)

test: $(READY) ## every test, the layer contracts and the tidy tests among them
	@$(RUN) pytest --numprocesses=$(WORKERS) --dist=worksteal $(ARGS)

setup: $(READY) ## make the GitHub App, once (PUBLIC_URL=where people and GitHub reach this server)
	@$(RUN) app setup $(ARGS)

serve: $(READY) ## the server, with what setup wrote
	@$(RUN) app serve $(ARGS)

check: $(READY) ## what CI runs: format, lint, types, test
	@$(RUN) ruff format --check --quiet . || { echo "Not in format: make format" >&2; exit 1; }
	@$(RUN) ruff check --quiet .
	@$(RUN) mypy
	@$(MAKE) --no-print-directory test

soak: $(VENV)/.soak ## look for input that breaks the parsers, and walk through tickets (ARGS=seconds)
	@$(RUN) tests.soak $(or $(ARGS),600)

chaos: $(READY) ## let everything fail, and kill the product, again and again (ARGS=rounds)
	@for round in $$(seq $(or $(ARGS),10)); do \
	  seed=$$(od -An -N4 -tu4 /dev/urandom | tr -d ' '); echo "round $$round: CHAOS_SEED=$$seed" >&2; \
	  CHAOS_SEED=$$seed $(RUN) pytest -q --numprocesses=$(WORKERS) --dist=worksteal tests/stories/test_chaos.py tests/stories/test_kill.py || exit 1; \
	done

format: $(READY) ## put every file into the one format
	@$(RUN) ruff format --quiet .
	@$(RUN) ruff check --quiet --fix .

# uv resolves for every platform at once and names no index in what it writes. Only who changes a
# dependency needs it, so it lives in a place of its own.
UV := .cache/lock/bin/uv
LOCK := UV_PYTHON_DOWNLOADS=never $(UV) pip compile pyproject.toml --quiet --universal \
	--python-version 3.11 --generate-hashes --no-header --no-annotate

lock: $(UV) ## requirements*.txt anew, after a dependency changed (ARGS=--upgrade for all of them)
	@$(LOCK) $(ARGS) --output-file requirements.txt >&2
	@$(LOCK) $(ARGS) --extra dev --constraint requirements.txt --output-file requirements-dev.txt >&2
	@$(LOCK) $(ARGS) --extra soak --constraint requirements.txt --output-file requirements-soak.txt >&2

$(UV):
	@$(PYTHON) -m venv .cache/lock >&2
	@.cache/lock/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9 >&2

$(READY): requirements-dev.txt
	@{ set -e; \
	command -v $(PYTHON) >/dev/null || { \
	  echo "Mainstay needs Python 3.11 or newer, and there is no '$(PYTHON)' here." \
	       "On Debian: apt-get install python3 python3-venv"; exit 1; }; \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Mainstay needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) -V 2>&1)." \
	       "If you have a newer one, name it: make install PYTHON=python3.13"; exit 1; }; \
	$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Python's venv module is missing. On Debian: apt-get install python3-venv"; exit 1; }; \
	$(RUN) pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV); \
	echo "Installing what Mainstay needs into $(VENV). This takes a minute, once."; \
	$(RUN) pip install --quiet --disable-pip-version-check --no-input \
	  --require-hashes --no-deps --requirement requirements-dev.txt; \
	touch $(READY); } >&2

$(VENV)/.soak: requirements-soak.txt $(READY)
	@$(RUN) pip install --quiet --disable-pip-version-check --no-input \
	  --require-hashes --no-deps --requirement requirements-soak.txt >&2
	@touch $@
