// Aliases in the writer: look-up in the settled order, creation with a person id of its own, possession of temporaryIds.
// Remembers those that were used lately, since a visitor's events come in runs.
import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { type Identitytype, identitytypes, lowerEmail, phoneDigits } from '../../../protocol/index.ts';
import type { Db } from './open-file.ts';
import type { NewId } from './person-ids.ts';

export interface Alias {
  id: number;
  value: string;
  identitytype: Identitytype;
  secretHash: Buffer | null;
  /** Events before this were erased and stay away; `Infinity` never occurs here, such aliases are not made again. */
  suppressedBefore: number | null;
}

export interface Origin {
  at: number;
  by: string;
}

export interface Aliases {
  /** A temporaryId by its literal value, anything else by the settled order. */
  find(workspace: number, identity: string, identitytype: Identitytype): Alias | undefined;
  /** By literal value only. */
  findLiteral(workspace: number, identity: string, identitytype: Identitytype): Alias | undefined;
  /** By any spelling and whatever its type: known ones first, then temporaryIds. */
  findAny(workspace: number, identity: string): Alias | undefined;
  /** Stands alone until it is linked. Claims that named it while nobody owned it point to it from now on. */
  create(workspace: number, identity: string, identitytype: Identitytype, origin: Origin): Alias;
  /** From when on events of this value are taken again after an erasure; Infinity: never. Undefined: never erased. */
  suppressedBefore(workspace: number, identity: string, identitytype: Identitytype): number | undefined;
  suppressionHash(workspace: number, identity: string, identitytype: Identitytype): Buffer;
  registerSecret(alias: Alias, secret: string): void;
  newPersonId(at: number): string;
  /** A rank behind all others, for an alias that starts anew. */
  newRank(): number;
  /** A temporaryId that nothing is known of any more; its value may come again as somebody new. */
  remove(workspace: number, id: number, temporaryId: string): void;
  forget(): void;
}

/** Recently used aliases kept in memory, in two generations of this many. */
const generationSize = 50_000;

