# The commands of README. `make site` needs Python 3.11 or later with venv, and make; nothing else.
#
# Closed networks: run `make wheels` on a connected machine of the same kind (processor and Python version),
# carry the tree over with its wheels/ directory, and there:
#
#     PIP_NO_INDEX=1 PIP_FIND_LINKS=wheels make site
#
# pip reads these two variables by itself; every file is still checked against the hashes of requirements.lock.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
KEY := .tearline/signing-key
READY := $(VENV)/.ready
PIP := $(BIN)/python -m pip --disable-pip-version-check --require-virtualenv

.PHONY: help site test fuzz lint docs pictures bench bench-verify lock wheels clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

site: $(READY) $(KEY) ## build both editions, site-eoc and site-full
	@TEARLINE_SIGNING_KEY=$${TEARLINE_SIGNING_KEY-$(KEY)} $(BIN)/tearline build
	@echo "The EOC edition is in $(CURDIR)/site-eoc, the full edition in $(CURDIR)/site-full."
	@echo "To look at one: python3 -m http.server -d site-eoc   then open http://127.0.0.1:8000/"

test: $(READY) ## run every test
	@$(BIN)/python -m pytest -n $$(( $$(nproc) + 1 )) --durations 25

fuzz: $(READY) ## look for documents that break the parser, and for withheld words that change what is released
	@$(BIN)/python tests/fuzz_documents.py 300
	@PYTHONPATH=plugins $(BIN)/python tests/fuzz_corpora.py 1000

lint: $(READY) ## ruff, mypy, import-linter
	@$(BIN)/ruff check plugins tests
	@$(BIN)/ruff format --check plugins tests
	@$(BIN)/mypy
	@$(BIN)/lint-imports

docs: $(READY) ## write the parts of README.md and docs/ that the tool says itself
	@$(BIN)/python tests/documents.py

pictures: $(READY) ## draw the pictures of README.md anew (needs Chromium)
	@$(BIN)/python tests/pictures.py

SIZES ?= 100 1000 10000
RUNS ?= 3

bench: $(READY) ## time builds of made archives beside stock MkDocs and Hugo: make bench SIZES="100 1000" RUNS=1
	@$(BIN)/python tests/bench.py $(SIZES) --runs $(RUNS) --out bench.json

bench-verify: $(READY) ## how fast the verifier reads a thousand bulletins
	@$(BIN)/python tests/bench_verify.py

lock: $(READY) ## pin all dependencies anew, for every Python and processor, with hashes
	@UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	    --extra dev --generate-hashes --no-emit-index-url --no-emit-find-links --output-file requirements.lock pyproject.toml

wheels: $(READY) ## fill wheels/ for a machine without network, this program itself included
	@$(PIP) download --require-hashes --only-binary :all: --dest wheels -r requirements.lock
	@rm -f wheels/tearline-*.whl
	@$(PIP) wheel --quiet --no-deps --no-build-isolation --wheel-dir wheels .
	@cd wheels && sha256sum -- *.whl >SHA256SUMS

clean: ## remove the environment, the caches and the built sites
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .preview .tearline \
	    site-eoc site-full site-*.manifest.json site-*.manifest.json.sig site-*-offline.zip
	@find plugins -name __pycache__ -prune -exec rm -rf {} +

# A throwaway key for the sample site, made once and never committed. A real site's key lies elsewhere (see docs/policy.md).
$(KEY): | $(READY)
	@rm -f .tearline/signers
	@$(BIN)/tearline keygen $@ --signers .tearline/signers --edition eoc --edition full

# The stamp is younger than what it was made from: a second `make` does nothing here.
$(READY): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Missing: $(PYTHON). Install Python 3.11 or later, or name another: make PYTHON=python3.12 $(or $(MAKECMDGOALS),site)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Too old: $(PYTHON) is $$($(PYTHON) -V 2>&1), and Tearline needs Python 3.11 or later. Name another: make PYTHON=python3.12 $(or $(MAKECMDGOALS),site)" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Missing: venv for $(PYTHON). On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Making the environment in $(VENV) (once; a minute or two) ..."
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { rm -rf $(VENV); $(PYTHON) -m venv $(VENV); }
	@$(PIP) install --quiet --require-hashes --only-binary :all: -r requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q --invalidation-mode checked-hash plugins/tearline
	@touch $@
