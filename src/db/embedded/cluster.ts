import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, mkdtemp, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Binaries } from './binaries.ts'
import { run, type SystemUser } from './command.ts'
import { readFrom } from './logfile.ts'
import { checkFile, checkFolder } from './owner.ts'
import type { Place } from './place.ts'
import { wantOfRoom } from './room.ts'

/** The files of one cluster. */
export interface Cluster {
  data: string
  log: string
  password: string
  user: SystemUser | undefined
}

const half = 'postgres-new-'

/** Opens the cluster of a place, making it first where there is none. Throws a sentence if these binaries cannot run it. */
export async function openCluster(place: Place, binaries: Binaries, log: (message: string) => void): Promise<Cluster> {
  const folder = join(place.folder, 'postgres')
  if (!(await exists(folder))) {
    log(`making a PostgreSQL ${binaries.version} database in ${folder}`)
    await makeCluster(place, binaries)
  }
  await checkFolder(folder)
  await checkVersion(join(folder, 'data'), binaries)
  return {
    data: join(folder, 'data'),
    log: join(folder, 'postgres.log'),
    password: await readPassword(place),
    user: place.user,
  }
}

/** The password of the superuser `postgres`, made with the cluster and kept beside its data. */
export async function readPassword(place: Place): Promise<string> {
  const file = join(place.folder, 'postgres/password')
  await checkFile(file)
  return readFrom(file, 0).catch((cause: Error) => {
    throw new Error(
      `The password of the database in ${place.folder} cannot be read: ${cause.message}. Start as the user that made it.`,
      { cause },
    )
  })
}

/** Removes what starts that were killed in the middle of making a cluster left behind. */
export async function sweep(place: Place): Promise<void> {
  const names = await readdir(place.folder)
  for (const name of names.filter((name) => name.startsWith(half))) {
    await rm(join(place.folder, name), { recursive: true, force: true }).catch(() => undefined)
  }
}

/**
 * initdb works in a folder of its own, renamed when complete: one that was cut in the middle leaves nothing that looks like a cluster,
 * and of two at the same moment the second finds the name taken and uses the first's.
 */
async function makeCluster(place: Place, binaries: Binaries): Promise<void> {
  const made = await mkdtemp(join(place.folder, half)).catch(async (cause: Error) => {
    throw new Error(`No database can be made in ${place.folder}: ${cause.message}${await wantOfRoom(place.folder)}`, {
      cause,
    })
  })
  try {
    await chmod(made, 0o755)
    await initialise(made, binaries, place.user)
    await rename(made, join(place.folder, 'postgres'))
    await flush(place.folder)
  } catch (cause) {
    const full = await wantOfRoom(place.folder)
    await rm(made, { recursive: true, force: true })
    if (!(await exists(join(place.folder, 'postgres')))) throw new Error((cause as Error).message + full, { cause })
  }
}

async function initialise(folder: string, binaries: Binaries, user: SystemUser | undefined): Promise<void> {
  const [data, password] = [join(folder, 'data'), join(folder, 'password')]
  await mkdir(data, { mode: 0o700 })
  await writeFile(password, randomBytes(24).toString('base64url'), { mode: 0o600 })
  // initdb runs as `user` and reads the password; afterwards it belongs to the service again.
  if (user) for (const path of [data, password]) await chown(path, user.uid, user.gid)
  await run(
    join(binaries.folder, 'bin/initdb'),
    [
      '--pgdata',
      data,
      '--username',
      'postgres',
      '--pwfile',
      password,
      '--auth',
      'scram-sha-256',
      '--encoding',
      'UTF8',
      '--locale',
      'C',
    ],
    user,
  ).catch((cause: Error) => {
    const unnamed = /could not look up effective user ID/.test(cause.message)
    const advice = unnamed
      ? '. Postgres makes databases only for users that /etc/passwd knows: add this one, or start as another, or set DATABASE_URL.'
      : ''
    throw new Error(`initdb failed in ${folder}: ${cause.message}${advice}`, { cause })
  })
  if (user) await chown(password, process.getuid?.() ?? 0, process.getgid?.() ?? 0)
}

async function checkVersion(data: string, binaries: Binaries): Promise<void> {
  const text = await readFrom(join(data, 'PG_VERSION'), 0).catch((cause: Error) => {
    throw new Error(
      `${data} is not a Postgres data folder (${cause.message}). Move it away to start with a new database.`,
      { cause },
    )
  })
  const made = /^\d[\d.]{0,5}$/m.exec(text)?.[0]
  if (made === undefined)
    throw new Error(
      `${data} is not a Postgres data folder: its PG_VERSION holds no version. Move it away to start with a new database.`,
    )
  const major = binaries.version.split('.')[0]
  if (made === major) return
  throw new Error(
    `The data in ${data} was made by PostgreSQL ${made}, these binaries are ${binaries.version}, and Postgres reads only its own major version. Dump it with the old version and load it with the new one, or move the folder away to start empty, or set DATABASE_URL.`,
  )
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

/** Makes a rename survive a power cut. */
async function flush(folder: string): Promise<void> {
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
