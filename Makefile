# `make help` lists what can be asked for.
.DEFAULT_GOAL := help
.PHONY: help setup run test fmt check bench docs clean

PY := .venv/bin/python

help: ## say what can be asked for
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' Makefile | awk -F'|' '{printf "make %-8s %s\n", $$1, $$2}'

setup: ## install packages and build the web assets, where something changed
	@scripts/setup

run: setup ## run the city: make run [PORT=8010] [ARGS=--no-demo]
	@exec .venv/bin/anlan serve $(if $(PORT),--port $(PORT)) $(ARGS)

test: setup ## everything, each part timed
	@$(PY) scripts/parts.py $(ARGS)

fmt: setup ## write the code in one form
	@$(PY) -m ruff check -q --fix .
	@$(PY) -m ruff format -q .

check: setup ## lint, types, contracts
	@$(PY) scripts/parts.py --only lint

bench: setup ## the published figures: make bench [NAME=start] [ARGS=--quick]
	@$(PY) scripts/bench.py $(NAME) $(ARGS)

docs: setup ## links and examples of the documentation
	@$(PY) -m pytest -q tests/docs

clean: ## remove what was built and installed; the city's data stay
	@rm -rf build .venv .tools web/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
