"""The file format: one SQLite database, version 1, for people with `sqlite3` or DuckDB as well.

`PRAGMA application_id` is 0x77736D6E ("wsmn"), `PRAGMA user_version` the format's version. While a
recording runs the file is in WAL mode (`FILE-wal` and `FILE-shm` lie beside it, others may read at the
same time); a clean end leaves one plain file. `PRAGMA synchronous = FULL`: a commit is on the disk when
it returns, so a power cut loses what came after the last commit, at most 250 ms.

For queries, times in seconds since the Unix epoch, durations in the unit of their name:

    rtt(endpoint, connection, kind, time, rtt_ms)           every round trip: ws, app, tcp
    miss(endpoint, connection, kind, time, consecutive)     every heartbeat without an answer in time
    heartbeat(endpoint, kind, answered, missed, loss_percent)
    state(endpoint, connection, time, old, new)             every change of state
    opening(endpoint, connection, time, phase, status, error, fatal, duration_ms)      what failed to open
    closure(endpoint, connection, time, initiator, mechanism, received_code, received_reason,
            sent_code, sent_reason, life_s, forced)         every ended connection
    finding(endpoint, time, rule, severity, confidence, summary)

Behind them:

    meta(key, value)        program, schema, start_ns, wall_ns (the wall clock at start_ns), payload, part;
                            end_ns, events, dropped: written at a clean end, so their absence says there was none
    endpoint(id, name, config)    the configuration as JSON, secrets redacted; null if none was given
    batch(id, first_ns, last_ns, count, events)   everything, in order: a JSON array of the events of
                            `wsmonitor/facts/events/`, times in nanoseconds of the monotonic clock, bytes in base64

Events are JSON rather than msgpack because text explains itself: in ten years `sqlite3 FILE "SELECT
value FROM batch, json_each(events)"` still shows names and numbers without this program (it costs a
third more bytes; reading is as fast). Every field is written, defaults too, so that a changed default
cannot change what was seen. New event types and fields do not raise the version: readers skip what they
do not know.
"""

import sqlite3
from pathlib import Path

from wsmonitor.recording.errors import RecordingError

APPLICATION_ID = 0x77736D6E
VERSION = 1

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE endpoint (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, config TEXT);
CREATE TABLE batch (id INTEGER PRIMARY KEY, first_ns INTEGER NOT NULL, last_ns INTEGER NOT NULL,
  count INTEGER NOT NULL, events TEXT NOT NULL);
CREATE TABLE round_trip (endpoint_id INTEGER NOT NULL, connection INTEGER NOT NULL, slot INTEGER NOT NULL,
  kind TEXT NOT NULL, time REAL NOT NULL, rtt_ns INTEGER NOT NULL, answered INTEGER NOT NULL);
CREATE TABLE missed (endpoint_id INTEGER NOT NULL, connection INTEGER NOT NULL, slot INTEGER NOT NULL,
  kind TEXT NOT NULL, time REAL NOT NULL, consecutive INTEGER NOT NULL);
CREATE TABLE state_change (endpoint_id INTEGER NOT NULL, connection INTEGER NOT NULL, slot INTEGER NOT NULL,
  time REAL NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL);
CREATE TABLE open_failure (endpoint_id INTEGER NOT NULL, connection INTEGER NOT NULL, slot INTEGER NOT NULL,
  time REAL NOT NULL, phase TEXT NOT NULL, status INTEGER, error TEXT NOT NULL, fatal INTEGER NOT NULL,
  duration_ns INTEGER NOT NULL);
CREATE TABLE ending (endpoint_id INTEGER NOT NULL, connection INTEGER NOT NULL, slot INTEGER NOT NULL,
  time REAL NOT NULL, ended_by TEXT, initiator TEXT NOT NULL, mechanism TEXT NOT NULL,
  received_code INTEGER, received_reason TEXT, sent_code INTEGER, sent_reason TEXT,
  clean INTEGER NOT NULL, life_ns INTEGER NOT NULL, forced TEXT);
CREATE TABLE diagnosis (endpoint_id INTEGER NOT NULL, time REAL NOT NULL, rule TEXT NOT NULL,
  severity TEXT NOT NULL, confidence REAL NOT NULL, summary TEXT NOT NULL);
