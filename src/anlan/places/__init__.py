"""Areas, sites, geometry, coordinate systems."""
