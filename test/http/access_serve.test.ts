import assert from 'node:assert/strict'
import { rename, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import test from 'node:test'
import { readApiKeys } from '../../src/access/api-key.ts'
import { database } from '../support/database.ts'
import { folderFor } from '../support/embedded.ts'
import { apiKeys, AUDIENCE, bearer, claims, ISSUER, signer } from '../support/keys.ts'
import { run, serve } from '../support/serve.ts'

const status = async (url: string, headers: Record<string, string> = {}): Promise<number> =>
  (await fetch(url, { headers })).status

/** The status for a Host header of one's own, which fetch does not allow. */
function statusAt(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) =>
    request(url, { headers: { host } }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end(),
  )
}

test('where strangers could come in without keys the service does not start, and says what to do beside every other mistake', async (t) => {
  for (const env of [
    { HOST: '0.0.0.0' },
    { HOST: 'observability.example' },
    { TRUSTED_PROXIES: '127.0.0.1' },
    { CORS_ORIGINS: '*' },
  ]) {
    const service = await run(t, ['serve'], { ...env, PORT: 'http', DATA_DIR: '/proc/nowhere' })
    assert.equal(await service.ended(), 1)
    const [first, port, open, ...others] = service.text().trim().split('\n')
    assert.equal(first, 'the configuration is wrong:')
    assert.equal(port, '  PORT=http: allowed is a whole number from 0 to 65535')
    for (const [name, value] of Object.entries(env))
      assert.ok(open?.startsWith(`  ${name}=${value}: allowed is `), open)
    assert.match(open ?? '', / unless keys say who may ask: API_KEYS_FILE or API_KEYS /)
    assert.deepEqual(others, [])
  }
})

test('expired keys are warned about at the start, and an empty list', async (t) => {
  const { url } = await database(t)
  const old = await serve(t, {
    DATABASE_URL: url,
    API_KEYS: apiKeys(
      { name: 'old', scopes: ['read'], expires: '2020-01-01T00:00:00Z' },
      { name: 'new', scopes: ['read'] },
    ).text,
  })
  await old.said(/^keys: expired are old$/)
  const empty = await serve(t, { DATABASE_URL: url, API_KEYS: '[]' })
  await empty.said(/^keys: there are none, so nobody gets in$/)
})

test('without a file of keys SIGHUP ends nothing', async (t) => {
  const { url } = await database(t)
  const service = await serve(t, { DATABASE_URL: url, API_KEYS: apiKeys({ name: 'a', scopes: ['read'] }).text })
  const base = await service.ready()
  service.kill('SIGHUP')
  await service.said(/^SIGHUP: there is no API_KEYS_FILE to read again$/)
  assert.equal(await status(`${base}/health/live`), 200)
})

test('AUTH=none opens it on purpose, under any name, and warns; without it names of elsewhere are refused', async (t) => {
  const { url } = await database(t)
  const opened = await serve(t, { DATABASE_URL: url, HOST: '0.0.0.0', AUTH: 'none' })
  const port = new URL(await opened.ready()).port
  assert.equal(await statusAt(`http://127.0.0.1:${port}/jobs`, 'evil.example'), 200)
  await opened.said(/^AUTH=none: whoever reaches this service may ask without a key, and gets read$/)
  const closed = await serve(t, { DATABASE_URL: url })
  const base = await closed.ready()
  assert.equal(await status(`${base}/jobs`), 200)
  assert.equal(await statusAt(`${base}/jobs`, 'evil.example'), 403)
  assert.ok(!closed.messages().some((message) => message.includes('AUTH')))
})

