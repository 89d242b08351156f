"""The schema's history, run by Alembic; `db.schema` is the door."""
