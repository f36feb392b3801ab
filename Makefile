# make run: serves on this machine.  make test: proves it.  Everything else is for contributors.
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard translations/*_*/LC_MESSAGES/messages.po))
PYTEST := .venv/bin/python -m pytest

.PHONY: run test test-engines bench soak lint setup vendor lock clean

run: .venv/.run $(CATALOGUES)
	@.venv/bin/roundtag serve --demo

setup: .venv/.dev $(CATALOGUES)

test: setup .venv/.browser .venv/.oidc .venv/.lighthouse
	@bin/test

# The same tests, with every store in PostgreSQL, every queue in Redis and every photo in a bucket.
test-engines: setup .venv/.browser .venv/.oidc .venv/.lighthouse
	@ROUNDTAG_TEST_ENGINES=1 bin/test

bench: setup .venv/.browser
	@.venv/bin/python -m tests.bench

soak: setup .venv/.browser
	@$(PYTEST) -m soak -o timeout=0 -p no:randomly tests
	@.venv/bin/python -m tests.e2e.offline.schedules --seeds 0:1000 --results docs/soak.md
	@.venv/bin/python -m tests.roundtag.stock_soak --seeds 0:10000 --results docs/soak.md
	@.venv/bin/python -m tests.crashes.power --seeds 0:100 --results docs/soak.md
	@.venv/bin/python -m tests.crashes.stumbles --results docs/soak.md
	@.venv/bin/python -m tests.roundtag.tamper_soak --seeds 0:10000 --results docs/soak.md
	@.venv/bin/python -m tests.roundtag.engine_soak --results docs/soak.md
	@.venv/bin/python -m tests.roundtag.parsing --seeds 0:10000
	@.venv/bin/python -m tests.roundtag.million

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

.venv/.oidc: .venv/.dev tests/oidc/package-lock.json
	@bin/setup oidc
	@touch $@

.venv/.lighthouse: .venv/.dev tests/lighthouse/package-lock.json
	@bin/setup lighthouse
	@touch $@

%.mo: %.po | .venv/.run
	@.venv/bin/pybabel --quiet compile --input-file $< --output-file $@

clean:
	rm -rf .venv .tools .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	rm -f $(CATALOGUES)
