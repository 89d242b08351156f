# make demo and make test are all that a machine with Python 3.11 or later and make needs.
# Each makes the environment that it needs in .venv, once; a change of the dependencies makes it anew.

VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/pytest -n 2 -p no:cacheprovider

.PHONY: demo test test-all test-oracle campaign claims lint fuzz bench clean

demo: $(VENV)/.installed
	$(BIN)/votecal demo $(DEMO_OPTIONS)

test: lint
	$(PYTEST) -m "not slow"

# Everything: the slow tests, the wheel in an environment of its own, and every other supported interpreter found.
test-all: lint
	$(PYTEST)
	TZ=America/Denver $(PYTEST) -m oracle tests/integration/database
	$(BIN)/nox

# The same database tests on an Oracle Database of the site's own (docs/oracle-acceptance.md). All tables of that schema are emptied.
test-oracle: $(VENV)/.installed-for-tests
	@test -n "$(ORACLE_TEST_URL)" || { echo "Name a schema of its own: make test-oracle ORACLE_TEST_URL=oracle+oracledb://votecal_test:...@host:1521/?service_name=..."; exit 1; }
	ORACLE_TEST_URL="$(ORACLE_TEST_URL)" $(BIN)/pytest -p no:cacheprovider -m oracle

# Kills workers, web processes and database servers at random while three jobs work, and judges what is left; half an hour at most.
# Once more as before: make campaign CAMPAIGN_OPTIONS='--seed N'; fewer: '--kills 50 --backend sqlite'.
campaign: $(VENV)/.installed-for-tests
	PYTHONPATH=tests:. $(BIN)/python -u -m e2e.kills $(CAMPAIGN_OPTIONS)

# Four processes claim 10,000 runs on each back end, each run once; the suite asks the double of Oracle for 1,000, for here it takes some four minutes.
claims: $(VENV)/.installed-for-tests
	CLAIMS_ON_THE_DOUBLE=10000 $(BIN)/pytest -n 0 -p no:cacheprovider tests/integration/database/test_claims_by_processes.py

lint: $(VENV)/.installed-for-tests
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The parser and every reader of requests and files, for longer than the suite tries; guided by coverage too where atheris is installed.
fuzz: $(VENV)/.installed-for-tests
	FUZZ_EXAMPLES=20000 $(BIN)/pytest -n 0 -p no:cacheprovider --timeout=0 tests/contract/test_fuzzed_messages.py tests/contract/test_fuzzed_readers.py
	@if $(BIN)/python -c 'import atheris' 2>/dev/null; then $(BIN)/python tests/contract/fuzz_with_atheris.py -max_total_time=600; \
	else echo "Without atheris: $(BIN)/pip install '.[fuzz]' where it has a wheel."; fi

bench: $(VENV)/.installed-for-tests
	$(BIN)/python -m benchmarks.batch_pipeline --scale small
	$(BIN)/python -m benchmarks.queue --scale small
	$(BIN)/python -m benchmarks.polling --scale small
	$(BIN)/python -m benchmarks.coa_matching --scale small
	$(BIN)/python -m benchmarks.coa_job --scale small
	$(BIN)/python -m benchmarks.console --scale small
	$(BIN)/python -m benchmarks.duplicates --scale small
	$(BIN)/python -m benchmarks.search_voters --scale small
	$(BIN)/python -m benchmarks.soak --scale small
	$(BIN)/python -m benchmarks.storage --scale small

clean:
	rm -rf $(VENV) .nox build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# The first of these that really is 3.11 or later; version managers leave shims that do not run.
$(BIN)/python:
	@for candidate in $(PYTHON) python3.11 python3.12 python3.13 python3 python; do \
	    if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        echo "Making $(VENV) with $$candidate"; \
	        $$candidate -m venv $(VENV) || { echo "On Debian: apt-get install python3-venv"; exit 1; }; \
	        exit 0; \
	    fi; \
	done; \
	echo "Python 3.11 or later is needed; name it: make PYTHON=/path/to/python3"; exit 1

$(VENV)/.installed: setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.installed-for-tests: setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@ $(VENV)/.installed
