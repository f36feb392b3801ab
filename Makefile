# make run: serves on this machine.  make test: proves it.  Everything else is for contributors.
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard translations/*_*/LC_MESSAGES/messages.po))
PYTEST := .venv/bin/python -m pytest

.PHONY: run test bench soak lint setup vendor lock clean

run: .venv/.run $(CATALOGUES)
	@.venv/bin/roundtag serve --demo

setup: .venv/.dev $(CATALOGUES)

test: setup .venv/.browser
	@bin/test

bench: setup .venv/.browser
	@.venv/bin/python -m tests.bench

soak: setup .venv/.browser
	@$(PYTEST) -m soak -p no:randomly tests
	@.venv/bin/python -m tests.e2e.offline.schedules --seeds 0:1000 --results docs/soak.md

lint: setup
	@bin/lint

vendor:
	@bin/vendor

# Lock files carry hashes and no index address, so that any mirror can serve them.
lock:
	@bin/lock

.venv/.run: requirements.lock requirements-uv.lock pyproject.toml bin/setup
	@bin/setup run
	@touch $@

.venv/.dev: .venv/.run requirements-dev.lock
	@bin/setup dev
	@touch $@

.venv/.browser: .venv/.dev
	@bin/setup browser
	@touch $@

%.mo: %.po | .venv/.run
	@.venv/bin/pybabel --quiet compile --input-file $< --output-file $@

clean:
	rm -rf .venv .tools .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	rm -f $(CATALOGUES)
