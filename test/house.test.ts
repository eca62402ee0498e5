import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import test from 'node:test'

/**
 * Who may import whom: each room (a folder, or a file of src), and the rooms that it may import; `~` stands before what it may import the types of.
 * Imports run downward: a room stands below all that name it.
 */
const doors: Record<string, string> = {
  cli: 'app commands config db demo log',
  commands: 'access app config db demo domain log queries reading workers ~http/lifecycle',
  app: 'http/api http/connection http/identity http/jaeger http/lifecycle http/metrics http/negotiate http/problems http/protect http/schemas ~db ~domain',
  'http/api':
    'domain http/forms http/identity http/lifecycle http/links http/negotiate http/problems http/protect http/schemas reading ~access ~db',
  'http/jaeger': 'domain http/forms http/identity http/problems http/protect reading ~db',
  'http/metrics': 'reading http/problems http/protect ~db ~domain ~http/lifecycle',
  'http/forms': 'domain http/links ~reading',
  'http/protect': 'domain http/connection http/lifecycle http/problems ~db',
  'http/identity': 'access domain http/connection http/problems http/schemas',
  'http/negotiate': 'http/problems',
  'http/connection': 'domain http/lifecycle http/problems',
  'http/lifecycle': 'http/problems',
  'http/schemas': 'domain http/problems',
  'http/problems': 'domain http/links',
  'http/links': 'domain ~reading',
  reading: 'domain queries ~db',
  queries: 'db ~domain',
  demo: 'db domain',
  config: 'access domain',
  access: 'domain',
  client: '',
  dashboard: 'client',
  domain: '',
  db: '',
  log: '',
  workers: 'db domain queries reading',
}

/** Packages that open or send something stay in one place. `~` as above. */
const packages: Record<string, string> = {
  'sql-template-tag': 'db/sql.ts',
  pg: 'db',
  'pg-copy-streams': 'db',
  fastify: 'app http ~commands',
  'openapi-fetch': 'client',
  'prom-client': 'http',
}

/** Who may open a session that writes; everybody else reads over the serving pool, whose sessions are read-only. */
const writers = new Set(['db', 'demo', 'workers'])

/** What is taken of them computes and does nothing else. */
const pureOnes = new Set(['node:crypto', 'node:net'])

/** What stands around every route, and knows none of them by its path. */
const plugins = new Set(['http/connection', 'http/identity', 'http/lifecycle', 'http/negotiate', 'http/protect'])

/** The folder or file of src in which a file stands; within http, its folder or file there. */
function roomOf(file: string): string {
  const [first = '', second = ''] = file.replace(/\.tsx?$/, '').split('/')
  return first === 'http' ? `${first}/${second}` : first
}

function isSource(file: string): boolean {
  return /\.tsx?$/.test(file)
}

