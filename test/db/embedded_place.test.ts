import assert from 'node:assert/strict'
import { chmod, chown, cp, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'node:test'
import { packagedBinaries, prepareBinaries } from '../../src/db/embedded/binaries.ts'
import { runningEmbedded } from '../../src/db/embedded/embedded.ts'
import { choosePlace } from '../../src/db/embedded/place.ts'
import { refusePlatform } from '../../src/db/embedded/platform.ts'
import { testBinaries } from '../support/cluster.ts'
import { ask, fillUsed, folderFor, start } from '../support/embedded.ts'
import { onTeardown } from '../support/teardown.ts'

const root = process.getuid?.() === 0
const nobody = { uid: 65_534, gid: 65_534 }
const skip = root ? false : 'needs root'

/** The binaries as npm unpacks them when it runs no install scripts: without their links. */
async function copyWithoutLinks(folder: string): Promise<string> {
  const original = testBinaries().binaries ?? packagedBinaries()
  await cp(original, folder, { recursive: true, verbatimSymlinks: true })
  const links = JSON.parse(await readFile(join(original, 'pg-symlinks.json'), 'utf8')) as { target: string }[]
  for (const { target } of links) await rm(join(folder, '..', target))
  return folder
}

void test('missing library links are made, also by two starts at once', async (t) => {
  const folder = await copyWithoutLinks(join(await folderFor(t), 'native'))
  const user = root ? nobody : undefined
  const cache = join(folder, '../cache')
  const both = await Promise.all([prepareBinaries(folder, cache, user), prepareBinaries(folder, cache, user)])
  for (const binaries of both) {
    assert.equal(binaries.folder, folder)
    assert.match(binaries.version, /^\d+\.\d+$/)
  }
  assert.deepEqual(
    (await readdir(join(folder, 'lib'))).filter((name) => /[\da-f]{8}-/.test(name)),
    [],
  )
})

void test('binaries that the user cannot reach run from a copy, made once, and by nobody else', { skip }, async (t) => {
  const folder = await folderFor(t)
  await mkdir(join(folder, 'closed'), { mode: 0o700 })
  const binaries = await copyWithoutLinks(join(folder, 'closed/native'))
  const both = await Promise.all([
    prepareBinaries(binaries, join(folder, 'cache'), nobody),
    prepareBinaries(binaries, join(folder, 'cache'), nobody),
  ])
  assert.equal(both[0].folder, both[1].folder)
  assert.deepEqual(await readdir(join(folder, 'cache')), [both[0].folder.slice(join(folder, 'cache/').length)])
  await chown(both[0].folder, 4321, 4321)
  await assert.rejects(
    prepareBinaries(binaries, join(folder, 'cache'), nobody),
    /postgres-[\da-f]{12} belongs to uid 4321/,
  )
  await chown(both[0].folder, 0, 0)
  await chmod(join(folder, 'cache'), 0o777)
  await assert.rejects(
    prepareBinaries(binaries, join(folder, 'cache'), nobody),
    /\/cache may be changed by others than root/,
  )
})

void test('a folder that does not hold programs gets a sentence', async (t) => {
  const folder = await folderFor(t)
  await assert.rejects(
    prepareBinaries(join(folder, 'nothing'), join(folder, 'cache'), undefined),
    /does not run here: .*Set DATABASE_URL/,
  )
})

void test(
  'as root, data below a closed folder is kept where Postgres can reach it, and found again',
  { skip },
  async (t) => {
    const closed = join(await folderFor(t), 'closed')
    await mkdir(closed, { mode: 0o700 })
    const wanted = join(closed, 'data')
    const lines: string[] = []
    const first = await start(t, wanted, { lines })
    onTeardown(t, () => first.stop().then(() => rm(first.folder, { recursive: true })))
    assert.match(first.folder, /^\/var\/lib\/event-detector-observability\/closed-data-[\da-f]{8}$/)
    assert.deepEqual(lines.filter((line) => line.includes(first.folder) && line.includes(wanted)).length, 1)
    assert.deepEqual(await readdir(closed), [])
    assert.equal(await runningEmbedded(wanted), first.url)
    await ask(first.url, 'create table kept as select 42 as answer')
    await first.stop()

    // Opened meanwhile: the data is still where it was.
    await chmod(closed, 0o755)
    const second = await start(t, wanted)
    assert.deepEqual(await ask(second.url, 'select answer from kept'), [{ answer: 42 }])
  },
)

void test(
  'as root, Postgres runs as nobody, or as whoever owns the data; the password stays with the service',
  { skip },
  async (t) => {
    const folder = await folderFor(t)
    const first = await start(t, folder)
    const [data, password] = [join(folder, 'postgres/data'), join(folder, 'postgres/password')]
    assert.equal((await stat(data)).uid, nobody.uid)
    assert.deepEqual([(await stat(password)).uid, (await stat(password)).mode & 0o777], [0, 0o600])
    await first.stop()
    for (const name of await readdir(data, { recursive: true })) await chown(join(data, name), 1234, 1234)
    await chown(data, 1234, 1234)
    await start(t, folder)
    assert.equal((await stat(join(data, 'postmaster.pid'))).uid, 1234)
  },
)

void test(
  'as root, data that its owner can no longer reach is not silently replaced by an empty database',
  { skip },
  async (t) => {
    const folder = await folderFor(t)
    await fillUsed(join(folder, 'data'))
    await chmod(folder, 0o700)
    await assert.rejects(start(t, join(folder, 'data')), /belongs to uid 65534, who can no longer reach it/)
  },
)

void test('as root, data that belongs to root gets a sentence', { skip }, async (t) => {
  const folder = await folderFor(t)
  await mkdir(join(folder, 'postgres/data'), { recursive: true })
  await assert.rejects(
    choosePlace(folder, () => undefined),
    /belongs to root, as whom Postgres refuses to run\. Give it away: chown -R/,
  )
})

void test('systems without binaries get a sentence that names DATABASE_URL', () => {
  assert.throws(() => refusePlatform('win32'), /runs on Linux and macOS; this is win32\. Set DATABASE_URL/)
  assert.throws(
    () => refusePlatform('linux', () => undefined),
    /another C library \(Alpine has musl\)\. Set DATABASE_URL/,
  )
  assert.throws(() => refusePlatform('linux', () => '2.17'), /this Linux has 2\.17\. Set DATABASE_URL/)
  refusePlatform('linux', () => '2.27')
  refusePlatform('linux', () => '3.1')
  refusePlatform('darwin', () => undefined)
})
