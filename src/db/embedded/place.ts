import { createHash } from 'node:crypto'
import { access, chmod, chown, constants, mkdir, mkdtemp, realpath, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { succeeds, type SystemUser } from './command.ts'

/** Where a cluster lives and who runs it. */
export interface Place {
  /** Holds `postgres/`, which holds `data/`, `password` and `postgres.log`. */
  folder: string
  /** undefined: the user of this process. */
  user: SystemUser | undefined
}

/** Postgres refuses to run as root; 65534 is `nobody` nearly everywhere. */
const nobody: SystemUser = { uid: 65_534, gid: 65_534 }

export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/** Where the data of a wanted folder already is: there, or, as root, in the place it had to be moved to. */
export async function findPlace(wanted: string): Promise<Place | undefined> {
  const folder = await realFolder(wanted)
  for (const candidate of isRoot() ? [folder, elsewhere(folder)] : [folder]) {
    const owner = await stat(join(candidate, 'postgres/data')).catch(() => undefined)
    if (owner) return { folder: candidate, user: runner(candidate, { uid: owner.uid, gid: owner.gid }) }
  }
  return undefined
}

/** Where the data is or, on a first start, where it can be: as root not below a folder that an unprivileged user cannot enter. */
export async function choosePlace(wanted: string, log: (message: string) => void): Promise<Place> {
  const place = (await findPlace(wanted)) ?? (await newPlace(wanted))
  if (place.folder !== (await realFolder(wanted))) {
    log(`the database's data is in ${place.folder}, because Postgres does not run as root and uid ${place.user?.uid} cannot reach ${wanted}`)
  } else if (place.user && !(await canEnter(place.folder, place.user))) {
    throw new Error(
      `The data in ${place.folder} belongs to uid ${place.user.uid}, who can no longer reach it: a folder above it is closed to others. Open it (chmod o+x), or move the data.`,
    )
  }
  return place
}

async function newPlace(wanted: string): Promise<Place> {
  const folder = await realFolder(wanted)
  if (!isRoot()) return { folder: await writable(folder), user: undefined }
  if (await canOwn(folder, nobody)) return { folder, user: nobody }
  await rmdir(folder).catch(() => undefined)
  return { folder: await writable(elsewhere(folder)), user: nobody }
}

async function writable(folder: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o755 })
    await access(folder, constants.W_OK)
    return folder
  } catch (cause) {
    throw new Error(`The data folder ${folder} cannot be written: ${(cause as Error).message}. Give another data folder (DATA_DIR), or set DATABASE_URL.`, { cause })
  }
}

/** Without links above it, so that two ways to write a path mean one cluster; works before the folder exists. */
async function realFolder(wanted: string): Promise<string> {
  const path = resolve(wanted)
  return realpath(path).catch(async () => join(await realpath(dirname(path)).catch(() => dirname(path)), basename(path)))
}

function elsewhere(folder: string): string {
  const name = [basename(dirname(folder)), basename(folder)].join('-').replace(/[^\w-]+/g, '')
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 8)
  return join('/var/lib/event-detector-observability', `${name}-${hash}`)
}

function runner(folder: string, owner: SystemUser): SystemUser | undefined {
  if (isRoot()) {
    if (owner.uid !== 0) return owner
    throw new Error(`The data in ${folder} belongs to root, as whom Postgres refuses to run. Give it away: chown -R ${nobody.uid}:${nobody.gid} ${join(folder, 'postgres/data')}`)
  }
  if (owner.uid === process.getuid?.()) return undefined
  throw new Error(
    `The data in ${folder} belongs to uid ${owner.uid}, this is uid ${process.getuid?.()}. Start as that user (or as root), or set DATABASE_URL, or give another data folder (DATA_DIR).`,
  )
}

async function canEnter(folder: string, user: SystemUser): Promise<boolean> {
  return succeeds('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], user)
}

/** Whether the user can reach this folder and own another below it (some mounts know no owners). */
async function canOwn(folder: string, user: SystemUser): Promise<boolean> {
  try {
    if ((await mkdir(folder, { recursive: true })) !== undefined) await chmod(folder, 0o755)
    const probe = await mkdtemp(join(folder, 'probe-'))
    try {
      await chown(probe, user.uid, user.gid)
      return await succeeds('/bin/sh', ['-c', 'cd -- "$1" && : > written', 'sh', probe], user)
    } finally {
      await rm(probe, { recursive: true, force: true })
    }
  } catch {
    return false
  }
}
