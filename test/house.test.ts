import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import test from 'node:test'

const everything = 'app check config db demo domain door errors http listen log main migrations queries signals source workers'

/** Who may import whom: each file or folder of src, and what it may import; `~` stands before what it may import the types of. */
const doors: Record<string, string> = {
  cli: everything,
  main: 'app check config db demo door listen log migrations queries signals source workers ~http',
  check: 'queries domain ~db',
  migrations: 'db ~config ~source',
  source: 'db ~config',
  app: 'http errors ~db ~domain',
  config: 'domain',
  door: 'config domain',
  errors: '~domain',
  listen: '',
  log: '',
  signals: '',
  http: 'http queries domain errors ~db',
  queries: 'queries db ~domain',
  domain: 'domain',
  db: 'db',
  demo: 'demo domain db',
  workers: 'workers queries domain db',
}

/** Packages that open or send something stay in one place. `~` as above. */
const packages: Record<string, string> = {
  'sql-template-tag': 'db/sql.ts',
  pg: 'db demo ~source',
  'pg-copy-streams': 'demo',
  fastify: 'app http ~main ~listen',
}

/** What is taken of them computes and does nothing else. */
const pureOnes = new Set(['node:crypto', 'node:net'])

/** What is wrong with the imports and words of one file, a sentence each. `file` is its path below src. */
function faults(file: string, source: string): string[] {
  const [room = ''] = file.replace(/\.ts$/, '').split('/')
  const allowed = doors[room]
  if (allowed === undefined) return [`src/${file} stands in no room of the house: a thing without a room is a thing without a name yet`]
  const may = (list: string, name: string, type: boolean): boolean => list.split(' ').some((each) => each === name || (type && each === `~${name}`))
  const code = source.replace(/\/\*.*?\*\/|(?<=^|\s)\/\/.*?$/gms, '')
  const found: string[] = []
  for (const [, type, plain, dynamic] of code.matchAll(/^(?:im|ex)port (type )?(?:[^'()=]* from )?'([^']+)'|import\('([^']+)'\)/gm)) {
    const target = plain ?? dynamic ?? ''
    const only = type === undefined ? '' : 'the types of '
    if (target.startsWith('.')) {
      const [to = ''] = posix.join(posix.dirname(file), target).replace(/\.ts$/, '').split('/')
      if (to !== room && !may(allowed, to, type !== undefined)) found.push(`src/${file} imports ${only}${target}: ${room} may import ${allowed.replaceAll('~', 'the types of ') || 'nothing'}`)
      continue
    }
    const places = packages[target]
    if (places !== undefined && !may(places, room, type !== undefined) && !may(places, file, false)) found.push(`src/${file} imports ${only}${target}: that is for ${places.replaceAll('~', 'the types of ')} alone`)
    const pure = room === 'domain' || room === 'queries'
    if (pure && type === undefined && !pureOnes.has(target)) found.push(`src/${file} imports ${target}: ${room} is ${room === 'domain' ? 'pure' : 'SQL and nothing else'}`)
  }
  if (/process\.env/.test(code) && file !== 'cli.ts') found.push(`src/${file} reads process.env: cli hands it to config, and arguments carry it from there`)
  if (room !== 'demo' && /(?<!\binstantOf\()\bDate\.now\(/.test(code)) found.push(`src/${file} measures by a clock that may jump: performance.now() measures, instantOf(Date.now()) is for instants`)
  if (/(:|\bas|[<|&,]|=>) *any\b/.test(code)) found.push(`src/${file} says any: unknown, or the type that is meant`)
  if (room === 'domain' && /\bawait\b|\basync\b/.test(code)) found.push(`src/${file} waits: domain is pure`)
  return found
}

test('the doors of the house: who imports whom', () => {
  const folder = join(import.meta.dirname, '../src')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  assert.ok(files.length > 50)
  assert.deepEqual(files.flatMap((file) => faults(file, readFileSync(join(folder, file), 'utf8'))), [])
})

test('a wrong import is told in a sentence', () => {
  const wrong: Array<[file: string, source: string, fault: RegExp]> = [
    ['http/routes/x.ts', "import { createDb } from '../../db/pool.ts'", /^src\/http\/routes\/x\.ts imports \.\.\/\.\.\/db\/pool\.ts: http may import http queries domain errors the types of db$/],
    ['domain/x.ts', "import {\n  a,\n} from '../queries/trees.ts'", /domain may import domain/],
    ['domain/x.ts', "import type { Db } from '../db/db.ts'", /imports the types of/],
    ['domain/x.ts', "import { readFileSync } from 'node:fs'", /domain is pure/],
    ['domain/x.ts', 'export async function later() {}', /waits/],
    ['queries/x.ts', "import { instant } from '../domain/instant.ts'", /queries may import/],
    ['queries/x.ts', "import { Problem } from '../errors.ts'", /queries may import/],
    ['db/x.ts', "const { serve } = await import('../main.ts')", /db may import db/],
    ['db/x.ts', "export * from '../domain/page.ts'", /db may import db/],
    ['demo/x.ts', "import '../http/home-page.ts'", /demo may import/],
    ['db/x.ts', "import sql from 'sql-template-tag'", /for db\/sql\.ts alone/],
    ['http/x.ts', "import pg from 'pg'", /for db demo the types of source alone/],
    ['config.ts', 'const port = process.env.PORT', /reads process\.env/],
    ['db/x.ts', 'const deadline = Date.now() + patience', /measures by a clock that may jump/],
    ['app.ts', 'const x = y as any', /says any/],
    ['app.ts', 'const x: Array<any> = []', /says any/],
    ['utils/x.ts', '', /stands in no room/],
  ]
  for (const [file, source, fault] of wrong) {
    const [first, ...others] = faults(file, source)
    assert.match(first ?? `no fault in ${file}: ${source}`, fault)
    assert.deepEqual(others, [])
  }
  assert.deepEqual(faults('http/x.ts', "import type { Db } from '../db/db.ts'\n// any process.env\nconst what = 'any'\nconst now = instantOf(Date.now())"), [])
})
