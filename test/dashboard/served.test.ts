import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { built } from '../support/built.ts'
import { apiKeys } from '../support/keys.ts'
import { service } from '../support/service.ts'

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

async function folder(): Promise<string> {
  return join(await built(), 'dist/dashboard')
}

/** The files that a page asks for when it is opened: those that its HTML names. */
function firstFiles(html: string): string[] {
  return [...html.matchAll(/(?:src|href)="\.\/(dashboard\/[^"]+)"/g)].map(([, path = '']) => path)
}

test('browsers get the dashboard at /, and who asks for JSON what they always got', async (t) => {
  const { app, get } = await service(t, { dashboard: await folder() })
  const page = await app.inject({ url: '/', headers: { accept: BROWSER } })
  assert.equal(page.statusCode, 200)
  assert.match(String(page.headers['content-type']), /^text\/html/)
  assert.match(page.body, /<div id="root">/)
  for (const headers of [
    {},
    { accept: '*/*' },
    { accept: 'application/json' },
    { accept: 'application/json, text/html' },
  ])
    assert.ok((await get<{ endpoints: unknown[] }>('/', headers)).json.endpoints.length > 10)
  const form = async (format: string) =>
    (await app.inject({ url: `/?format=${format}`, headers: { accept: BROWSER } })).headers['content-type']
  assert.deepEqual(
    [await form('json'), await form('html')],
    ['application/json; charset=utf-8', 'text/html; charset=utf-8'],
  )
  assert.equal((await app.inject({ method: 'POST', url: '/', headers: { accept: BROWSER } })).statusCode, 405)
  assert.equal((await app.inject({ method: 'HEAD', url: '/', headers: { accept: BROWSER } })).statusCode, 200)
})

test('without it browsers get the page of links', async (t) => {
  const { app } = await service(t)
  assert.match((await app.inject({ url: '/', headers: { accept: BROWSER } })).body, /Which jobs triggered/)
})

test('its files are open to all, and may be kept for ever; a file that is gone says what to do', async (t) => {
  const { keys } = apiKeys({ name: 'dashboards', scopes: ['read'] })
  const { app } = await service(t, {
    dashboard: await folder(),
    credentials: { keys, keysFile: undefined, tokens: undefined },
    stage: { name: 'migrating' },
  })
  const page = await app.inject({ url: '/', headers: { accept: BROWSER } })
  assert.equal(page.statusCode, 200)
  const files = firstFiles(page.body)
  assert.ok(files.length >= 2)
  for (const path of files) {
    const { statusCode, headers } = await app.inject(`/${path}`)
    assert.equal(statusCode, 200, path)
    assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable')
    assert.match(
      String(headers['content-type']),
      path.endsWith('.js') ? /^text\/javascript/ : /^(text\/css|image\/svg)/,
    )
  }
  const gone = await app.inject('/dashboard/index-old.js')
  assert.equal(gone.statusCode, 404)
  assert.match(gone.body, /load the page again/)
  for (const path of ['/dashboard/..%2findex.html', '/dashboard/%2e%2e%2f%2e%2e%2fcli.js'])
    assert.equal((await app.inject(path)).statusCode, 404, path)
})

test('it obeys the check of the Host header', async (t) => {
  const { app } = await service(t, { dashboard: await folder(), loopbackNamesOnly: true })
  for (const url of ['/', '/dashboard/anything.js'])
    assert.equal((await app.inject({ url, headers: { accept: BROWSER, host: 'evil.example' } })).statusCode, 403, url)
})

test('its policy allows no inline code or style and nothing from elsewhere, and its page needs none', async (t) => {
  const { app } = await service(t, { dashboard: await folder() })
  const { headers, body } = await app.inject({ url: '/', headers: { accept: BROWSER } })
  const policy = String(headers['content-security-policy'])
  assert.match(policy, /^default-src 'none';.*frame-ancestors 'none';require-trusted-types-for 'script'/)
  assert.doesNotMatch(policy, /unsafe|https?:|\*/)
  assert.doesNotMatch(body, /<style|style=|<script>| on\w+=|https?:/)
})

test('the first load is 200 KB at most, compressed', async () => {
  const at = await folder()
  const html = readFileSync(join(at, 'index.html'), 'utf8')
  const files = firstFiles(html).map((path) => readFileSync(join(at, path)))
  const bytes = files.reduce((sum, file) => sum + gzipSync(file).length, html.length)
  assert.ok(
    bytes < 200_000,
    `${bytes} bytes gzip, ${files.reduce((sum, file) => sum + brotliCompressSync(file).length, 0)} brotli`,
  )
  assert.ok(readdirSync(join(at, 'dashboard')).length > files.length, 'the views come when they are looked at')
})
