package store

// version is the schema's. A file with another one is thrown away: everything in it is in the journal.
//
// Version 2 came when one stored message of the journal began to hold several entries. A reader from before that reads the first alone
// and goes on behind it. So a file that such a one may have written to is not trusted: what it has passed over is found only
// by reading the journal anew, which this number has every process do once after an upgrade.
//
// Version 3 remembers what failed and was brought back, and when something was sent last.
//
// Version 4 keeps when a message was sent, apart from when it was delivered or read.
//
// Version 5 has numbers in place of texts where messages are found by them, and what came of a message in one batch in one row.
const version = 5

// schema is what the file holds. Times are microseconds since 1970, by UTC; 0 stands for none.
//
// messages.slot is network, direction and state as one number, so that one index answers for any combination of the three: see
// [OpenSlot]. contact_key is the [Key] of the contact; keys.key is that of a ref or a trace. entries.body is a [journalv1.Entry] with
// nothing but others in it, without what their message's row says: those that came in one batch, packed. sequence is where the first is in the
// journal, and place which of the entries there that are stored as one message, from 0. failures are messages that stand as failed; resent are those
// that did, from at on, until they were brought back, which was at the time again.
const schema = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE networks (network INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE channels (channel INTEGER PRIMARY KEY, network INTEGER NOT NULL, id TEXT NOT NULL, last_in INTEGER NOT NULL,
	last_sent INTEGER NOT NULL, last_told INTEGER NOT NULL, UNIQUE (id, network));
CREATE TABLE messages (
	message INTEGER PRIMARY KEY, id TEXT NOT NULL, channel INTEGER NOT NULL, slot INTEGER NOT NULL, contact_key INTEGER NOT NULL, contact TEXT NOT NULL, trace TEXT NOT NULL,
	accepted_at INTEGER NOT NULL, state_at INTEGER NOT NULL, sent_at INTEGER NOT NULL, next_try INTEGER NOT NULL, ends INTEGER NOT NULL, seen INTEGER NOT NULL,
	entries INTEGER NOT NULL, progress BLOB NOT NULL, why BLOB);
CREATE UNIQUE INDEX messages_id ON messages (id, channel);
CREATE INDEX messages_contact ON messages (contact_key, accepted_at);
CREATE INDEX messages_slot ON messages (slot, accepted_at, channel);
CREATE INDEX messages_channel ON messages (channel, slot, accepted_at);
CREATE TABLE entries (message INTEGER NOT NULL, sequence INTEGER NOT NULL, place INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (message, sequence, place)) WITHOUT ROWID;
CREATE TABLE keys (key INTEGER NOT NULL, message INTEGER NOT NULL, PRIMARY KEY (key, message)) WITHOUT ROWID;
CREATE TABLE failures (
	message INTEGER PRIMARY KEY, at INTEGER NOT NULL, channel INTEGER NOT NULL, kind INTEGER NOT NULL, fault INTEGER NOT NULL,
	generation INTEGER NOT NULL, part INTEGER NOT NULL, service TEXT NOT NULL, code TEXT NOT NULL, en TEXT NOT NULL, es TEXT NOT NULL, why BLOB);
CREATE INDEX failures_at ON failures (at, message);
CREATE INDEX failures_code ON failures (kind, code, channel, at);
CREATE INDEX failures_channel ON failures (channel, at, message);
CREATE TABLE resent (
	message INTEGER PRIMARY KEY, at INTEGER NOT NULL, channel INTEGER NOT NULL, kind INTEGER NOT NULL, fault INTEGER NOT NULL,
	code TEXT NOT NULL, en TEXT NOT NULL, es TEXT NOT NULL, why BLOB, again INTEGER NOT NULL);
CREATE INDEX resent_at ON resent (at, message);
CREATE TABLE channel_events (channel INTEGER NOT NULL, sequence INTEGER NOT NULL, place INTEGER NOT NULL, seen INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (channel, sequence, place)) WITHOUT ROWID;
`