test('with a key it starts off this machine; SIGHUP reads the file again, a wrong file changes nothing; no key, token or hash reaches the log', async (t) => {
  const { url } = await database(t)
  const folder = await folderFor(t)
  const file = join(folder, 'keys.json')
  const write = async (text: string): Promise<void> => {
    await writeFile(`${file}.new`, text)
    await rename(`${file}.new`, file)
  }
  const [first, second, issuer] = [
    apiKeys({ name: 'first', scopes: ['read'] }),
    apiKeys({ name: 'second', scopes: ['read'] }),
    signer(),
  ]
  await writeFile(join(folder, 'public.pem'), issuer.pem)
  await write(first.text)
  const service = await serve(t, {
    DATABASE_URL: url,
    HOST: '0.0.0.0',
    LOG_LEVEL: 'trace',
    API_KEYS_FILE: file,
    JWT_PUBLIC_KEY_FILE: join(folder, 'public.pem'),
    JWT_ISSUER: ISSUER,
    JWT_AUDIENCE: AUDIENCE,
  })
  const jobs = `http://127.0.0.1:${new URL(await service.ready()).port}/jobs`
  const [[one = ''], [two = ''], token, stale] = [
    first.shown,
    second.shown,
    await issuer.sign(claims()),
    await signer().sign(claims()),
  ]
  const seen = async (): Promise<number[]> =>
    Promise.all([one, two, token, stale].map((shown) => status(jobs, bearer(shown))))
  assert.deepEqual(await seen(), [200, 401, 200, 401])
  assert.deepEqual(
    [
      await status(jobs),
      await status(`${jobs}?access_token=${one}`),
      await status(`${jobs}/${one}`, { authorization: one }),
    ],
    [401, 401, 401],
  )

  await service.said(/^keys: 1, and tokens of https:\/\/issuer\.example\/$/)
  await write(second.text)
  service.kill('SIGHUP')
  await service.said(/^keys: 1 read again from \S+keys\.json$/)
  assert.deepEqual(await seen(), [401, 200, 200, 401])

  await write(JSON.stringify([{ name: 'third', hash: one, scopes: ['read'] }]))
  service.kill('SIGHUP')
  await service.said(
    /^keys: \S+ was not taken: key 1 \(third\) needs a hash: "sha256:" and 64 digits in lower-case hexadecimal; the 1 from before stay$/,
  )
  assert.deepEqual(await seen(), [401, 200, 200, 401])

  await write('[]')
  service.kill('SIGHUP')
  await service.said(/^keys: 0 read again/)
  assert.deepEqual(await seen(), [401, 401, 200, 401])

  service.kill('SIGTERM')
  assert.equal(await service.ended(), 0)
  const text = service.text()
  assert.ok(text.includes('"status":401') && text.includes('"msg":"stopped"'), 'the log is whole')
  for (const secret of [
    one,
    two,
    token,
    stale,
    ...[...first.keys, ...second.keys].map(({ hash }) => hash.toString('hex')),
  ]) {
    for (const part of [secret, secret.slice(0, 20), secret.slice(-20)])
      assert.ok(!text.includes(part), `the log holds ${part}`)
  }
})

test('key makes a key that the service takes', async (t) => {
  const made = await run(
    t,
    ['key', '--name', 'ci', '--scopes', 'read,metrics', '--expires', '9999-01-31T00:00:00+01:00'],
    {},
  )
  assert.equal(await made.ended(), 0)
  const [, key = '', entry = ''] =
    /^the key, which is shown this once: (edo_[\w-]{43})\nits entry in the array of API_KEYS_FILE: (\{.*\})$/.exec(
      made.text().trim(),
    ) ?? assert.fail(made.text())
  const [read] = readApiKeys(`[${entry}]`)
  assert.deepEqual(
    [read?.name, [...(read?.scopes ?? [])], read?.expires],
    ['ci', ['read', 'metrics'], '9999-01-30T23:00:00.000000Z'],
  )
  const { url } = await database(t)
  const service = await serve(t, { DATABASE_URL: url, API_KEYS: `[${entry}]` })
  const base = await service.ready()
  assert.deepEqual([await status(`${base}/jobs`), await status(`${base}/jobs`, bearer(key))], [401, 200])
})
