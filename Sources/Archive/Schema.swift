import GRDB

/// The tables. Times are milliseconds since 1970-01-01 UTC; 64-bit counters are stored by their bits.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE incarnation (id INTEGER PRIMARY KEY CHECK (id = 1), counter INTEGER NOT NULL);
                    CREATE TABLE record (
                      lane INTEGER NOT NULL, scope TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,
                      PRIMARY KEY (lane, scope, key)) WITHOUT ROWID;
                    CREATE TABLE meeting (
                      id TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER, title TEXT NOT NULL, kind TEXT NOT NULL,
                      chairs TEXT NOT NULL, sites TEXT NOT NULL, PRIMARY KEY (id, started)) WITHOUT ROWID;
                    CREATE TABLE attendance (
                      meeting TEXT NOT NULL, site TEXT NOT NULL, joined INTEGER NOT NULL, "left" INTEGER,
                      PRIMARY KEY (meeting, site, joined)) WITHOUT ROWID;
                    CREATE TABLE audit (
                      id INTEGER PRIMARY KEY AUTOINCREMENT, meeting TEXT NOT NULL, at INTEGER NOT NULL, event TEXT NOT NULL,
                      site TEXT, by TEXT, request_node INTEGER, request_counter INTEGER, lease_epoch INTEGER,
                      lease_crown INTEGER, lease_sequence INTEGER, refusal TEXT);
                    CREATE INDEX audit_meeting ON audit (meeting, id);
                    """)
        }
        migrator.registerMigration("2") { db in
            try db.execute(
                sql: """
                    CREATE TABLE vote (
                      meeting TEXT NOT NULL, vote TEXT NOT NULL, by TEXT NOT NULL, question TEXT NOT NULL, opened INTEGER NOT NULL,
                      closed INTEGER, PRIMARY KEY (meeting, vote)) WITHOUT ROWID;
                    CREATE TABLE ballot (
                      meeting TEXT NOT NULL, vote TEXT NOT NULL, site TEXT NOT NULL, agree INTEGER NOT NULL, disagree INTEGER NOT NULL,
                      abstain INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (meeting, vote, site)) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("signed records") { db in
            // A certificate is stored once, under its SHA-256.
            try db.execute(
                sql: """
                    CREATE TABLE certificate (hash BLOB PRIMARY KEY, der BLOB NOT NULL) WITHOUT ROWID;
                    CREATE TABLE proof (
                      scope TEXT NOT NULL, node INTEGER NOT NULL, lane INTEGER NOT NULL, key TEXT NOT NULL, counter INTEGER NOT NULL,
                      nonce INTEGER NOT NULL, version INTEGER NOT NULL, value BLOB NOT NULL, certificate BLOB NOT NULL, at INTEGER NOT NULL,
                      PRIMARY KEY (scope, node, lane, key, counter, nonce, version)) WITHOUT ROWID;
                    """)
        }
        // As records say them, by the node that said them.
        migrator.registerMigration("revocations") { db in
            try db.execute(
                sql: "CREATE TABLE revocation (record TEXT NOT NULL, value BLOB NOT NULL, by INTEGER NOT NULL, PRIMARY KEY (record, by)) WITHOUT ROWID")
        }
        return migrator
    }
}
