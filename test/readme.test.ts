import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import test from 'node:test'
import { variables } from '../src/config/variables.ts'
import { problems } from '../src/http/problems/problem.ts'
import { lists } from './support/endpoints.ts'
import { service } from './support/service.ts'

const root = new URL('../', import.meta.url)
const readme = readFileSync(new URL('README.md', root), 'utf8')

/** The fenced blocks of a language, in order. */
function blocks(language: string): string[] {
  return [...readme.matchAll(/^```(\w*)\n(.*?)^```$/gms)].flatMap(([, name, text = '']) => (name === language ? [text] : []))
}

test('the configuration table lists every variable with its default, in the order of src/config/variables.ts', () => {
  const rows = [...readme.matchAll(/^\| `([A-Z_]+)` \| (?:`(.*?)`)? ?\|/gm)].map(([, name, fallback = '']) => [name, fallback])
  const expected = Object.entries(variables).map(([name, schema]) => [name, String((schema as { default?: string | number }).default ?? '')])
  assert.deepEqual(rows, expected)
})

test('the configuration table tells the range of every number', () => {
  const numbers = Object.entries(variables as Record<string, { minimum?: number; maximum?: number }>).filter(([, { minimum }]) => minimum !== undefined)
  assert.ok(numbers.length > 20)
  for (const [name, { minimum, maximum }] of numbers) {
    const row = readme.split('\n').find((line) => line.startsWith(`| \`${name}\` |`)) ?? ''
    assert.ok(row.endsWith(` (${minimum?.toLocaleString('en')} to ${maximum?.toLocaleString('en')}) |`), row)
  }
})

test('the README tells the default and the maximum of limit as the document and the configuration have them', async (t) => {
  const { app } = await service(t)
  const { paths } = app.swagger() as unknown as { paths: Record<string, { get: { parameters?: Array<{ name: string; schema: { default?: number; maximum?: number } }> } }> }
  const limits = Object.values(paths).flatMap(({ get }) => (get.parameters ?? []).filter(({ name }) => name === 'limit').map(({ schema }) => [schema.default, schema.maximum]))
  const { default: most } = variables.MAX_PAGE as { default?: number }
  assert.deepEqual(limits, lists.map(() => [50, most]))
  assert.ok(readme.includes(`\`limit\` is 50 rows by default, and at most \`MAX_PAGE\` (${most?.toLocaleString('en')} by default)`))
})

test('every request of the README is answered, the wrong one as it says', async (t) => {
  const { get } = await service(t)
  const requests = [...readme.matchAll(/curl '?http:\/\/127\.0\.0\.1:3000([^'\s]*)/g)].map(([, path]) => path ?? '')
  assert.ok(requests.length >= 6, `only ${requests.length} requests with curl`)
  for (const path of requests) {
    const { status, json } = await get<{ errors: unknown }>(path)
    const shown = blocks('json').map((text) => JSON.parse(text) as { status?: number; errors?: unknown }).find((body) => body.errors !== undefined)
    if (status === 400) assert.deepEqual(json.errors, shown?.errors, path)
    else assert.ok([200, 404].includes(status), `${path}: ${status}`)
  }
})

test('the endpoints that the README lists are those that there are', async (t) => {
  const { app } = await service(t)
  const documented = Object.keys((app.swagger() as { paths: object }).paths).map((path) => path.replace(/\{(\w+)\}/g, ':$1'))
  const rows = readme.split('\n').filter((line) => /^\| .*`\//.test(line)).flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`(\/[^`]*)`/g)].map(([, path]) => path ?? ''))
  assert.deepEqual(rows.toSorted(), [...documented, '/docs', '/openapi.json'].toSorted())
})

test('the SQL of the README runs', async (t) => {
  const { pool } = await service(t)
  const statements = blocks('sql')
  assert.ok(statements.length >= 3, 'the three questions')
  for (const statement of statements) await pool.query(statement.replace(/<[^>]+>/g, '018f3c5e-0000-7000-8000-000000000000'))
})

test('every JSON answer of the README is JSON, and every status that it lists is a problem', () => {
  for (const text of blocks('json')) assert.doesNotThrow(() => JSON.parse(text) as unknown, text)
  const statuses = new Set(Object.values(problems).map(({ status }) => String(status)))
  const paragraph = /^400 wrong parameter.*?\n\n/ms.exec(readme)?.[0] ?? assert.fail('the README lists no statuses')
  for (const [status = ''] of paragraph.matchAll(/\b[45]\d\d\b/g)) assert.ok(statuses.has(status), status)
})

test('the npm scripts, files and folders that the README names are there', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { scripts: Record<string, string> }
  for (const [, name = ''] of readme.matchAll(/npm run ([\w:]+)/g)) assert.ok(scripts[name], `npm run ${name}`)
  for (const [, path = ''] of readme.matchAll(/\]\((?!http|#)([^)#]+)/g)) assert.ok(existsSync(new URL(path, root)), path)
  for (const [, fragment = ''] of readme.matchAll(/\]\(#([^)]+)\)/g)) {
    const headings = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, text = '']) => text.toLowerCase().replace(/[^\w -]/g, '').replaceAll(' ', '-'))
    assert.ok(headings.includes(fragment), `#${fragment}`)
  }
})

test('docs/architecture.md names every room of src that there is, and no other', () => {
  const text = readFileSync(new URL('docs/architecture.md', root), 'utf8')
  const named = text.split('\n').filter((line) => line.startsWith('| `')).flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, room = '']) => room))
  const within = (folder: string): string[] => readdirSync(new URL(folder, root), { withFileTypes: true }).map((entry) => `${entry.name}${entry.isDirectory() ? '/' : ''}`)
  const rooms = within('src/').filter((name) => name !== 'http/').concat(within('src/http/').map((name) => `http/${name}`))
  assert.deepEqual(named.toSorted(), rooms.toSorted())
})
