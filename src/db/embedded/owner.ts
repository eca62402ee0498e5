import type { Stats } from 'node:fs'
import { lstat } from 'node:fs/promises'

export function isRoot(): boolean {
  return process.getuid?.() === 0
}

const instead = 'or give another data folder (DATA_DIR), or set DATABASE_URL'

/**
 * Throws a sentence where a folder that is there could have been prepared by somebody else: it belongs to another user than this one and root, is a link,
 * or, for root, may be changed by others. They could lead what is written into it to any file of this user.
 */
export async function checkFolder(path: string): Promise<Stats | undefined> {
  const found = await lstat(path).catch(() => undefined)
  if (!found) return undefined
  if (found.isSymbolicLink() || !found.isDirectory())
    throw new Error(
      `${path} is ${found.isSymbolicLink() ? 'a link, which is not followed' : 'not a folder'}. Move it away, ${instead}.`,
    )
  if (found.uid !== 0) refuseOthers(path, found)
  refuseWritable(path, found)
  return found
}

/** The same for a file: one that belongs to this user, is no link, and has no second name. Its state, where it is there. */
export async function checkFile(path: string): Promise<Stats | undefined> {
  const found = await lstat(path).catch(() => undefined)
  if (!found) return undefined
  const fault = found.isSymbolicLink()
    ? 'is a link, which is not followed'
    : !found.isFile()
      ? 'is not a plain file'
      : found.nlink > 1
        ? 'has a second name (a hard link)'
        : undefined
  if (fault !== undefined) throw new Error(`${path} ${fault}. Move it away, ${instead}.`)
  refuseOthers(path, found)
  refuseWritable(path, found)
  return found
}

function refuseOthers(path: string, { uid }: Stats): void {
  const own = process.getuid?.()
  if (uid === own) return
  const adopt = isRoot() ? `, or, if you trust what is in it, chown root ${path}` : ''
  throw new Error(
    `${path} belongs to uid ${uid}, this is uid ${own}, and whoever prepared it could lead what is written there elsewhere. Start as that user${adopt}, ${instead}.`,
  )
}

/**
 * Only root is strict with modes: it writes everywhere. Others may be given a folder that is open to all, such as a volume of a container.
 * `by` everybody: a folder above, which a trusted group may change (/usr/local on Debian).
 */
export function refuseWritable(path: string, { mode, gid }: Stats, by: 'group' | 'everybody' = 'group'): void {
  const sticky = (mode & 0o1000) !== 0
  const open = (mode & 0o002) !== 0 || (by === 'group' && (mode & 0o020) !== 0 && gid !== 0)
  if (!isRoot() || !open || sticky) return
  throw new Error(
    `${path} may be changed by others than root (mode ${(mode & 0o7777).toString(8)}), who could lead what root writes there elsewhere. Close it (chmod go-w ${path}), ${instead}.`,
  )
}
