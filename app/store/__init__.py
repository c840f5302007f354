"""The database: SQLite on one machine, PostgreSQL by URL; must not know what the rows mean to anybody."""
