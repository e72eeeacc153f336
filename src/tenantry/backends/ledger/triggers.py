"""What the tables of a ledger count and refuse, in the language of each dialect. What was released is never changed.

The database itself keeps the quota, whoever writes: each assignment moves its counter by a trigger, and a counter can't
go over its ceiling. The ceiling is null where the contingency is unlimited or unknown, else the greater of contingency
and assigned: what is over-allocated is recorded as it is, and no later write enlarges it.
An assignment names its tenant, by which it is counted; so its holder stays with that tenant.
"""


def _refusal(name: str, event: str, why: str, where: str) -> str:
    """A trigger of SQLite that refuses what it finds."""
    return f"CREATE TRIGGER {name} BEFORE {event} WHEN {where} BEGIN SELECT RAISE(ABORT, '{why}'); END"


SQLITE_1: tuple[str, ...] = (
    # whoever opens the file by himself has no foreign keys, and what he replaces goes past triggers of deletion
    _refusal(
        "tenants_new",
        "INSERT ON tenants",
        "this tenant is there already",
        "EXISTS (SELECT 1 FROM tenants WHERE id = NEW.id OR name = NEW.name)",
    ),
    _refusal(
        "tenants_stay",
        "UPDATE ON tenants",
        "a tenant stays, and alone has its name",
        "NEW.id <> OLD.id OR EXISTS (SELECT 1 FROM tenants WHERE name = NEW.name AND id <> OLD.id)",
    ),
    _refusal("tenants_grow", "UPDATE ON tenants", "a revision never goes back", "NEW.revision < OLD.revision"),
    _refusal(
        "holders_new",
        "INSERT ON holders",
        "this holder is there already",
        "EXISTS (SELECT 1 FROM holders WHERE id = NEW.id) OR EXISTS"
        " (SELECT 1 FROM holders WHERE tenant = NEW.tenant AND kind = NEW.kind AND folded = NEW.folded)",
    ),
    _refusal(
        "holders_stay",
        "UPDATE ON holders",
        "a holder stays with its tenant",
        "NEW.id <> OLD.id OR NEW.tenant <> OLD.tenant",
    ),
    _refusal(
        "holders_apart",
        "UPDATE OF kind, folded ON holders",
        "this holder is there already",
        "EXISTS (SELECT 1 FROM holders"
        " WHERE tenant = NEW.tenant AND kind = NEW.kind AND folded = NEW.folded AND id <> OLD.id)",
    ),
    _refusal(
        "holders_kept",
        "DELETE ON holders",
        "a holder that has licenses stays",
        "EXISTS (SELECT 1 FROM assignments WHERE holder = OLD.id)",
    ),
    # of another tenant, it would count past the ceiling of its holder's own
    _refusal(
        "assignments_of_holders",
        "INSERT ON assignments",
        "an assignment is of the tenant of its holder",
        "NEW.tenant IS NOT (SELECT tenant FROM holders WHERE id = NEW.holder)",
    ),
    _refusal(
        "assignments_new",
        "INSERT ON assignments",
        "this holder has this license already",
        "EXISTS (SELECT 1 FROM assignments WHERE holder = NEW.holder AND license = NEW.license)",
    ),
    _refusal(
        "assignments_stay", "UPDATE ON assignments", "an assignment is inserted or deleted, never changed", "TRUE"
    ),
    """
    CREATE TRIGGER assignments_given AFTER INSERT ON assignments
    BEGIN
      INSERT INTO counters (tenant, license, assigned) VALUES (NEW.tenant, NEW.license, 1)
      ON CONFLICT (tenant, license) DO UPDATE SET assigned = assigned + 1;
    END
    """,
    """
    CREATE TRIGGER assignments_taken AFTER DELETE ON assignments
    BEGIN
      UPDATE counters SET
        assigned = assigned - 1,
        ceiling = CASE WHEN ceiling IS NULL THEN NULL ELSE max(contingency, assigned - 1) END
      WHERE tenant = OLD.tenant AND license = OLD.license;
    END
    """,
)

