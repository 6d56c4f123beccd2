"""A made-up city to try anlan on: its areas, units, people, sites, two years of cases and incidents.

Everything follows from a seed and a day, so that the same call gives the same city.
"""
