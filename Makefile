PYTHON := .venv/bin/python

.PHONY: check
check: ## lint, types, contracts
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
