# 闭环 Bihuan: `make run` starts everything on this machine, `make test` runs every test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test proof chaos check format lock schema openapi bench bench-page bench-others clean

run: $(VENV)/.run
	@$(BIN)/bihuan up

# Two at a time, each with servers of its own; the tests of a file stay together.
test: $(VENV)/.dev
	$(BIN)/pytest -n 2 --dist loadfile $(PROOFS:%=--ignore=%)

# What is slower: servers killed and flooded, every recorded history replayed, careless workflows caught.
PROOFS := tests/faults tests/rehearsal/test_playing.py tests/test_corpus.py tests/test_mutations.py
proof: $(VENV)/.dev
	$(BIN)/pytest -n 2 --dist loadfile $(PROOFS)

# Seeded faults under load; the same again: make chaos CHAOS="--seed 7" or CHAOS="--plan .data/chaos/plan-7.json"
CHAOS ?= --seconds 120
chaos: $(VENV)/.dev
	$(BIN)/python -m tests.chaos $(CHAOS)

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Locks are whole, with versions and hashes only; the index is the one that pip on your machine is set up with.
lock: $(VENV)/.dev
	$(BIN)/uv pip compile pyproject.toml --extra embedded --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate -q -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra embedded --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate -q -c requirements.lock -o requirements-dev.lock
	$(BIN)/uv pip compile pyproject.toml --extra embedded --extra bench --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate -q -c requirements.lock -o requirements-bench.lock

# What the migrations add up to, for reading; a test compares.
schema: $(VENV)/.dev
	$(BIN)/python -m deploy.schema

# The published document of the API; a test compares it with the served one.
openapi: $(VENV)/.dev
	$(BIN)/bihuan openapi > docs/openapi.json

# Every figure against its floor in the same run: `make bench`, or `make bench ONLY=B4 ROUNDS=5`.
ROUNDS ?= 5
bench: $(VENV)/.dev
	$(BIN)/python -m bench --rounds $(ROUNDS) $(if $(ONLY),--only $(ONLY))

# The other engines of B11: DBOS and the SDK of Restate from PyPI, Restate's server from npm.
bench-others: $(VENV)/.bench
	npm install --silent --no-audit --no-fund --prefix .data/npm @restatedev/restate-server@1.7.12

# The tables of docs/benchmarks.md again from the last results.
bench-page: $(VENV)/.dev
	$(BIN)/python -m bench --page

clean:
	rm -rf $(VENV) .data

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.bench: requirements-bench.lock $(VENV)/.run
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-bench.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@touch $@
