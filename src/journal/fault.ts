import { BrineError, messageOf } from '../core/index.ts';

const diskFull = new Set([28 /* ENOSPC */, 27 /* EFBIG */, 122 /* EDQUOT */, -30792 /* MDB_MAP_FULL */]);

/** What LMDB threw, as an error of ours. The number in `code` is the system's or LMDB's. */
export function faultOf(error: unknown, folder: string): BrineError {
  if (error instanceof BrineError) return error;
  const code = (error as { code?: unknown } | null)?.code;
  const fields = { folder, code };
  if (typeof code === 'number' && diskFull.has(code)) {
    return new BrineError('DISK_FULL', `There is no room left on the disk of ${folder}.`, {
      fields,
      cause: error,
    });
  }
  return damaged(folder, messageOf(error), error);
}

export function damaged(folder: string, why: string, cause?: unknown): BrineError {
  return new BrineError(
    'JOURNAL_DAMAGED',
    `The journal in ${folder} cannot be used: ${why}. Move that folder away and restore it from a backup, or start with an empty one.`,
    { fields: { folder }, cause },
  );
}
