# Two commands matter to a newcomer: `make practice` and `make test`. Each sets up whatever it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One more than two cores: a worker often waits for a process that it started.
WORKERS ?= 3
# Of the wild cases, which part of how many; half of them take some forty minutes.
SHARE ?= 1/1
# What is compiled is kept, the tests too: every worker and every process that a test starts would compile it again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help practice test test-quick test-wild check format bench dist onefile screenshots texts clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

practice: $(VENV)/practice.done ## the wizard on a simulated company; no AWS account needed
	@$(BIN)/handrail --practice

test: $(VENV)/test.done .venv-aws/test.done ## within five minutes; no network and no account needed
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup $(TESTS)

test-quick: $(VENV)/test.done ## within a minute: a journey of each set-up and face, the laws, the documents
	$(BIN)/python -m pytest -q -m 'quick and not wild' -n $(WORKERS) --dist loadgroup $(TESTS)

test-wild: $(VENV)/test.done .venv-aws/test.done .venv-second/test.done ## every case of what `test` tries some of, what is dear, and what needs root, a second user or emulator; says why one is skipped
	$(BIN)/python -m pytest -q -m wild --share $(SHARE) -n $(WORKERS) --dist loadgroup $(TESTS)

check: $(VENV)/check.done ## linters, the type checker and the import law
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/f*.yml .github/ISSUE_TEMPLATE/wish.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml

format: $(VENV)/check.done ## put the code in form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(VENV)/test.done ## start, memory, applying and calls, as ratios
	$(BIN)/python -m benchmarks

dist: $(VENV)/release.done ## a wheel and an sdist of what is committed, and a set-up by the wheel in an environment of its own
	@git diff --quiet HEAD || { echo "Commit first: what is built must be what a tag can name."; exit 1; }
	rm -rf dist/*.whl dist/*.tar.gz build/smoke
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m build --outdir dist
	$(PYTHON) -m venv build/smoke
	build/smoke/bin/python -m pip install --quiet --disable-pip-version-check "$$(ls $(CURDIR)/dist/*.whl)[practice]"
	$(BIN)/python -m release.smoke build/smoke/bin/handrail

onefile: $(VENV)/release.done ## one file with all that it needs, for a machine without pip, and a set-up by it
	$(BIN)/python -m release.onefile
	$(BIN)/python -m release.smoke $(BIN)/python dist/*.pyz

screenshots: $(VENV)/test.done ## the pictures in screenshots/, and the film with its recording for asciinema
	$(BIN)/python screenshots/make.py

texts: $(VENV)/test.done ## the menu, what docs/ and tui/help.txt say of the program, and what practice knows by heart, as it is now; a minute or two
	PYTHONPATH=.:tests $(BIN)/python tests/docs/menu.py
	PYTHONPATH=.:tests $(BIN)/python tests/docs/write.py
	PYTHONPATH=.:tests $(BIN)/python tests/docs/first_day.py

clean: ## forget everything that was set up
	rm -rf .venv .venv-aws .venv-second .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Handrail needs Python 3.11 or newer; say which with PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/practice.done: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[practice]'
	$(BIN)/python -m compileall -q flows tui
	@touch $@

$(VENV)/test.done: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	$(BIN)/python -m compileall -q flows tui
	@touch $@ $(VENV)/practice.done

$(VENV)/check.done: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,check]'
	$(BIN)/python -m compileall -q flows tui
	@touch $@ $(VENV)/test.done $(VENV)/practice.done

$(VENV)/release.done: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,release]'
	@touch $@ $(VENV)/test.done $(VENV)/practice.done

# The real aws command, which runs our exported scripts in the tests. It insists on a botocore of its own.
.venv-aws/test.done:
	$(PYTHON) -m venv .venv-aws
	.venv-aws/bin/python -m pip install --quiet --disable-pip-version-check awscli
	@touch $@

# An AWS that is neither moto nor ours, for the tests in tests/second. It is a program, and nothing of it is imported.
.venv-second/test.done:
	$(PYTHON) -m venv .venv-second
	.venv-second/bin/python -m pip install --quiet --disable-pip-version-check 'ministack>=1.5.33,<2'
	@touch $@
