"""One module per use case: (command, unit of work, clock) -> result. They decide; they know neither XML elements nor SQL."""
