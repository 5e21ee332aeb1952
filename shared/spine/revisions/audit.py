"""Adds the audit: a schema of its own, in which rows are added and never changed.

It stands apart from what the service otherwise writes: no rebuild touches it, so making the other tables
again beside the live ones (`shared.spine.rebuild.schemas`) leaves it as it is.
"""

from alembic import op

_CREATE = (
    "CREATE SCHEMA IF NOT EXISTS audit",
    """
    CREATE TABLE IF NOT EXISTS audit.entries (
        chain uuid NOT NULL, number bigint NOT NULL, at timestamptz NOT NULL, access_id uuid NOT NULL,
        operation text NOT NULL, stage text NOT NULL, why text, person_id uuid, object_id uuid, key_id uuid,
        source_id uuid, establishment text, digest bytea NOT NULL, PRIMARY KEY (chain, number)
    )
    """,
    "COMMENT ON TABLE audit.entries IS 'Append-only: who had access to what of whom'",
    """
    CREATE INDEX IF NOT EXISTS ix_entries_person ON audit.entries (person_id, at)
    WHERE person_id IS NOT NULL
    """,
    "CREATE INDEX IF NOT EXISTS ix_entries_at ON audit.entries USING brin (at) WITH (autosummarize = true)",
    """
    CREATE TABLE IF NOT EXISTS audit.heads (
        number bigint PRIMARY KEY, at timestamptz NOT NULL, tips jsonb NOT NULL, digest bytea NOT NULL
    )
    """,
    "COMMENT ON TABLE audit.heads IS 'Append-only: how far each chain had come'",
    """
    CREATE OR REPLACE FUNCTION audit.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'insufficient_privilege';
    END $$
    """,
    *(
        f"""
        CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.{table}
        FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse()
        """
        for table in ("entries", "heads")
    ),
)


def upgrade() -> None:
    """Add it; called by one revision of every service."""
    for statement in _CREATE:
        op.execute(statement)


def downgrade() -> None:
    """Remove it, with everything that it holds."""
    op.execute("DROP SCHEMA IF EXISTS audit CASCADE")
