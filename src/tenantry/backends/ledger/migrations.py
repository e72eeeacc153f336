"""The tables of a ledger, as numbered migrations. One that was released is never changed; a new one is added.

The database itself keeps the quota, whoever writes: each assignment moves its counter by a trigger, and a counter can't
go over its ceiling. The ceiling is null where the contingency is unlimited or unknown, else the greater of contingency
and assigned: what is over-allocated is recorded as it is, and no later write enlarges it.
"""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE tenants (
          id INTEGER PRIMARY KEY,
          name TEXT NOT NULL UNIQUE,
          lineage TEXT NOT NULL,
          revision INTEGER NOT NULL DEFAULT 0 CHECK (revision >= 0),
          state TEXT,
          terms TEXT
        )
        """,
        """
        CREATE TABLE holders (
          id INTEGER PRIMARY KEY,
          tenant INTEGER NOT NULL REFERENCES tenants (id),
          kind TEXT NOT NULL CHECK (kind IN ('service', 'user', 'virtual_user')),
          key TEXT NOT NULL,
          folded TEXT NOT NULL,
          object_id TEXT,
          enabled INTEGER CHECK (enabled IN (0, 1)),
          name TEXT,
          organization_unit TEXT,
          cost_center TEXT,
          assignment_type TEXT,
          declared INTEGER NOT NULL DEFAULT 0 CHECK (declared IN (0, 1)),
          UNIQUE (tenant, kind, folded)
        )
        """,
        """
        CREATE TABLE counters (
          tenant INTEGER NOT NULL REFERENCES tenants (id),
          license TEXT NOT NULL,
          contingency INTEGER CHECK (contingency >= 0),
          unlimited INTEGER NOT NULL DEFAULT 0 CHECK (unlimited IN (0, contingency IS NULL)),
          assigned INTEGER NOT NULL DEFAULT 0 CHECK (assigned >= 0),
          ceiling INTEGER,
          PRIMARY KEY (tenant, license),
          CHECK (assigned <= ceiling)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE assignments (
          holder INTEGER NOT NULL REFERENCES holders (id),
          license TEXT NOT NULL,
          tenant INTEGER NOT NULL,
          PRIMARY KEY (holder, license)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE observations (
          tenant INTEGER NOT NULL REFERENCES tenants (id),
          fact TEXT NOT NULL CHECK (fact IN ('state', 'contingency', 'used', 'in_use', 'directory')),
          license TEXT NOT NULL DEFAULT '',
          value TEXT NOT NULL,
          counted INTEGER,
          at TEXT NOT NULL,
          PRIMARY KEY (tenant, fact, license)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE directory (
          tenant INTEGER NOT NULL REFERENCES tenants (id),
          folded TEXT NOT NULL,
          upn TEXT NOT NULL,
          object_id TEXT,
          enabled INTEGER CHECK (enabled IN (0, 1)),
          PRIMARY KEY (tenant, folded)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE in_use (
          tenant INTEGER NOT NULL REFERENCES tenants (id),
          holder TEXT NOT NULL,
          license TEXT NOT NULL,
          what TEXT NOT NULL,
          PRIMARY KEY (tenant, holder, license, what)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE runs (
          number INTEGER PRIMARY KEY,
          id TEXT NOT NULL UNIQUE,
          tenant INTEGER NOT NULL REFERENCES tenants (id),
          at TEXT NOT NULL,
          who TEXT NOT NULL,
          commit_id TEXT,
          kind TEXT NOT NULL CHECK (kind IN ('apply', 'observe', 'import', 'confirm', 'cancel')),
          status TEXT NOT NULL,
          digest TEXT NOT NULL,
          effect TEXT NOT NULL,
          goal TEXT NOT NULL,
          revision INTEGER NOT NULL,
          waivers TEXT NOT NULL,
          summary TEXT NOT NULL,
          plan TEXT NOT NULL,
          notes TEXT NOT NULL DEFAULT '[]',
          document TEXT
        )
        """,
        "CREATE INDEX runs_of_tenant ON runs (tenant, digest)",
        """
        CREATE TABLE receipts (
          run INTEGER NOT NULL REFERENCES runs (number),
          position INTEGER NOT NULL,
          change TEXT NOT NULL,
          step INTEGER NOT NULL,
          action TEXT NOT NULL,
          holder TEXT NOT NULL,
          license TEXT NOT NULL,
          replaces TEXT,
          risk TEXT NOT NULL,
          reason TEXT NOT NULL,
          file TEXT,
          line INTEGER,
          PRIMARY KEY (run, position)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE updates (
          run INTEGER NOT NULL REFERENCES runs (number),
          position INTEGER NOT NULL,
          holder TEXT NOT NULL,
          field TEXT NOT NULL,
          before TEXT,
          after TEXT,
          PRIMARY KEY (run, position)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE locks (
          tenant TEXT PRIMARY KEY,
          fence INTEGER NOT NULL,
          owner TEXT,
          host TEXT,
          pid INTEGER,
          taken_at INTEGER,
          expires_at INTEGER
        ) WITHOUT ROWID
        """,
        # of another tenant, it would count past the ceiling of its holder's own; one that is there already would
        # be replaced past the trigger of its deletion
        """
        CREATE TRIGGER assignments_new BEFORE INSERT ON assignments
        BEGIN
          SELECT RAISE(ABORT, 'an assignment is of the tenant of its holder')
          WHERE NEW.tenant IS NOT (SELECT tenant FROM holders WHERE id = NEW.holder);
          SELECT RAISE(ABORT, 'this holder has this license already')
          WHERE EXISTS (SELECT 1 FROM assignments WHERE holder = NEW.holder AND license = NEW.license);
        END
        """,
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
        """
        CREATE TRIGGER assignments_stay BEFORE UPDATE ON assignments
        BEGIN SELECT RAISE(ABORT, 'an assignment is inserted or deleted, never changed'); END
        """,
        """
        CREATE TRIGGER revisions_grow BEFORE UPDATE OF revision ON tenants WHEN NEW.revision < OLD.revision
        BEGIN SELECT RAISE(ABORT, 'a revision never goes back'); END
        """,
    ),
)
"""Statements by version: the first makes version 1 of an empty database."""
