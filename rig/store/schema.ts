import type { Database } from "./database.ts";
import { fill } from "./derived.ts";

/**
 * The tables, as a list of steps from one version to the next. A step once released is never edited: stores in the field
 * have run it. `PRAGMA user_version` holds the number of steps done. `fill` runs after the SQL, in the same transaction.
 */
export type Step = string | { readonly sql: string; readonly fill: (db: Database) => void };

export const migrations: readonly Step[] = [
  // 1: runs with their head, events as canonical text with the hash chain, series in binary chunks.
  `
  CREATE TABLE run (
    run INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    started TEXT NOT NULL,
    procedure TEXT NOT NULL,
    adapter TEXT NOT NULL,
    serial TEXT NOT NULL,
    operator TEXT NOT NULL,
    simulated INTEGER NOT NULL,
    head TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    writer_pid INTEGER NOT NULL,
    writer_start TEXT NOT NULL,
    ended TEXT,
    verdict TEXT,
    ending TEXT,
    outcome TEXT,
    hash TEXT,
    CHECK ((hash IS NULL) = (outcome IS NULL))
  ) STRICT;
  CREATE TABLE event (
    run INTEGER NOT NULL REFERENCES run (run),
    seq INTEGER NOT NULL,
    type TEXT NOT NULL,
    text TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (run, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE series (
    run INTEGER NOT NULL REFERENCES run (run),
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    t0_s REAL,
    dt_s REAL,
    hash TEXT,
    PRIMARY KEY (run, id),
    UNIQUE (run, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE chunk (
    run INTEGER NOT NULL,
    series INTEGER NOT NULL,
    first INTEGER NOT NULL,
    count INTEGER NOT NULL,
    deflated INTEGER NOT NULL,
    data BLOB NOT NULL,
    UNIQUE (run, series, first),
    FOREIGN KEY (run, series) REFERENCES series (run, id)
  ) STRICT;
  `,
  // 2: lists by serial number and verdict stay fast with many runs; what is written stays written.
  `
  CREATE INDEX run_serial ON run (serial, run);
  CREATE INDEX run_verdict ON run (verdict, run);
  CREATE INDEX run_open ON run (run) WHERE hash IS NULL;
  CREATE TRIGGER run_kept BEFORE DELETE ON run BEGIN SELECT RAISE(ABORT, 'runs are never deleted'); END;
  CREATE TRIGGER run_sealed BEFORE UPDATE ON run WHEN OLD.hash IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'a closed run is never changed'); END;
  CREATE TRIGGER event_kept BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
  CREATE TRIGGER event_sealed BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
  `,
  // 3: what persons decide between runs (unlocking), with a hash chain of its own; checks are found among many runs.
  `
  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER audit_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is never shortened'); END;
  CREATE TRIGGER audit_sealed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is never changed'); END;
  CREATE INDEX run_procedure ON run (procedure, run);
  `,
  // 4: what statistics read, derived from head, outcome and judgements (derived.ts), never the truth: `rig store rebuild`
  // makes it again. Rows stand by what is asked for and time; lists by date and first runs of a unit are found by index.
  {
    sql: `
    CREATE TABLE stratum (
      stratum INTEGER PRIMARY KEY,
      procedure TEXT NOT NULL,
      adapter TEXT NOT NULL,
      bench TEXT NOT NULL,
      simulated INTEGER NOT NULL,
      UNIQUE (procedure, adapter, bench, simulated)
    ) STRICT;
    CREATE TABLE tally (
      stratum INTEGER NOT NULL REFERENCES stratum (stratum),
      day INTEGER NOT NULL,
      verdict TEXT NOT NULL,
      ending TEXT NOT NULL,
      first INTEGER NOT NULL,
      runs INTEGER NOT NULL,
      PRIMARY KEY (stratum, day, verdict, ending, first)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE measurand (
      measurand INTEGER PRIMARY KEY,
      stratum INTEGER NOT NULL REFERENCES stratum (stratum),
      id TEXT NOT NULL,
      "limit" TEXT NOT NULL,
      unit TEXT NOT NULL,
      subject TEXT NOT NULL,
      low REAL,
      high REAL
    ) STRICT;
    CREATE INDEX measurand_id ON measurand (id);
    CREATE INDEX measurand_stratum ON measurand (stratum, id);
    CREATE TABLE measure (
      measurand INTEGER NOT NULL REFERENCES measurand (measurand),
      at INTEGER NOT NULL,
      run INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      attempts INTEGER NOT NULL,
      "is" TEXT NOT NULL,
      value REAL,
      u REAL,
      verdict TEXT NOT NULL,
      PRIMARY KEY (measurand, at, run)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE measure_day (
      measurand INTEGER NOT NULL REFERENCES measurand (measurand),
      day INTEGER NOT NULL,
      n INTEGER NOT NULL,
      mean REAL NOT NULL,
      m2 REAL NOT NULL,
      least REAL,
      greatest REAL,
      above INTEGER NOT NULL,
      below INTEGER NOT NULL,
      invalid INTEGER NOT NULL,
      failed INTEGER NOT NULL,
      undecided INTEGER NOT NULL,
      PRIMARY KEY (measurand, day)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX measure_failed ON measure_day (measurand, day, failed) WHERE failed > 0;
    CREATE INDEX run_started ON run (started, run);
    CREATE INDEX run_verdict_started ON run (verdict, started, run);
    CREATE INDEX run_unit ON run (serial, procedure, simulated, run, verdict, ending);
    `,
    fill,
  },
  // 5: the final hashes of all runs are read when one is signed or exported, without their heads.
  `
  CREATE INDEX run_hash ON run (run, hash) WHERE hash IS NOT NULL;
  `,
  // 6: what each run had seen of the ledger is asked before anything is signed, labelled or kept (ledgerSeen.ts).
  `
  CREATE INDEX run_ledger ON run (json_extract(head, '$.ledger.entries'), json_extract(head, '$.ledger.hash'), run)
    WHERE json_extract(head, '$.ledger.entries') IS NOT NULL;
  `,
  // 7: runs of one adapter type or of one operator are found among many.
  `
  CREATE INDEX run_adapter ON run (adapter, run);
  CREATE INDEX run_operator ON run (operator, run);
  `,
];
