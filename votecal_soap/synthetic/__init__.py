"""People, files and answers that are made up, with known truth: for the demo, the tests and the benchmarks.

Nothing here describes a real person: names are drawn from frequency tables in `data/`, everything else from chance.
"""
