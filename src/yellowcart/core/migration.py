"""SQL that several folders' migrations use."""

FORBID_CHANGE = """
CREATE OR REPLACE FUNCTION core_forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: write a new row instead', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;
"""


def append_only(table: str) -> str:
    """SQL that makes the database refuse UPDATE and DELETE on a table."""
    return (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION core_forbid_change();"
    )
