import { chmod, lstat, mkdir, readlink } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { codeOf } from './command.ts'
import { isRoot, refuseWritable } from './owner.ts'

const instead = 'Give another data folder (DATA_DIR), or set DATABASE_URL.'

/** As many links as Linux follows on the way to one file. */
const MAX_LINKS = 40

/**
 * The path without links, so that two ways to write it mean one cluster; works before the folder exists. Throws a sentence at once where it is a file, or leads
 * through one. As root also where somebody else can decide where it leads: by a link of theirs, or in a folder that everybody may change.
 */
export async function realFolder(wanted: string): Promise<string> {
  let real: string = sep
  const ahead = partsOf(resolve(wanted))
  for (let links = 0, name = ahead.shift(); name !== undefined; name = ahead.shift()) {
    const path = join(real, name)
    const found = await lstat(path).catch((cause: unknown) => {
      if (codeOf(cause) === 'ENOENT') return undefined
      throw new Error(`The data folder ${wanted} cannot be reached: ${(cause as Error).message}. ${instead}`, { cause })
    })
    if (!found) return join(path, ...ahead)
    if (found.isSymbolicLink()) {
      if (isRoot() && found.uid !== 0)
        throw new Error(
          `The data folder ${wanted} leads through ${path}, a link that belongs to uid ${found.uid}, whom root does not follow. ${instead}`,
        )
      if (++links > MAX_LINKS)
        throw new Error(`The data folder ${wanted} leads through links that go round in a circle. ${instead}`)
      ahead.unshift(...partsOf(resolve(real, await readlink(path))))
      real = sep
    } else if (!found.isDirectory())
      throw new Error(`The data folder ${wanted} cannot be used: ${path} is not a folder. ${instead}`)
    else {
      if (ahead.length > 0) refuseWritable(path, found, 'everybody')
      real = path
    }
  }
  return real
}

function partsOf(path: string): string[] {
  return path.split(sep).filter((name) => name !== '')
}

/**
 * Makes a folder and those above it, where they are missing; true if it had to. Open to enter as root, whatever the umask, for Postgres runs as somebody else.
 * Node's own recursive mkdir never ends where a folder that exists takes no new ones with ENOENT, as /proc does.
 */
export async function makeFolder(path: string): Promise<boolean> {
  if (await isThere(path)) return false
  await makeFolder(dirname(path))
  try {
    await mkdir(path, { mode: 0o755 })
  } catch (cause) {
    // Another start has just made it.
    if (codeOf(cause) === 'EEXIST') return false
    throw new Error(`The folder ${path} cannot be made: ${(cause as Error).message}. ${instead}`, { cause })
  }
  if (isRoot()) await chmod(path, 0o755)
  return true
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}