"""

# Plain SQL that DuckDB reads as well (it parses the views of an attached file by itself).
_VIEWS = """
CREATE VIEW rtt AS SELECT e.name AS endpoint, r.connection AS connection, r.kind AS kind, r.time AS time,
  r.rtt_ns / 1000000.0 AS rtt_ms FROM round_trip AS r JOIN endpoint AS e ON e.id = r.endpoint_id;
CREATE VIEW miss AS SELECT e.name AS endpoint, m.connection AS connection, m.kind AS kind, m.time AS time,
  m.consecutive AS consecutive FROM missed AS m JOIN endpoint AS e ON e.id = m.endpoint_id;
CREATE VIEW heartbeat AS SELECT e.name AS endpoint, b.kind AS kind, SUM(b.answered) AS answered,
  SUM(b.missed) AS missed, 100.0 * (SUM(b.missed) * 1.0 / SUM(b.answered + b.missed)) AS loss_percent
  FROM (SELECT endpoint_id, kind, answered, 0 AS missed FROM round_trip WHERE answered = 1
    UNION ALL SELECT endpoint_id, kind, 0 AS answered, 1 AS missed FROM missed) AS b
  JOIN endpoint AS e ON e.id = b.endpoint_id GROUP BY e.name, b.kind;
CREATE VIEW state AS SELECT e.name AS endpoint, s.connection AS connection, s.time AS time, s.old AS old,
  s.new AS new FROM state_change AS s JOIN endpoint AS e ON e.id = s.endpoint_id;
CREATE VIEW opening AS SELECT e.name AS endpoint, f.connection AS connection, f.time AS time, f.phase AS phase,
  f.status AS status, f.error AS error, f.fatal AS fatal, f.duration_ns / 1000000.0 AS duration_ms
  FROM open_failure AS f JOIN endpoint AS e ON e.id = f.endpoint_id;
CREATE VIEW closure AS SELECT e.name AS endpoint, c.connection AS connection, c.time AS time,
  c.initiator AS initiator, c.mechanism AS mechanism, c.received_code AS received_code,
  c.received_reason AS received_reason, c.sent_code AS sent_code, c.sent_reason AS sent_reason,
  c.life_ns / 1000000000.0 AS life_s, c.forced AS forced
  FROM ending AS c JOIN endpoint AS e ON e.id = c.endpoint_id;
CREATE VIEW finding AS SELECT e.name AS endpoint, d.time AS time, d.rule AS rule, d.severity AS severity,
  d.confidence AS confidence, d.summary AS summary
  FROM diagnosis AS d JOIN endpoint AS e ON e.id = d.endpoint_id;
"""


def create(connection: sqlite3.Connection) -> None:
    """Make an empty recording of an empty database, and set it up for writing."""
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.executescript(f"BEGIN; {_TABLES} {_VIEWS} COMMIT;")
    connection.execute("PRAGMA journal_mode = WAL")


def check_header(path: Path) -> None:
    """Raise `RecordingError` unless `path` begins like a recording that this version can read."""
    try:
        with path.open("rb") as file:
            head = file.read(100)
    except FileNotFoundError:
        raise RecordingError(f"there is no file {path}") from None
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror or error}") from error
    if not head:
        raise RecordingError(f"{path} is empty: nothing was recorded")
    if len(head) < 100 or not head.startswith(b"SQLite format 3\0"):
        raise RecordingError(f"{path} is not a recording of wsmonitor (it is no SQLite file)")
    if int.from_bytes(head[68:72], "big") != APPLICATION_ID:
        raise RecordingError(f"{path} is not a recording of wsmonitor (it is an SQLite file of another program)")
    version = int.from_bytes(head[60:64], "big")
    if version > VERSION:
        raise RecordingError(
            f"{path} was recorded by a newer wsmonitor (format {version}; this one reads up to {VERSION}): update it"
        )


def is_in_wal_mode(path: Path) -> bool:
    """Whether the file at `path` was left in WAL mode, as a recording is until it ends."""
    with path.open("rb") as file:
        return file.read(20)[18:20] == b"\x02\x02"
