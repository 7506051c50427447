// Opens the register's database: makes it, checks it, brings it up to date, locks it.
import { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from './store.ts';

/** Each brings the schema one version further; the number done is kept in user_version. */
const migrations = [
  `CREATE TABLE entry (
     room TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
     PRIMARY KEY (room, key)
   ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE event (number INTEGER PRIMARY KEY, value TEXT NOT NULL) STRICT;
   CREATE TRIGGER event_kept BEFORE UPDATE ON event
     BEGIN SELECT RAISE(ABORT, 'the audit log is only appended to'); END;
   CREATE TRIGGER event_stays BEFORE DELETE ON event
     BEGIN SELECT RAISE(ABORT, 'the audit log is only appended to'); END`,
];

/** "MSHV": tells our files from any other SQLite database. */
const applicationId = 0x4d534856;

const restore =
  'nothing was changed; restore it from a backup, or move it away and begin anew with -newregister';

export const openDatabase = (path: string): DatabaseSync => {
  if (!existsSync(path)) createDatabase(path);
  if (statSync(path).size === 0) throw new StoreError('damaged', `${path} is empty; ${restore}`);
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    lock(database, path);
    check(database, path);
    migrate(database);
    return database;
  } catch (fault) {
    database.close();
    throw fault;
  }
};

/** Under another name until it is whole, so that a file of the real name is never half made. */
const createDatabase = (path: string): void => {
  const draft = `${path}.${String(process.pid)}.new`;
  rmSync(draft, { force: true });
  closeSync(openSync(draft, 'wx', 0o600));
  const database = new DatabaseSync(draft);
  database.exec(`PRAGMA synchronous = FULL; PRAGMA application_id = ${String(applicationId)}`);
  migrate(database);
  database.close();
  for (const tail of ['-wal', '-shm', '-journal']) {
    if (existsSync(`${path}${tail}`)) {
      rmSync(draft);
      throw new StoreError('damaged', `${path} is missing but ${path}${tail} is there; ${restore}`);
    }
  }
  linkSync(draft, path);
  rmSync(draft);
  syncDirectory(dirname(path));
};

const syncDirectory = (path: string): void => {
  const directory = openSync(path, 'r');
  fsyncSync(directory);
  closeSync(directory);
};

/** An exclusive WAL lock lasts as long as this process, whatever way it ends. */
const lock = (database: DatabaseSync, path: string): void => {
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;');
    database.exec('PRAGMA synchronous = FULL; BEGIN EXCLUSIVE; COMMIT');
  } catch (fault) {
    if (fault instanceof Error && /locked|busy/.test(fault.message)) {
      const text = `${path} is in use by another server; stop that one, or give this one its own -statedir`;
      throw new StoreError('locked', text, { cause: fault });
    }
    throw damaged(path, fault);
  }
};

const check = (database: DatabaseSync, path: string): void => {
  const version = pragma(database, 'user_version', path);
  if (pragma(database, 'application_id', path) !== applicationId) {
    throw new StoreError('damaged', `${path} is not a Meshover register; ${restore}`);
  }
  if (typeof version === 'number' && version > migrations.length) {
    throw new StoreError(
      'newer',
      `${path} was written by a newer version (schema ${version}, this program reads up to ` +
        `${migrations.length}); nothing was changed; start that version or a newer one`,
    );
  }
  const verdict = pragma(database, 'integrity_check', path);
  if (verdict !== 'ok') throw damaged(path, new Error(String(verdict)));
};

const pragma = (database: DatabaseSync, name: string, path: string): unknown => {
  try {
    return Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  } catch (fault) {
    throw damaged(path, fault);
  }
};

const damaged = (path: string, cause: unknown): StoreError =>
  new StoreError(
    'damaged',
    `${path} is damaged (${cause instanceof Error ? oneLine(cause.message) : 'unknown'}); ${restore}`,
    { cause },
  );

/** SQLite's verdicts are many lines. */
const oneLine = (text: string): string =>
  text
    .slice(0, 200)
    .trim()
    .replaceAll(/\s*\n\s*/g, '; ');

const migrate = (database: DatabaseSync): void => {
  const row = database.prepare('PRAGMA user_version').get();
  const done = Number(row?.['user_version']);
  for (const [i, statement] of migrations.entries()) {
    if (i < done) continue;
    database.exec(`BEGIN; ${statement}; PRAGMA user_version = ${String(i + 1)}; COMMIT`);
  }
};
