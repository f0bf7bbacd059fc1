-- What comments say, derived from their events: may be thrown away and is made again.
CREATE TABLE comment (
  id INTEGER PRIMARY KEY,     -- time in seconds << 31, then the event and the part: newest last
  seq INTEGER NOT NULL,       -- of the event
  digest INTEGER NOT NULL,    -- of who said it and the words
  key INTEGER NOT NULL,       -- of the event's foremost identifier, signed; 0: none
  at INTEGER NOT NULL,        -- seconds since 1970
  touchpoint TEXT NOT NULL,
  score REAL,                 -- −100…100
  language TEXT NOT NULL,
  sentiment TEXT,             -- NULL in languages that no model knows
  negative REAL,
  positive REAL,
  effort TEXT,
  urgent INTEGER NOT NULL,
  levels TEXT NOT NULL,       -- with commas
  emotions TEXT NOT NULL,     -- JSON
  text TEXT NOT NULL,         -- without personal data
  copies INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX comment_digest ON comment (digest);
CREATE INDEX comment_touchpoint ON comment (touchpoint, id);
CREATE INDEX comment_language ON comment (language, id);
CREATE TABLE mention (
  comment INTEGER NOT NULL,
  aspect TEXT NOT NULL,       -- '' or a name of the taxonomy; so is touchpoint
  touchpoint TEXT NOT NULL,
  sentiment TEXT NOT NULL,
  negative REAL NOT NULL
);
CREATE INDEX mention_aspect ON mention (aspect, comment);
CREATE INDEX mention_comment ON mention (comment);
CREATE VIRTUAL TABLE terms USING fts5 (said, content='', detail=none, columnsize=0, tokenize="ascii tokenchars '-=_'");
CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