POSTGRESQL_1: tuple[str, ...] = (
    # names are written in full: a trigger runs with whatever path its writer has; what a statement moves is counted at
    # once, since a row that one transaction writes a thousand times is slow to find
    """
    CREATE FUNCTION tenantry.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'check_violation'; END $$
    """,
    """
    CREATE FUNCTION tenantry.assignment_new() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.tenant IS DISTINCT FROM (SELECT tenant FROM tenantry.holders WHERE id = NEW.holder) THEN
        RAISE EXCEPTION 'an assignment is of the tenant of its holder' USING ERRCODE = 'check_violation';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE FUNCTION tenantry.holder_gone() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF EXISTS (SELECT 1 FROM tenantry.assignments WHERE holder = OLD.id) THEN
        RAISE EXCEPTION 'a holder that has licenses stays' USING ERRCODE = 'check_violation';
      END IF;
      RETURN OLD;
    END $$
    """,
    """
    CREATE FUNCTION tenantry.assignment_given() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO tenantry.counters AS known (tenant, license, assigned)
      SELECT tenant, license, count(*) FROM given GROUP BY tenant, license ORDER BY tenant, license
      ON CONFLICT (tenant, license) DO UPDATE SET assigned = known.assigned + excluded.assigned;
      RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION tenantry.assignment_taken() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE tenantry.counters AS known SET
        assigned = assigned - units,
        ceiling = CASE WHEN ceiling IS NULL THEN NULL ELSE greatest(contingency, assigned - units) END
      FROM (SELECT tenant, license, count(*) AS units FROM taken GROUP BY tenant, license) AS gone
      WHERE known.tenant = gone.tenant AND known.license = gone.license;
      RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER assignments_new BEFORE INSERT ON tenantry.assignments
    FOR EACH ROW EXECUTE FUNCTION tenantry.assignment_new()
    """,
    """
    CREATE TRIGGER assignments_given AFTER INSERT ON tenantry.assignments
    REFERENCING NEW TABLE AS given FOR EACH STATEMENT EXECUTE FUNCTION tenantry.assignment_given()
    """,
    """
    CREATE TRIGGER assignments_taken AFTER DELETE ON tenantry.assignments
    REFERENCING OLD TABLE AS taken FOR EACH STATEMENT EXECUTE FUNCTION tenantry.assignment_taken()
    """,
    """
    CREATE TRIGGER assignments_stay BEFORE UPDATE ON tenantry.assignments
    FOR EACH ROW EXECUTE FUNCTION tenantry.refuse('an assignment is inserted or deleted, never changed')
    """,
    """
    CREATE TRIGGER assignments_counted BEFORE TRUNCATE ON tenantry.assignments
    FOR EACH STATEMENT EXECUTE FUNCTION tenantry.refuse('assignments are deleted, so that they are counted')
    """,
    """
    CREATE TRIGGER holders_stay BEFORE UPDATE ON tenantry.holders
    FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.tenant <> OLD.tenant)
    EXECUTE FUNCTION tenantry.refuse('a holder stays with its tenant')
    """,
    """
    CREATE TRIGGER holders_kept BEFORE DELETE ON tenantry.holders
    FOR EACH ROW EXECUTE FUNCTION tenantry.holder_gone()
    """,
    """
    CREATE TRIGGER tenants_grow BEFORE UPDATE ON tenantry.tenants
    FOR EACH ROW WHEN (NEW.revision < OLD.revision) EXECUTE FUNCTION tenantry.refuse('a revision never goes back')
    """,
    # whoever copies rows in as a replica is held to it like everybody else
    *(
        f"ALTER TABLE tenantry.{table} ENABLE ALWAYS TRIGGER {table}_{trigger}"
        for table, triggers in {
            "assignments": ("new", "given", "taken", "stay", "counted"),
            "holders": ("stay", "kept"),
            "tenants": ("grow",),
        }.items()
        for trigger in triggers
    ),
)
