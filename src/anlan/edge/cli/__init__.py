"""The command line `anlan` (`commands.py`), and what runs a city.

Nothing is imported here: what runs a city shall hold no more than it needs.
"""
