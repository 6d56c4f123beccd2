"""The command line `anlan`."""
