"""One repository a module; each implements its Protocol of `use_cases.ports`."""
