"""The only code that knows SQLAlchemy: engine, tables, unit of work, repositories, migrations."""
