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
INSERT INTO run (run, uid, started, procedure, adapter, serial, operator, simulated, head, prev_hash, writer_pid, writer_start)
VALUES (1, 'fixture', '2026-01-01T00:00:00.000Z', 'dc-screening', 'sample-a', 'SN-1', 'kim', 1,
'{"adapter":{"confidence":"H","family":"A","hash":"a","id":"sample-a","label":"SN-1","maker":"Sample","model":"A1","parts":{"acContactsPopulated":false,"idElement":false,"latchSwitch":false,"tempSensors":false},"pp":{"topology":"PASS"},"rating":{"ambient_max_degC":50,"ambient_min_degC":-30,"current_A":500,"voltage_V":1000},"serial":"SN-1","source":"test"},"bench":{"file":"benches/rb-1.yaml","hash":"b","id":"rb-1"},"id":"R000001","limits":{"hash":"l","id":"adapter-dc","revision":"2","rows":{},"title":"DC"},"operator":"kim","options":{},"procedure":{"hash":"p","id":"dc-screening","revision":3},"run":1,"simulated":true,"software":{"hash":"s","node":"v20","version":"0.1.0"},"started":"2026-01-01T00:00:00.000Z","uid":"fixture","waivers":[]}',
'0000000000000000000000000000000000000000000000000000000000000000', 4194303, 'another-boot:1');
INSERT INTO event (run, seq, type, text, hash) VALUES (1, 1, 'step',
'{"attempt":1,"bench_s":1,"lane":"main","name":"PE","path":"PE","phase":"enter","seq":1,"type":"step","utc":"2026-01-01T00:00:01.000Z"}',
'2d0935b3f578f112aec264f00f2760c45044713716930e8c6de9e068eb8a7fcc');
INSERT INTO event (run, seq, type, text, hash) VALUES (1, 2, 'judged',
'{"attempt":1,"bench_s":2,"body":{"attempt":1,"contacts":["evse.PE","ev.PE"],"id":"pe.resistance","limit":"pe.resistance","reading":{"is":"value","raw":"+5.0E-01","t_s":4,"u":0.0005,"unit":"ohm","value":0.5},"step":"PE","subject":"adapter","verdict":"fail"},"lane":"main","seq":2,"type":"judged","utc":"2026-01-01T00:00:01.000Z"}',
'36a81429ca18b531b647a92e208e7f78e2ab41b8a59f1ca4334d74856282c803');
PRAGMA user_version = 1;
