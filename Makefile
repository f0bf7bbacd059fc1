# Polku for newcomers and developers. Needs Python 3.11 or newer and make; all else comes pinned and hashed.
#   make demo   try it with demo data      make test   the whole default suite
#   make env    the environment alone      make lint, browser, fault, scale, bench, picture, wheel, lock   for developers

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PORT ?= 8000
BIN := .venv/bin
VENDOR := src/polku/web/static/vendor

# Compiled kernels are shared by every run in this folder, so that they compile once.
export POLKU_KERNEL_CACHE ?= $(CURDIR)/.cache/kernels
# Python may keep compiled modules: every test that starts a program would compile them anew.
unexport PYTHONDONTWRITEBYTECODE
# Node trusts what the machine trusts: behind a company's own certificate authority its built-in list is not enough.
export NODE_USE_SYSTEM_CA ?= 1

.PHONY: demo test env assets lint browser fault scale bench picture wheel lock clean

demo: env assets demo-data
	@echo
	@echo "  Polku: http://127.0.0.1:$(PORT)"
	@echo "  To log in: the first visit asks for a name, an e-mail address and a password; those are yours from then on."
	@echo "  Ctrl+C stops the server. The data is in demo-data/; delete that folder to start afresh."
	@echo
	@exec $(BIN)/polku serve --data demo-data --port $(PORT)

# Made beside and moved into place: a demo that was interrupted is never taken for a whole one.
demo-data: | env
	@rm -rf demo-data.part
	$(BIN)/polku demo --data demo-data.part
	@mv demo-data.part demo-data

test: env assets
	$(BIN)/pytest -n 2 --dist loadfile

browser: env assets
	$(BIN)/pytest -m browser -n 2 --dist loadfile tests/browser

fault: env
	$(BIN)/pytest -m fault

# A Spark cluster of its own: needs Java 17 or newer, and PySpark (half a gigabyte), which no other lane needs.
scale: env .venv/.scale
	$(BIN)/pytest -m scale -s tests/scale

.venv/.scale: requirements-spark.lock .venv/.ready
	@echo "Installing PySpark from $<"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $<
	@touch $@

bench: env assets
	$(BIN)/python -m benchmarks

# The pictures of README and guide, from the real data in POLKU_REAL_DATA.
picture: env assets
	$(BIN)/python -m scripts.picture

lint: env
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

env: .venv/.ready

.venv/.installer: requirements-installer.lock
	@python=; for p in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
	  if command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then python=$$p; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "Polku needs Python 3.11 or newer; found: $$( (python3 --version) 2>/dev/null || echo none)." \
	    "Install one, or name it: make env PYTHON=/path/to/python3.12" >&2; exit 1; \
	fi; \
	rm -rf .venv; \
	if ! $$python -m venv .venv; then \
	  rm -rf .venv; \
	  echo "$$python cannot make environments. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
	fi
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# With bytecode: else every process compiles its imports anew wherever Python may not write them down.
.venv/.locked: requirements-dev.lock .venv/.installer
	@echo "Installing the environment from $<"
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes $< requirements-installer.lock
	@touch $@

# Neither dependencies nor build tools are fetched here: all are locked above.
.venv/.ready: pyproject.toml .venv/.locked
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

assets: $(VENDOR)/htmx.min.js

$(VENDOR)/htmx.min.js: package-lock.json .npmrc scripts/assets.py scripts/surveyjs.LICENSE .venv/.locked
	@echo "Bringing browser code as in package-lock.json"
	@$(BIN)/npm ci --loglevel=error
	@$(BIN)/python scripts/assets.py
	@touch $@

wheel: env assets
	$(BIN)/hatchling build -t wheel

# After a change of dependencies in pyproject.toml. UPGRADE=--upgrade takes the newest of everything.
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 $(UPGRADE)
lock: .venv/.installer
	$(LOCK) pyproject.toml --extra postgres --group dev -o requirements-dev.lock >/dev/null
	$(LOCK) pyproject.toml --extra postgres -c requirements-dev.lock -o requirements.lock >/dev/null
	echo 'pyspark>=4.0,<5' | $(LOCK) - -o requirements-spark.lock >/dev/null

clean:
	rm -rf .venv node_modules $(VENDOR) dist build .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis demo-data.part
