import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import test from 'node:test'
import { variables } from '../src/config/variables.ts'
import { problems } from '../src/http/problems/problem.ts'
import { answerChecker } from './support/answers.ts'
import { lists } from './support/endpoints.ts'
import { service } from './support/service.ts'

const root = new URL('../', import.meta.url)
/** Every page that a user reads, by its path: the README, what stands beside it, and what it leads to. */
const pages = new Map(
  ['', 'docs/', 'migrations/'].flatMap((folder) =>
    readdirSync(new URL(folder === '' ? '.' : folder, root))
      .filter((name) => name.endsWith('.md'))
      .map((name) => [folder + name, readFileSync(new URL(folder + name, root), 'utf8')]),
  ),
)
/** All but the changelog, whose samples are of their time. */
const current = [...pages].filter(([path]) => path !== 'CHANGELOG.md').map(([, text]) => text)
const all = current.join('\n')

function page(path: string): string {
  return pages.get(path) ?? assert.fail(`there is no ${path}`)
}

/** The fenced blocks of a language, in order. */
function blocks(language: string): string[] {
  return current.flatMap((text) =>
    [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].flatMap(([, name, block = '']) =>
      name === language ? [block] : [],
    ),
  )
}

/** What GitHub makes of the headings of a page for links into it. */
function fragments(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  )
}

test('the configuration table lists every variable with its default, in the order of src/config/variables.ts', () => {
  const rows = [...page('docs/configuration.md').matchAll(/^\| `([A-Z_]+)` \| (?:`(.*?)`)? ?\|/gm)].map(
    ([, name, fallback = '']) => [name, fallback],
  )
  const expected = Object.entries(variables).map(([name, schema]) => [
    name,
    String((schema as { default?: string | number }).default ?? ''),
  ])
  assert.deepEqual(rows, expected)
})

test('the configuration table tells the range of every number', () => {
  const numbers = Object.entries(variables as Record<string, { minimum?: number; maximum?: number }>).filter(
    ([, { minimum }]) => minimum !== undefined,
  )
  assert.ok(numbers.length > 20)
  for (const [name, { minimum, maximum }] of numbers) {
    const row =
      page('docs/configuration.md')
        .split('\n')
        .find((line) => line.startsWith(`| \`${name}\` |`)) ?? ''
    assert.ok(row.endsWith(` (${minimum?.toLocaleString('en')} to ${maximum?.toLocaleString('en')}) |`), row)
  }
})

test('every variable that a page tells a user to set is one that the service reads', () => {
  const inProse = [...all.matchAll(/`([A-Z]+(?:_[A-Z]+)*)=[^`]*`/g)]
  const inCommands = blocks('sh').flatMap((text) => Array.from(text.matchAll(/(?<![\w$])([A-Z]+(?:_[A-Z]+)*)=/g)))
  const told = inProse.concat(inCommands).map(([, name = '']) => name)
  assert.ok(told.length > 5)
  const others = new Set(['PGPASSWORD', 'FUZZ_SEED'])
  for (const name of told) assert.ok(name in variables || others.has(name), name)
})

test('the pages tell the default and the maximum of limit as the document and the configuration have them', async (t) => {
  const { app } = await service(t)
  const { paths } = app.swagger() as unknown as {
    paths: Record<
      string,
      { get: { parameters?: Array<{ name: string; schema: { default?: number; maximum?: number } }> } }
    >
  }
  const limits = Object.values(paths).flatMap(({ get }) =>
    (get.parameters ?? []).filter(({ name }) => name === 'limit').map(({ schema }) => [schema.default, schema.maximum]),
  )
  const { default: most } = variables.MAX_PAGE as { default?: number }
  assert.ok(limits.length >= lists.length)
  assert.deepEqual(
    limits,
    limits.map(() => [50, most]),
  )
  assert.ok(
    page('docs/api.md').includes(
      `\`limit\` is 50 rows by default, and at most \`MAX_PAGE\` (${most?.toLocaleString('en')} by default)`,
    ),
  )
})

