import assert from 'node:assert/strict'
import {
  chmod,
  chown,
  copyFile,
  lchown,
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { runningEmbedded } from '../../src/db/embedded/embedded.ts'
import { makeFolder, realFolder } from '../../src/db/embedded/folder.ts'
import { fillUsed, folderFor, start } from '../support/embedded.ts'
import { serve } from '../support/serve.ts'

const root = process.getuid?.() === 0
const skip = root ? false : 'needs root'
/** A user, and a group, of nobody here. */
const other = 4321

/** The parts of a data folder. */
function partsOf(folder: string) {
  const postgres = join(folder, 'postgres')
  return {
    folder,
    postgres,
    data: join(postgres, 'data'),
    log: join(postgres, 'postgres.log'),
    password: join(postgres, 'password'),
    version: join(postgres, 'data/PG_VERSION'),
  }
}

type Parts = ReturnType<typeof partsOf>

async function stopped(t: TestContext): Promise<Parts> {
  const folder = join(await folderFor(t), 'data')
  await fillUsed(folder)
  return partsOf(folder)
}

/** Makes something else of a file. */
async function instead(path: string, make: () => Promise<void>): Promise<void> {
  await rm(path, { force: true })
  await make()
}

/** What somebody else could do to a data folder, whose log is not there yet; `target` is a file of root. */
const prepared: Array<[what: string, refusal: RegExp, prepare: (parts: Parts, target: string) => Promise<void>]> = [
  [
    'a folder of another user',
    /belongs to uid 4321, this is uid 0, .*Start as that user, or, if you trust what is in it, chown root/,
    ({ folder }) => chown(folder, other, other),
  ],
  [
    'a folder that everybody may change',
    /may be changed by others than root \(mode 777\).*chmod go-w/,
    ({ folder }) => chmod(folder, 0o777),
  ],
  [
    'a folder that another group may change',
    /may be changed by others than root \(mode 775\)/,
    async ({ folder }) => {
      await chown(folder, 0, other)
      await chmod(folder, 0o775)
    },
  ],
  ['a cluster of another user', /\/postgres belongs to uid 4321/, ({ postgres }) => chown(postgres, other, other)],
  ['a log that is a link', /postgres\.log is a link, which is not followed/, ({ log }, target) => symlink(target, log)],
  [
    'a log with a second name',
    /postgres\.log has a second name \(a hard link\)/,
    ({ log }, target) => link(target, log),
  ],
  ['a log that is a folder', /postgres\.log is not a plain file/, ({ log }) => mkdir(log)],
  [
    'a log of another user',
    /postgres\.log belongs to uid 4321/,
    async ({ log }) => {
      await writeFile(log, '')
      await chown(log, other, other)
    },
  ],
  [
    'a password that is a link',
    /password is a link, which is not followed/,
    ({ password }, target) => instead(password, () => symlink(target, password)),
  ],
  ['a password of another user', /password belongs to uid 4321/, ({ password }) => chown(password, other, other)],
  [
    'a version that is a link',
    /is not a Postgres data folder/,
    ({ version }, target) => instead(version, () => symlink(target, version)),
  ],
]

void test(
  'as root, what another user prepared in a data folder is refused, and neither written nor shown',
  { skip },
  async (t) => {
    const made = await stopped(t)
    const target = join(made.folder, '../target')
    await writeFile(target, 'the secret\n', { mode: 0o600 })
    for (const [nth, [what, refusal, prepare]] of prepared.entries()) {
      const parts = partsOf(join(made.folder, `../data-${nth}`))
      await mkdir(parts.postgres, { recursive: true })
      await copyFile(made.password, parts.password)
      await rename(made.data, parts.data)
      await prepare(parts, target)
      await assert.rejects(
        start(t, parts.folder),
        (error: Error) => {
          assert.match(error.message, refusal, what)
          assert.doesNotMatch(error.message, /the secret/, what)
          return true
        },
        what,
      )
      assert.equal(await readFile(target, 'utf8'), 'the secret\n', what)
      await rename(parts.data, made.data)
    }
  },
)

void test('as root, an empty folder, a cluster to join, or a link of another user is refused', { skip }, async (t) => {
  const folder = await folderFor(t)
  const theirs = join(folder, 'theirs')
  await mkdir(theirs)
  await chown(theirs, other, other)
  await assert.rejects(start(t, theirs), /\/theirs belongs to uid 4321/)
  await mkdir(join(theirs, 'postgres/data'), { recursive: true })
  await assert.rejects(runningEmbedded(theirs), /\/theirs belongs to uid 4321/)
  await symlink('/etc', join(folder, 'link'))
  await lchown(join(folder, 'link'), other, other)
  await assert.rejects(
    start(t, join(folder, 'link/data')),
    /leads through .*\/link, a link that belongs to uid 4321, whom root does not follow/,
  )
  await mkdir(join(folder, 'open'))
  await chmod(join(folder, 'open'), 0o777)
  await assert.rejects(start(t, join(folder, 'open/data')), /\/open may be changed by others than root/)
  assert.deepEqual(await readdir(join(folder, 'open')), [])
})

void test(
  'a data folder of root, also behind links of root, is taken, and its log goes on in a second file',
  { skip },
  async (t) => {
    const { folder, log, postgres } = await stopped(t)
    await truncate(log, 1_000_001)
    await symlink(folder, join(folder, '../link'))
    await (await start(t, join(folder, '../link'))).stop()
    assert.equal((await stat(`${log}.1`)).size, 1_000_001)
    assert.deepEqual((await readdir(postgres)).sort(), ['data', 'password', 'postgres.log', 'postgres.log.1'])
  },
)

void test('a DATA_DIR that is a file, or cannot be made, ends the start with one sentence', async (t) => {
  const folder = await folderFor(t)
  await writeFile(join(folder, 'file'), '')
  await symlink('circle', join(folder, 'circle'))
  const wrong: Array<[wanted: string, sentence: RegExp]> = [
    [
      join(folder, 'file'),
      /The data folder .*\/file cannot be used: .*\/file is not a folder\. Give another data folder \(DATA_DIR\)/,
    ],
    [join(folder, 'file/below/it'), /The data folder .*\/it cannot be used: .*\/file is not a folder/],
    [join(folder, 'circle/data'), /links that go round in a circle/],
    [join(folder, 'x'.repeat(256)), /cannot be reached: ENAMETOOLONG/],
    // Node's recursive mkdir never ends here.
    ...(process.platform === 'linux'
      ? [['/proc/nothing/here', /The folder \/proc\/nothing cannot be made: ENOENT/] as [string, RegExp]]
      : []),
  ]
  for (const [wanted, sentence] of wrong) await assert.rejects(start(t, wanted), sentence)
  assert.deepEqual((await readdir(folder)).sort(), ['circle', 'file'])
})

void test('the service says so, and ends', async (t) => {
  const file = join(await folderFor(t), 'file')
  await writeFile(file, '')
  const service = await serve(t, { DATA_DIR: file })
  assert.equal(await service.ended(), 1)
  assert.equal(
    service.messages().at(-1),
    `The data folder ${file} cannot be used: ${file} is not a folder. Give another data folder (DATA_DIR), or set DATABASE_URL.`,
  )
})

void test('a folder is made with those above it, once by two at the same moment, and found behind links', async (t) => {
  const folder = await folderFor(t)
  const path = join(folder, 'a/b/c')
  assert.equal((await Promise.all([makeFolder(path), makeFolder(path)])).filter(Boolean).length, 1)
  assert.equal(await makeFolder(path), false)
  await symlink('a/b', join(folder, 'link'))
  assert.equal(await realFolder(join(folder, 'link/new/folder')), join(await realFolder(folder), 'a/b/new/folder'))
})