export function createAliases(db: Db, { salt, newId }: { salt: Buffer; newId: NewId }): Aliases {
  const columns = 'id, value, identitytype AS type, secret_hash AS secretHash, suppressed_before AS suppressedBefore';
  const byValue = db.prepare(`SELECT ${columns} FROM alias WHERE workspace = ? AND kind = ? AND value = ?`);
  const byCanonical = db.prepare(
    `SELECT ${columns} FROM alias WHERE workspace = ? AND canonical = ? ORDER BY id LIMIT 1`,
  );
  const insert = db.prepare(`INSERT INTO alias
    (id, workspace, kind, value, canonical, identitytype, first_seen, person, person_id, rank, suppressed_before, created_by, updated_at, updated_by)
    VALUES (@id, @workspace, @kind, @value, @canonical, @type, @at, @id, @personId, @id, @suppressedBefore, @by, @at, @by)`);
  const adopt = db.prepare('UPDATE link SET to_alias = ? WHERE workspace = ? AND to_value = ? AND to_alias IS NULL');
  const register = db.prepare('UPDATE alias SET secret_hash = ? WHERE id = ?');
  const suppression = db.prepare('SELECT before FROM suppression WHERE workspace = ? AND hash = ?');
  const anySuppression = db.prepare('SELECT 1 FROM suppression LIMIT 1');
  const drop = db.prepare('DELETE FROM alias WHERE id = ?');
  const highest = db.prepare('SELECT max(max(id), max(rank)) FROM alias').pluck();
  let next = 1 + Number(highest.get() ?? 0);
  let young = new Map<string, Alias>();
  let old = new Map<string, Alias>();

  const remember = (key: string, alias: Alias): Alias => {
    if (young.size >= generationSize) {
      old = young;
      young = new Map();
    }
    young.set(key, alias);
    return alias;
  };
  const literal = (workspace: number, kind: number, value: string): Alias | undefined => {
    const key = `${workspace}:${kind}:${value}`;
    const known = young.get(key) ?? old.get(key);
    if (known) return known;
    const row = byValue.get(workspace, kind, value) as AliasRow | undefined;
    return row && remember(key, fromRow(row));
  };
  const spelled = (workspace: number, canonical: string | undefined): Alias | undefined => {
    const row = canonical === undefined ? undefined : (byCanonical.get(workspace, canonical) as AliasRow | undefined);
    return row && fromRow(row);
  };

  const aliases: Aliases = {
    findLiteral: (workspace, identity, identitytype) => literal(workspace, kindOf(identitytype), identity),
    find(workspace, identity, identitytype) {
      const kind = kindOf(identitytype);
      const same = literal(workspace, kind, identity);
      return same || kind === 0 ? same : spelled(workspace, canonicalOf(identity, identitytype));
    },
    findAny(workspace, identity) {
      return (
        literal(workspace, 1, identity) ??
        spelled(workspace, phoneDigits(identity)) ??
        spelled(workspace, lowerEmail(identity)) ??
        literal(workspace, 0, identity)
      );
    },
    create(workspace, identity, identitytype, { at, by }) {
      const id = next++;
      const kind = kindOf(identitytype);
      const suppressedBefore = aliases.suppressedBefore(workspace, identity, identitytype) ?? null;
      insert.run({
        id,
        workspace,
        kind,
        value: identity,
        canonical: canonicalOf(identity, identitytype) ?? null,
        type: identitytypes.indexOf(identitytype),
        at,
        personId: newId(at),
        suppressedBefore: suppressedBefore === Infinity ? null : suppressedBefore,
        by,
      });
      if (kind === 1) adopt.run(id, workspace, identity);
      return remember(`${workspace}:${kind}:${identity}`, {
        id,
        value: identity,
        identitytype,
        secretHash: null,
        suppressedBefore,
      });
    },
    suppressedBefore(workspace, identity, identitytype) {
      if (anySuppression.get() === undefined) return undefined;
      const row = suppression.get(workspace, aliases.suppressionHash(workspace, identity, identitytype));
      if (row === undefined) return undefined;
      const before = (row as { before: number | null }).before;
      return before ?? Infinity;
    },
    suppressionHash(workspace, identity, identitytype) {
      const canonical = canonicalOf(identity, identitytype) ?? identity;
      return createHmac('sha256', salt)
        .update(`${workspace}:${kindOf(identitytype)}:${canonical}`)
        .digest();
    },
    registerSecret(alias, secret) {
      alias.secretHash = hashSecret(secret);
      register.run(alias.secretHash, alias.id);
    },
    newPersonId: newId,
    newRank: () => next++,
    remove(workspace, id, temporaryId) {
      drop.run(id);
      for (const generation of [young, old]) generation.delete(`${workspace}:0:${temporaryId}`);
    },
    forget() {
      young.clear();
      old.clear();
      next = 1 + Number(highest.get() ?? 0);
    },
  };
  return aliases;
}

/** Whether this is the secret that was registered, compared in constant time. */
export function holdsSecret({ secretHash }: Pick<Alias, 'secretHash'>, secret: string): boolean {
  return secretHash !== null && timingSafeEqual(secretHash, hashSecret(secret));
}

/** Plain SHA-256: the secret is random, not a password, so a slow hash would protect nothing. */
function hashSecret(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** temporaryIds and known identities have separate names: see migrations.ts. */
export function kindOf(identitytype: Identitytype): 0 | 1 {
  return identitytype === 'temporaryId' ? 0 : 1;
}

/** The spelling under which others of the same type are recognised. */
export function canonicalOf(identity: string, identitytype: Identitytype): string | undefined {
  if (identitytype === 'phone') return phoneDigits(identity);
  return identitytype === 'email' ? lowerEmail(identity) : undefined;
}

interface AliasRow {
  id: number;
  value: string;
  type: number;
  secretHash: Buffer | null;
  suppressedBefore: number | null;
}

function fromRow({ id, value, type, secretHash, suppressedBefore }: AliasRow): Alias {
  return { id, value, identitytype: identitytypes[type] ?? 'customerId', secretHash, suppressedBefore };
}
