import { createHash } from 'node:crypto'
import { access, chown, constants, mkdtemp, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { codeOf, succeeds, type SystemUser } from './command.ts'
import { makeFolder, realFolder } from './folder.ts'
import { checkFolder, isRoot } from './owner.ts'

/** Where a cluster lives and who runs it. */
export interface Place {
  /** Holds `postgres/`, which holds `data/`, `password` and `postgres.log`. */
  folder: string
  /** undefined: the user of this process. */
  user: SystemUser | undefined
}

/** Postgres refuses to run as root; 65534 is `nobody` nearly everywhere. */
const nobody: SystemUser = { uid: 65_534, gid: 65_534 }

/** Where the data that had to be moved is, below root's own. */
const moved = '/var/lib/event-detector-observability'

/** Where the data of a wanted folder already is: there, or, as root, in the place it had to be moved to. Throws a sentence where somebody else prepared it for root. */
export async function findPlace(wanted: string): Promise<Place | undefined> {
  const folder = await realFolder(wanted)
  for (const candidate of isRoot() ? [folder, elsewhere(folder)] : [folder]) {
    const owner = await stat(join(candidate, 'postgres/data')).catch(() => undefined)
    if (!owner) continue
    await checkOwners(candidate)
    return { folder: candidate, user: runner(candidate, { uid: owner.uid, gid: owner.gid }) }
  }
  return undefined
}

/** Where the data is or, on a first start, where it can be: as root not below a folder that an unprivileged user cannot enter. */
export async function choosePlace(wanted: string, log: (message: string) => void): Promise<Place> {
  const place = (await findPlace(wanted)) ?? (await newPlace(wanted))
  if (place.folder !== (await realFolder(wanted))) {
    log(
      `the database's data is in ${place.folder}, because Postgres does not run as root and uid ${place.user?.uid} can have no data in ${wanted}: a folder above it is closed, or its disk knows no owners`,
    )
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
  const made = await makeFolder(folder)
  await checkOwners(folder)
  if (await canOwn(folder, nobody)) return { folder, user: nobody }
  if (made) await rmdir(folder)
  const other = elsewhere(folder)
  await makeFolder(other)
  await checkOwners(other)
  return { folder: await writable(other), user: nobody }
}

/** Root writes into these folders, so nobody else may have prepared them. */
async function checkOwners(folder: string): Promise<void> {
  if (!isRoot()) return
  if (dirname(folder) === moved) await checkFolder(moved)
  await checkFolder(folder)
  await checkFolder(join(folder, 'postgres'))
}

async function writable(folder: string): Promise<string> {
  await makeFolder(folder)
  try {
    await access(folder, constants.W_OK)
    return folder
  } catch (cause) {
    throw new Error(
      `The data folder ${folder} cannot be written: ${(cause as Error).message}. Give another data folder (DATA_DIR), or set DATABASE_URL.`,
      { cause },
    )
  }
}

function elsewhere(folder: string): string {
  const name = [basename(dirname(folder)), basename(folder)].join('-').replace(/[^\w-]+/g, '')
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 8)
  return join(moved, `${name}-${hash}`)
}

function runner(folder: string, owner: SystemUser): SystemUser | undefined {
  if (isRoot()) {
    if (owner.uid !== 0) return owner
    throw new Error(
      `The data in ${folder} belongs to root, as whom Postgres refuses to run. Give it away: chown -R ${nobody.uid}:${nobody.gid} ${join(folder, 'postgres/data')}`,
    )
  }
  if (owner.uid === process.getuid?.()) return undefined
  throw new Error(
    `The data in ${folder} belongs to uid ${owner.uid}, this is uid ${process.getuid?.()}. Start as that user, or as root if root made the data folder, or set DATABASE_URL, or give another data folder (DATA_DIR).`,
  )
}

async function canEnter(folder: string, user: SystemUser): Promise<boolean> {
  return succeeds('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], user)
}

/** Whether the user can reach this folder and own another below it (some mounts know no owners). Throws a sentence where root cannot write there either. */
async function canOwn(folder: string, user: SystemUser): Promise<boolean> {
  const probe = await mkdtemp(join(folder, 'probe-')).catch((cause: Error) => {
    throw new Error(
      `The data folder ${folder} cannot be written: ${cause.message}. Give another data folder (DATA_DIR), or set DATABASE_URL.`,
      { cause },
    )
  })
  try {
    await chown(probe, user.uid, user.gid)
    return await succeeds('/bin/sh', ['-c', 'cd -- "$1" && : > written', 'sh', probe], user)
  } catch (cause) {
    if (codeOf(cause) === undefined) throw cause
    return false
  } finally {
    await rm(probe, { recursive: true, force: true })
  }
}
