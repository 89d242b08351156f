"""A conformance run for EMS vendors: each operation once, and the mistakes that clients make, with advice in plain words."""