test('every request of the pages is answered, the wrong one as it says', async (t) => {
  const { get } = await service(t)
  const requests = [...all.matchAll(/curl [^'\n]*'?http:\/\/127\.0\.0\.1:3000([^'\s]*)/g)].map(([, path]) => path ?? '')
  assert.ok(requests.length >= 10, `only ${requests.length} requests with curl`)
  for (const path of requests) {
    const { status, json } = await get<{ errors: unknown }>(path)
    const shown = blocks('json')
      .map((text) => JSON.parse(text) as { status?: number; errors?: unknown })
      .find((body) => body.errors !== undefined)
    if (status === 400) assert.deepEqual(json.errors, shown?.errors, path)
    else if (path.includes('include=')) assert.equal(status, 403, `${path}: without a key`)
    else assert.ok([200, 404].includes(status), `${path}: ${status}`)
  }
})

test('the endpoints that the README lists are those that there are', async (t) => {
  const { app } = await service(t)
  const documented = Object.keys((app.swagger() as { paths: object }).paths).map((path) =>
    path.replace(/\{(\w+)\}/g, ':$1'),
  )
  const rows = page('README.md')
    .split('\n')
    .filter((line) => /^\| .*`\//.test(line))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`(\/[^`]*)`/g)].map(([, path]) => path ?? ''))
  assert.deepEqual(
    rows.toSorted(),
    [...documented, '/docs', '/openapi.json'].toSorted(),
    'the table of README.md has a line for each path of the document, and for no other: add the line, or run npm run openapi',
  )
})

test('the SQL of the pages runs', async (t) => {
  const { pool } = await service(t)
  const statements = blocks('sql')
  assert.ok(statements.length >= 4, 'the three questions, and the role that may only read')
  for (const statement of statements)
    await pool.query(statement.replace(/<[^>]+>/g, '018f3c5e-0000-7000-8000-000000000000'))
})

test('every JSON answer of the pages is JSON, and every problem has the title and the status that it shows', () => {
  const answers = blocks('json').map((text) => JSON.parse(text) as { type?: string; title?: string; status?: number })
  assert.ok(answers.length >= 10)
  const shown = answers.filter(({ type }) => type?.startsWith('/problems/'))
  assert.ok(shown.length >= 2)
  for (const { type = '', title, status } of shown)
    assert.deepEqual({ status, title }, (problems as Record<string, object>)[type.slice('/problems/'.length)])
})

test('the answers that docs/api.md shows have every field, except those whose text says that fields are left out', async (t) => {
  const check = answerChecker((await service(t)).app)
  const shown = [
    ...page('docs/api.md').matchAll(
      /^curl [^\n]*127\.0\.0\.1:3000([^'?]*)(?:\?([^']*))?'\n```\n```json\n(.*?)^```$/gms,
    ),
  ].filter(([, path, query]) => !path?.startsWith('/trees/') && !query?.includes('include='))
  assert.ok(shown.length >= 8)
  for (const [, path = '', , body = ''] of shown) {
    const { status = 200 } = JSON.parse(body) as { status?: unknown }
    const [type, code] = typeof status === 'number' && status >= 400 ? ['problem+json', status] : ['json', 200]
    check(path.replace(/[\da-f]{8}-[-\da-f]{27}/, ':id'), code, `application/${type}`, body)
  }
})

test('docs/api.md lists every status that a problem has, and no other', () => {
  const listed = [...page('docs/api.md').matchAll(/^\| ([45]\d\d(?:, [45]\d\d)*) \|/gm)].flatMap(([, statuses = '']) =>
    statuses.split(', ').map(Number),
  )
  assert.deepEqual(listed, [...new Set(Object.values(problems).map(({ status }) => status))])
})

test('the npm scripts, files and folders that the pages name are there', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    scripts: Record<string, string>
  }
  for (const [, name = ''] of all.matchAll(/npm run (?:-s )?([\w:]+)/g)) assert.ok(scripts[name], `npm run ${name}`)
  for (const [, path = ''] of all.matchAll(/`((?:src|test|docs|openapi)\/[\w./-]+)`/g))
    assert.ok(existsSync(new URL(path, root)), path)
})

test('docs/architecture.md names every room of src that there is, and no other', () => {
  const named = page('docs/architecture.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, room = '']) => room))
  const within = (folder: string): string[] =>
    readdirSync(new URL(folder, root), { withFileTypes: true }).map(
      (entry) => `${entry.name}${entry.isDirectory() ? '/' : ''}`,
    )
  const rooms = within('src/')
    .filter((name) => name !== 'http/')
    .concat(within('src/http/').map((name) => `http/${name}`))
  assert.deepEqual(named.toSorted(), rooms.toSorted())
})

test('every link of a page leads to a file and a heading that are there', () => {
  for (const [path, text] of pages) {
    for (const [, target = '', fragment] of text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)) {
      const file = target === '' ? path : new URL(target, new URL(path, root)).href.slice(root.href.length)
      assert.ok(existsSync(new URL(file, root)), `${path}: ${target}`)
      if (fragment !== undefined) assert.ok(fragments(page(file)).includes(fragment), `${path}: ${target}#${fragment}`)
    }
  }
})

test('the README is short enough to be read, and leads to every page of docs', () => {
  assert.ok(page('README.md').split('\n').length <= 160, 'move the detail to docs/')
  for (const path of pages.keys())
    if (path.startsWith('docs/')) assert.ok(page('README.md').includes(`](${path}`), path)
})