/** What is wrong with the imports and words of one file, a sentence each. `file` is its path below src. */
function faults(file: string, source: string): string[] {
  const room = roomOf(file)
  const allowed = doors[room]
  if (allowed === undefined)
    return [`src/${file} stands in no room of the house: a thing without a room is a thing without a name yet`]
  const may = (list: string, name: string, type: boolean): boolean =>
    list.split(' ').some((each) => each === name || (type && each === `~${name}`))
  const code = source.replace(/\/\*.*?\*\/|(?<=^|\s)\/\/.*?$/gms, '')
  const found: string[] = []
  for (const [, type, plain, dynamic] of code.matchAll(
    /^(?:im|ex)port (type )?(?:[^'()=]* from )?'([^']+)'|import\('([^']+)'\)/gm,
  )) {
    const target = plain ?? dynamic ?? ''
    const only = type === undefined ? '' : 'the types of '
    if (target.startsWith('.')) {
      const to = roomOf(posix.join(posix.dirname(file), target))
      if (to !== room && !may(allowed, to, type !== undefined))
        found.push(
          `src/${file} imports ${only}${target}: ${room} may import ${allowed.replaceAll('~', 'the types of ') || 'nothing'}`,
        )
      if (/\bdb\/(writer|reopening)\.ts$/.test(target) && type === undefined && !writers.has(room))
        found.push(`src/${file} opens a session that writes: that is for ${[...writers].join(' ')} alone`)
      continue
    }
    const places = packages[target]
    if (places !== undefined && !may(places, room.split('/')[0] ?? '', type !== undefined) && !may(places, file, false))
      found.push(`src/${file} imports ${only}${target}: that is for ${places.replaceAll('~', 'the types of ')} alone`)
    const pure = room === 'domain' || room === 'queries'
    if (pure && type === undefined && !pureOnes.has(target))
      found.push(`src/${file} imports ${target}: ${room} is ${room === 'domain' ? 'pure' : 'SQL and nothing else'}`)
  }
  if (/process\.env/.test(code) && file !== 'cli.ts')
    found.push(`src/${file} reads process.env: cli hands it to config, and arguments carry it from there`)
  if (room !== 'demo' && /(?<!\binstantOf\()\bDate\.now\(/.test(code))
    found.push(
      `src/${file} measures by a clock that may jump: performance.now() measures, instantOf(Date.now()) is for instants`,
    )
  if (/(:|\bas|[<|&,]|=>) *any\b/.test(code)) found.push(`src/${file} says any: unknown, or the type that is meant`)
  if (
    plugins.has(room) &&
    /routeOptions\.url(?! \?\? 'none')|(['"`]|\/\^\\)\/(docs|health|trees|chains|events|jobs|invocations)\b/.test(code)
  )
    found.push(
      `src/${file} decides by the text of a URL: what a route is, its config says (src/http/lifecycle/route-config.ts)`,
    )
  if (
    room !== 'http/links' &&
    /(['"`])\/(trees|chains|events|jobs|invocations|problems)\b[^'"`\s]*\$\{|\bhref: ['"`]/.test(code)
  )
    found.push(`src/${file} writes a URL: http/links writes all that an answer holds`)
  if (room === 'domain' && /\bawait\b|\basync (function|\*|\(|\w+ *(\(|=>))/.test(code))
    found.push(`src/${file} waits: domain is pure`)
  return found
}

test('the doors of the house: who imports whom', () => {
  const folder = join(import.meta.dirname, '../src')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(isSource)
  assert.ok(files.length > 50)
  assert.deepEqual(
    files.flatMap((file) => faults(file, readFileSync(join(folder, file), 'utf8'))),
    [],
  )
})

/** Of the folders and files directly in `folder`, those that import each other in a circle. */
function circles(folder: string): string[] {
  const imports = new Map<string, Set<string>>()
  const unitOf = (path: string): string => path.split('/')[0] ?? ''
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(isSource)) {
    const own = imports.get(unitOf(file)) ?? new Set()
    for (const [, target = ''] of readFileSync(join(folder, file), 'utf8').matchAll(/ from '(\.[^']+)'/g)) {
      const unit = unitOf(posix.join(posix.dirname(file), target))
      if (unit !== '..' && unit !== unitOf(file)) own.add(unit)
    }
    imports.set(unitOf(file), own)
  }
  const reached = (from: string, seen = new Set<string>()): Set<string> => {
    for (const next of imports.get(from) ?? []) if (!seen.has(next)) reached(next, seen.add(next))
    return seen
  }
  return [...imports.keys()].filter((unit) => reached(unit).has(unit))
}

test('no folder imports another one that imports it, directly or by others', () => {
  const source = join(import.meta.dirname, '../src')
  const folders = readdirSync(source, { recursive: true, withFileTypes: true }).filter((entry) => entry.isDirectory())
  for (const folder of [source, ...folders.map(({ parentPath, name }) => join(parentPath, name))])
    assert.deepEqual(circles(folder), [], folder)
})

test('a wrong import is told in a sentence', () => {
  const wrong: Array<[file: string, source: string, fault: RegExp]> = [
    [
      'http/forms/x.ts',
      "import { createReader } from '../../db/pool/pool.ts'",
      /^src\/http\/forms\/x\.ts imports \.\.\/\.\.\/db\/pool\/pool\.ts: http\/forms may import domain http\/links the types of reading$/,
    ],
    [
      'http/problems/x.ts',
      "import { unchanged } from '../negotiate/etag.ts'",
      /http\/problems may import domain http\/links$/,
    ],
    ['http/x.ts', "import './negotiate/etag.ts'", /stands in no room/],
    ['reading/x.ts', "import { Problem } from '../http/problems/problem.ts'", /reading may import domain queries/],
    ['domain/x.ts', "import {\n  a,\n} from '../queries/trees.ts'", /domain may import nothing/],
    ['domain/x.ts', "import type { Reader } from '../db/db.ts'", /imports the types of/],
    ['domain/x.ts', "import { readFileSync } from 'node:fs'", /domain is pure/],
    ['domain/x.ts', 'export async function later() {}', /waits/],
    ['domain/x.ts', 'const later = async (x) => x', /waits/],
    ['queries/x.ts', "import { instant } from '../domain/instant.ts'", /queries may import/],
    ['queries/x.ts', "import { Problem } from '../http/problems/problem.ts'", /queries may import/],
    ['db/x.ts', "const { serve } = await import('../commands/serve.ts')", /db may import nothing/],
    ['db/x.ts', "export * from '../domain/paging/page.ts'", /db may import nothing/],
    ['demo/x.ts', "import '../http/api/home/page.ts'", /demo may import/],
    [
      'commands/x.ts',
      "import { openWriter } from '../db/writer.ts'",
      /a session that writes: that is for db demo workers/,
    ],
    ['db/x.ts', "import sql from 'sql-template-tag'", /for db\/sql\.ts alone/],
    ['http/api/x.ts', "import pg from 'pg'", /for db alone/],
    ['config/x.ts', 'const port = process.env.PORT', /reads process\.env/],
    ['db/x.ts', 'const deadline = Date.now() + patience', /measures by a clock that may jump/],
    ['http/negotiate/x.ts', "if (route.url.startsWith('/docs/static/')) skip()", /text of a URL/],
    ['http/identity/x.ts', 'if (/^\\/docs(\\/|$)/.test(route.url)) open()', /text of a URL/],
    ['http/protect/x.ts', 'return paths.has(request.routeOptions.url ?? "")', /text of a URL/],
    ['app.ts', 'const x = y as any', /says any/],
    ['app.ts', 'const x: Array<any> = []', /says any/],
    ['domain/x.ts', 'const rest = { href: `/jobs?invocationId=${id}` }', /writes a URL: http\/links/],
    ['http/api/x.ts', 'const url = `/trees/${id}`', /writes a URL: http\/links/],
    ['utils/x.ts', '', /stands in no room/],
  ]
  for (const [file, source, fault] of wrong) {
    const [first, ...others] = faults(file, source)
    assert.match(first ?? `no fault in ${file}: ${source}`, fault)
    assert.deepEqual(others, [])
  }
  assert.deepEqual(
    faults(
      'http/api/x.ts',
      "import type { Reader } from '../../db/db.ts'\n// any process.env\nconst what = 'any'\nconst now = instantOf(Date.now())",
    ),
    [],
  )
})
