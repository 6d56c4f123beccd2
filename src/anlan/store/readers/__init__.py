"""The questions that pages and jobs ask, each with a fixed number of queries."""
