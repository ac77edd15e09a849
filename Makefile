PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.installed
DEV := $(VENV)/.installed-dev
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet pyproject.toml

.PHONY: up setup setup-dev test lint unit explore e2e messages lock client clean

up: setup
	$(BIN)/yellowcart up --demo

setup: $(RUN) messages

setup-dev: setup $(DEV)

$(RUN): requirements/base.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --quiet --require-hashes -r requirements/base.txt
	$(BIN)/python -m pip install --quiet --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(DEV): requirements/dev.txt $(RUN)
	$(BIN)/python -m pip install --quiet --quiet --require-hashes -r requirements/dev.txt
	touch $@

messages: $(RUN)
	$(BIN)/python -m yellowcart.core.messages compile

test: setup-dev
	scripts/install-test-tools.sh
	$(MAKE) lint unit e2e

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

unit: setup-dev
	$(BIN)/pytest -q -m "not e2e" --numprocesses auto --maxprocesses 4 --dist loadfile

# Other examples in every run, ten times as many, and rows in any order where none is asked for.
explore: setup-dev
	$(BIN)/pytest -q -m "not e2e" --numprocesses auto --maxprocesses 4 --dist loadfile --hypothesis-profile explore

# Two streets, each with a browser, a server and a database of its own. What failed there is tried
# once more on a street of its own, and both are printed: a real fault fails twice, and one that does
# not is still a race to be found.
e2e: setup-dev
	$(BIN)/pytest -q -m e2e --numprocesses 2 --dist loadfile --no-loadscope-reorder || \
		$(BIN)/pytest -q -m e2e --last-failed --last-failed-no-failures all

lock:
	$(LOCK) --group build -o requirements/base.txt
	$(LOCK) --group dev --constraint requirements/base.txt -o requirements/dev.txt

# The generator pins its own libraries, so it runs beside ours.
client: setup-dev
	$(BIN)/python scripts/describe.py $(VENV)/applications.json $(VENV)/applications.sha256
	PATH=$(CURDIR)/$(BIN):$$PATH uv tool run --from openapi-python-client==0.29.1 openapi-python-client generate \
		--path $(VENV)/applications.json --config clients/python/generator.yml --meta none \
		--output-path clients/python/yellowcart_client --overwrite --fail-on-warning
	cp $(VENV)/applications.sha256 clients/python/description.sha256

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
