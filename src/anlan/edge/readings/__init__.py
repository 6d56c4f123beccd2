"""The way in for readings over HTTP."""
