import { join } from 'node:path';
import { BrineError } from '../../core/index.ts';
import { hashPassword } from './password.ts';
import { type Permission, readPermissions } from './permissions.ts';
import { RecordFile } from './record-file.ts';

/** What somebody may do. */
export interface Rights {
  readonly perms: readonly Permission[];
  /** Globs of the tags that they may read. */
  readonly read: readonly string[];
  /** Globs of the tags that they may send. */
  readonly emit: readonly string[];
}

export interface UserRecord extends Rights {
  readonly password: string;
  readonly createdMs: number;
  /** Grows with each change of the password, which ends the logins from before. */
  readonly generation: number;
}

export type UserFile = RecordFile<UserRecord>;

/** Plain letters only: a name that looks like another one is another one's trap. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

/** Salt's loop guard trusts this name, so nobody may have it. */
const reserved = 'reactor';

/** Folder of the users, tokens and logins. */
export function apiFolder(dataDir: string): string {
  return join(dataDir, 'api');
}

export function openUserFile(dataDir: string): UserFile {
  return new RecordFile(join(apiFolder(dataDir), 'users.json'), readUser);
}

/** Throws BAD_ARGUMENT. */
export function checkName(name: string, what: string): void {
  if (!namePattern.test(name) || name.toLowerCase() === reserved)
    throw new BrineError(
      'BAD_ARGUMENT',
      `${JSON.stringify(name)} cannot be the name of a ${what}: use letters, digits and . _ @ -, at most 64.`,
    );
}

/** Throws BAD_ARGUMENT for a tag glob that cannot be. */
export function checkRights(rights: Rights): Rights {
  for (const glob of [...rights.read, ...rights.emit])
    if (glob === '' || /[\n\r\0]/.test(glob))
      throw new BrineError('BAD_ARGUMENT', `${JSON.stringify(glob)} is not a glob for tags.`);
  return { ...rights, perms: readPermissions(rights.perms) };
}

export async function addUser(
  file: UserFile,
  name: string,
  password: string,
  rights: Rights,
  nowMs: number,
): Promise<void> {
  checkName(name, 'user');
  const checked = checkRights(rights);
  const hash = await hashPassword(password);
  await file.change((records) => {
    if (records.has(name)) throw new BrineError('BAD_ARGUMENT', `There is a user ${name} already.`);
    // A name that comes back is somebody else: logins of the old one must not fit.
    records.set(name, { ...checked, password: hash, createdMs: nowMs, generation: nowMs });
  });
}

export async function changePassword(
  file: UserFile,
  name: string,
  password: string,
  nowMs: number,
): Promise<void> {
  const hash = await hashPassword(password);
  await file.change((records) => {
    const user = knownUser(records, name);
    records.set(name, { ...user, password: hash, generation: Math.max(nowMs, user.generation + 1) });
  });
}

export function removeUser(file: UserFile, name: string): Promise<void> {
  return file.change((records) => {
    knownUser(records, name);
    records.delete(name);
  });
}

function knownUser(records: ReadonlyMap<string, UserRecord>, name: string): UserRecord {
  const user = records.get(name);
  if (user !== undefined) return user;
  throw new BrineError('NO_SUCH_RECORD', `There is no user ${name}.`);
}

function readUser(raw: unknown): UserRecord {
  const { password, createdMs, generation, ...rest } = raw as Record<string, unknown>;
  return {
    ...readRights(rest),
    password: String(password),
    createdMs: Number(createdMs),
    generation: Number(generation),
  };
}

/** Rights as a file has them. Throws BAD_ARGUMENT. */
export function readRights({ perms, read, emit }: Record<string, unknown>): Rights {
  return checkRights({ perms: readPermissions(perms ?? []), read: texts(read), emit: texts(emit) });
}

function texts(raw: unknown): string[] {
  return Array.isArray(raw) ? raw.filter((item) => typeof item === 'string') : [];
}
