"""What every test has: the report of proved requirements, no silent skips when all is required, no sockets in unit tests, databases."""

pytest_plugins = [
    "fixtures.requirement_report",
    "fixtures.required_parts",
    "fixtures.socket_guard",
    "fixtures.postgres_server",
    "fixtures.oracle_server",
    "fixtures.databases",
    "fixtures.oracle_lint",
    "fixtures.sandboxes",
]
