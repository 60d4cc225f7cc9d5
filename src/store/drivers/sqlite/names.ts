// Interning: texts that repeat (workspaces, event types, sources) are stored once and stand as integers in events.
import type { Db } from './open-file.ts';

/** Past this the memory of texts is dropped and fills again: a sender that makes up types must not fill ours. */
const maxRemembered = 10_000;

export interface Names {
  /** The integer of a text, made on first use. */
  intern(text: string): number;
  /** After a rollback: what was made in it is gone. */
  forget(): void;
}

export function createNames(db: Db, table: 'name' | 'workspace'): Names {
  const column = table === 'name' ? 'value' : 'name';
  const find = db.prepare(`SELECT id FROM ${table} WHERE ${column} = ?`).pluck();
  const make = db.prepare(`INSERT INTO ${table} (${column}) VALUES (?)`);
  const remembered = new Map<string, number>();
  return {
    intern(text) {
      const known = remembered.get(text);
      if (known !== undefined) return known;
      const plain = wellFormed(text);
      const id = (find.get(plain) as number | undefined) ?? Number(make.run(plain).lastInsertRowid);
      if (remembered.size >= maxRemembered) remembered.clear();
      remembered.set(text, id);
      return id;
    },
    forget: () => remembered.clear(),
  };
}

/** Lone surrogates have no UTF-8: SQLite would store U+FFFD, and look-ups must ask for the same. */
export function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}
