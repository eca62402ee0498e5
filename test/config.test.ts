import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'node:test'
import { ConfigError, readConfig } from '../src/config/read.ts'
import { variables } from '../src/config/variables.ts'
import { folderFor } from './support/embedded.ts'
import { apiKeys, signer } from './support/keys.ts'

test('without a variable the service runs on an embedded Postgres, at 127.0.0.1:3000', () => {
  const { limits, ...config } = readConfig({})
  assert.deepEqual(config, {
    logLevel: 'info',
    listen: { host: '127.0.0.1', port: 3000 },
    dashboard: true,
    database: {
      url: undefined,
      ssl: undefined,
      folder: '.data',
      poolSize: 10,
      connectTimeout: 5000,
      statementTimeout: 15_000,
      lockTimeout: 2000,
      patience: 60_000,
    },
    migrations: { runAtStart: true, createTables: false, trustedOwners: '' },
    demo: { load: true, invocations: 20_000 },
    access: {
      credentials: undefined,
      staleKeys: 3_600_000,
      anonymousScopes: ['read'],
      loopbackNamesOnly: true,
      origins: [],
      proxies: [],
      redactions: ['authorization', 'cookie', 'x-api-key', 'x-hasura-admin-secret', 'x-webhook-secret'].map((name) => ({
        path: `context.headers.${name}`,
        steps: ['context', 'headers', name],
      })),
    },
    rules: { staleAfter: 900_000 },
    links: { maxAge: 3_600_000, paths: [], recovery: undefined },
    search: {
      recordPaths: [[['event', 'data', 'new', 'id']], [['event', 'data', 'old', 'id']]],
      personal: undefined,
    },
    searchIndex: 'on',
    rollups: 'on',
    shutdown: { delay: 0, timeout: 10_000 },
  })
  assert.equal(limits.connections, 5000)
  assert.deepEqual(
    readConfig({ PORT: '', DEMO: '', DATABASE_URL: '', HOME: '/root', PATH: '/bin' }),
    readConfig({}),
    'empty ones count as unset, others are not looked at',
  )
})

test('what is given is taken', () => {
  const url = 'postgresql://user:p%40ss@db.example:5433/observability?application_name=dashboards'
  const config = readConfig({
    DATABASE_URL: url,
    PORT: '0',
    HOST: '::',
    DEMO: 'off',
    LOG_LEVEL: 'silent',
    POOL_SIZE: '1000',
  })
  assert.deepEqual(
    [config.database.url, config.listen, config.demo.load, config.logLevel, config.database.poolSize],
    [url, { port: 0, host: '::' }, false, 'silent', 1000],
  )
})

test('a database URL does not override what the service sets', () => {
  for (const [parameter, instead] of [
    ['sslmode=disable', 'DATABASE_SSL'],
    ['ssl=true', 'DATABASE_SSL'],
    ['options=-c%20timezone=Asia/Tokyo', 'the service sets'],
    ['statement_timeout=0', 'CONNECT_TIMEOUT'],
    ['query_timeout=0', 'CONNECT_TIMEOUT'],
    ['schema=observability', 'only the schema public is supported'],
    ['currentSchema=a', 'only the schema public is supported'],
    ['max=1', 'it means nothing here'],
    ['keepAlive=0', 'it means nothing here'],
  ] as const) {
    const [name] = parameter.split('=')
    assert.throws(
      () => readConfig({ DATABASE_URL: `postgres://user:secret@here/db?application_name=x&${parameter}` }),
      ({ message }: Error) =>
        message.includes(`DATABASE_URL=postgres://…: allowed is a URL without the parameter ${name} (${instead}`) &&
        message.includes('these may stand there: host, port, user, password, application_name'),
      parameter,
    )
  }
  const socket = 'postgres:///db?host=/var/run/postgresql&user=me&password=a%23b%40c&port=5433'
  assert.equal(readConfig({ DATABASE_URL: socket }).database.url, socket)
})

test('a password with a character that ends it too early is told to be percent-encoded, and is not shown', () => {
  const wrong = {
    'user:p#ss@host:5432/db': '# is written %23',
    'user:12#ss@host/db': '# is written %23',
    'user:p@ss@host/db': '@ is written %40',
    'user:12/ss@host/db': '/ is written %2F',
    'user:a?b@host/db': '? is written %3F',
    'user:a/b#c@d@host/db': '# is written %23',
    'user:100%@host/db': '% is written %25',
    'us@er:pw@host/db?host=/run': '@ is written %40',
  }
  for (const [rest, sentence] of Object.entries(wrong)) {
    assert.throws(
      () => readConfig({ DATABASE_URL: `postgres://${rest}` }),
      ({ message }: Error) =>
        message.includes(
          `DATABASE_URL=postgres://…: allowed is a URL whose user and password are percent-encoded: a bare ${sentence}`,
        ) && !message.includes('ss@'),
      rest,
    )
  }
  for (const right of [
    'postgres://user:p%23s%40s%2F%25@host/db',
    'postgres://host/db',
    'postgres://user@host/db',
    'postgres://u:p@[::1]:5432/db?application_name=a@b',
  ])
    assert.equal(readConfig({ DATABASE_URL: right }).database.url, right)
})

test('reading changes neither the environment nor itself', () => {
  const env = Object.freeze({ PORT: '4000' })
  assert.deepEqual(readConfig(env), readConfig(env))
  assert.equal(readConfig({}).listen.port, 3000)
})

/** For each variable a value that is wrong, and what the message says is allowed. */
const wrong: Record<keyof typeof variables, [given: string, allowed: RegExp]> = {
  DATABASE_URL: ['mysql://here/db', /a URL such as postgres:\/\/user:password@host:5432\/event_detector_observability/],
  DATABASE_SSL: ['on', /one of disable, require, verify-ca, verify-full/],
  DATABASE_SSL_CA: ['/nowhere/ca.pem', /the path of a file that can be read/],
  DATABASE_SSL_CERT: ['/nowhere/cert.pem', /the path of a file that can be read/],
  DATABASE_SSL_KEY: ['/nowhere/key.pem', /the path of a file that can be read/],
  DATA_DIR: ['d'.repeat(4097), /text of 1 to 4096 characters/],
  DEMO: ['yes', /one of on, off/],
  DASHBOARD: ['yes', /one of on, off/],
  DEMO_INVOCATIONS: ['0', /a whole number from 1 to 10000000/],
  CREATE_TABLES: ['yes', /one of on, off/],
  TRUSTED_OWNERS: ['o'.repeat(4097), /text of 1 to 4096 characters/],
  MIGRATE_ON_START: ['true', /one of on, off/],
  HOST: ['localhost:3000', /an IP address or the name of a host, without port and brackets/],
  PORT: ['65536', /a whole number from 0 to 65535/],
  API_KEYS_FILE: ['/nowhere/keys.json', /the path of a JSON array of keys; it cannot be read/],
  API_KEYS: ['[{}]', /nothing, where API_KEYS_FILE is given/],
  JWT_JWKS_URL: ['http://issuer.example/jwks', /an https URL \(or http on this machine\)/],
  JWT_PUBLIC_KEY_FILE: ['/nowhere/public.pem', /the path of a public key or certificate \(PEM\)/],
  JWT_ISSUER: ['i'.repeat(501), /text of 1 to 500 characters/],
  JWT_AUDIENCE: ['a'.repeat(501), /text of 1 to 500 characters/],
  JWT_STALE_KEYS: ['-1', /a whole number from 0 to 604800/],
  AUTH: ['off', /one of none/],
  ANONYMOUS_SCOPES: ['read,write', /some of read, read:payload, metrics, with commas between/],
  REDACT: ['payload..ssn', /none, or paths with commas between, such as payload\.event\.data\.new\.ssn/],
  STALE_AFTER: ['0', /a whole number from 1 to 31536000/],
  LINK_MAX_AGE: ['1h', /a whole number from 1 to 31536000/],
  LINK_RECOVERY: ['on', /one of off, overlay, mend/],
  SEARCH_PATHS: ['event.data.new.lines[0].id', /up to 20 paths in the payload such as event\.data\.new\.id/],
  SEARCH_KEYS: ['event.data.new.lines[0].email', /up to 20 paths in the payload such as event\.data\.new\.id/],
  SEARCH_HASH_KEY_FILE: [
    '/nowhere/key',
    /the path of a file with a secret of 32 bytes or more, because SEARCH_KEYS is given/,
  ],
  LINK_PATHS: ['event.data.new.lines[0].job', /up to 20 paths in the payload such as event\.data\.new\.modified_by/],
  ROLLUPS: ['yes', /one of on, off/],
  SEARCH_INDEX: ['yes', /one of on, off/],
  LOG_LEVEL: ['verbose', /one of fatal, error, warn, info, debug, trace, silent/],
  POOL_SIZE: ['1e999', /a whole number from 1 to 1000/],
  CONNECT_TIMEOUT: ['5s', /a whole number from 1 to 3600/],
  STATEMENT_TIMEOUT: ['-1', /a whole number from 1 to 3600/],
  LOCK_TIMEOUT: ['1.5', /a whole number from 1 to 3600/],
  DATABASE_WAIT: ['3601', /a whole number from 1 to 3600/],
  REQUEST_TIMEOUT: ['ten', /a whole number from 1 to 3600/],
  ANSWER_TIMEOUT: ['0', /a whole number from 1 to 3600/],
  STREAM_TIMEOUT: ['0', /a whole number from 1 to 3600/],
  STALL_TIMEOUT: ['0', /a whole number from 1 to 3600/],
  SHUTDOWN_DELAY: ['301', /a whole number from 0 to 300/],
  SHUTDOWN_TIMEOUT: ['NaN', /a whole number from 1 to 3600/],
  MAX_CONNECTIONS: ['0', /a whole number from 1 to 1000000/],
  MAX_CONNECTIONS_PER_ADDRESS: ['0', /a whole number from 1 to 1000000/],
  MAX_CONCURRENT: ['0', /a whole number from 1 to 100000/],
  MAX_HEAVY: ['-1', /a whole number from 1 to 100000/],
  MAX_WAIT: ['-1', /a whole number from 0 to 60000/],
  MAX_DELAY: ['1s', /a whole number from 0 to 60000/],
  MAX_MEMORY: ['1GB', /a whole number from 64 to 16777216/],
  MAX_URL: ['1023', /a whole number from 1024 to 65536/],
  MAX_BODY: ['1k', /a whole number from 0 to 1048576/],
  MAX_PAGE: ['0', /a whole number from 1 to 10000/],
  MAX_DEPTH: ['100001', /a whole number from 1 to 100000/],
  MAX_NODES: ['0', /a whole number from 1 to 10000000/],
  RATE_LIMIT: ['off', /a whole number from 0 to 100000000/],
  TRUSTED_PROXIES: [
    '10.0.0.0/33',
    /addresses or networks such as 10\.0\.0\.5,10\.1\.0\.0\/16, with commas between them/,
  ],
  CORS_ORIGINS: [
    'https://here.example/path',
    /origins such as https:\/\/dashboards\.example, with commas between them, or \*/,
  ],
}

test('all mistakes are reported together, a line each, with the name, what was given and what is allowed', () => {
  const env = Object.fromEntries(Object.entries(wrong).map(([name, [given]]) => [name, given]))
  const lines = mistakesOf(env)
  assert.equal(lines.length, Object.keys(variables).length, lines.join('\n'))
  for (const [name, [given, allowed]] of Object.entries(wrong)) {
    const line = lines.find((each) => each.startsWith(`  ${name}=`)) ?? assert.fail(`${name} is not reported`)
    assert.match(line, allowed)
    if (
      given.length < 100 &&
      !['DATABASE_URL', 'API_KEYS', 'JWT_JWKS_URL', 'SEARCH_HASH_KEY_FILE'].includes(name) &&
      given !== '1e999'
    )
      assert.ok(line.includes(`${name}=${given}:`), line)
  }
})

test('who could come in without a key is told together with every other mistake, of a process that listens', () => {
  const wanted =
    / unless keys say who may ask: API_KEYS_FILE or API_KEYS \(npm run key -- --name NAME makes one\), JWT_… for tokens, or AUTH=none to let everybody in$/
  const open: Array<[env: Record<string, string>, ...lines: RegExp[]]> = [
    [
      { HOST: '0.0.0.0', PORT: '65536', MAX_PAGE: '0' },
      /^ {2}PORT=65536: allowed is a whole number/,
      /^ {2}MAX_PAGE=0: /,
      /^ {2}HOST=0\.0\.0\.0: allowed is an address of this machine alone, such as 127\.0\.0\.1,/,
    ],
    [
      { HOST: '0.0.0.0:80', PORT: 'http' },
      /^ {2}HOST=0\.0\.0\.0:80: allowed is an IP address or the name of a host, without port and brackets$/,
      /^ {2}PORT=http: /,
    ],
    [
      { HOST: '::', TRUSTED_PROXIES: '10.0.0.1', CORS_ORIGINS: '*' },
      /^ {2}HOST=::: /,
      /^ {2}TRUSTED_PROXIES=10\.0\.0\.1: allowed is nothing, for others come through a proxy,/,
      /^ {2}CORS_ORIGINS=\*: allowed is a list without \*/,
    ],
  ]
  for (const [env, ...lines] of open) {
    const found = mistakesOf(env, { listening: true })
    assert.equal(found.length, lines.length, found.join('\n'))
    for (const [at, line] of lines.entries()) assert.match(found[at] ?? '', line)
    for (const line of found.filter((each) => each.includes('unless'))) assert.match(line, wanted)
  }
  for (const env of [
    { AUTH: 'none', HOST: '0.0.0.0' },
    { API_KEYS: '[]', HOST: '::', TRUSTED_PROXIES: '10.0.0.1' },
    { HOST: '127.0.0.9' },
    { HOST: 'localhost', CORS_ORIGINS: 'https://a.example' },
  ])
    assert.ok(readConfig(env, { listening: true }))
  assert.equal(
    readConfig({ HOST: '0.0.0.0' }).listen.host,
    '0.0.0.0',
    'a migration of the same environment opens nothing',
  )
})

test('HOST is an address or a name, and nothing more', () => {
  for (const HOST of ['127.0.0.1', '::1', '::', 'fe80::1%eth0', 'localhost', 'db-1.example', 'a_b', 'x'.repeat(63)])
    assert.equal(readConfig({ HOST }).listen.host, HOST)
  for (const HOST of [
    '[::1]',
    'localhost:3000',
    'http://localhost',
    '127.0.0.256',
    '1.2.3',
    '*',
    'a b',
    'a..b',
    '-a',
    'a/b',
    '::g',
    ' ',
    'h.'.repeat(127) + 'hh',
  ]) {
    const [line, ...others] = mistakesOf({ HOST })
    assert.match(
      line ?? '',
      /^ {2}HOST=.*: allowed is an IP address or the name of a host, without port and brackets$/,
      HOST,
    )
    assert.deepEqual(others, [])
  }
})

test('no mistake about a database URL shows more of it than its scheme', () => {
  for (const given of [
    'mysql://user:hunter2@here/db',
    'user:hunter2@here/db',
    'postgres:/user:hunter2@here',
    'postgres//user:hunter2@here',
    'postgres://user:hunter2@here:99999/db',
    'hunter2',
    'https://here/?password=hunter2',
    'postgres://user:hunter2@[::1/db',
    'x\nhunter2',
  ]) {
    const [line = '', ...others] = mistakesOf({ DATABASE_URL: given })
    assert.match(line, /^ {2}DATABASE_URL=(\w*:\/\/)?…: allowed is a URL such as/, given)
    assert.deepEqual(others, [])
  }
})

test('a key that is given instead of its path is not shown', () => {
  const lines = mistakesOf({
    DATABASE_SSL: 'verify-full',
    DATABASE_SSL_CERT: '-----BEGIN CERTIFICATE-----\nhunter2',
    DATABASE_SSL_KEY: '-----BEGIN PRIVATE KEY-----\nhunter2',
  })
  assert.deepEqual(
    lines.map((line) => line.split(':')[0]),
    ['  DATABASE_SSL_CERT=…', '  DATABASE_SSL_KEY=…'],
  )
})

test('DATABASE_SSL means what libpq means by it, and reads the files that it names', async (t) => {
  const folder = await folderFor(t)
  const [ca, cert, key] = await Promise.all(
    ['ca', 'cert', 'key'].map(async (name) => {
      await writeFile(join(folder, name), `the ${name}`)
      return join(folder, name)
    }),
  )
  assert.deepEqual(readConfig({ DATABASE_SSL: 'require' }).database.ssl, { rejectUnauthorized: false })
  assert.deepEqual(
    readConfig({ DATABASE_SSL: 'verify-full', DATABASE_SSL_CA: ca, DATABASE_SSL_CERT: cert, DATABASE_SSL_KEY: key })
      .database.ssl,
    { rejectUnauthorized: true, ca: 'the ca', cert: 'the cert', key: 'the key' },
  )
  const { checkServerIdentity, ...rest } =
    readConfig({ DATABASE_SSL: 'verify-ca', DATABASE_SSL_CA: ca }).database.ssl ?? {}
  assert.deepEqual(rest, { rejectUnauthorized: true, ca: 'the ca' })
  assert.equal(checkServerIdentity?.('another', {} as never), undefined, 'the name of the host is not looked at')
  assert.deepEqual(mistakesOf({ DATABASE_SSL: 'verify-full', DATABASE_SSL_KEY: key }), [
    '  DATABASE_SSL_CERT=: allowed is a file, where DATABASE_SSL_KEY is given',
  ])
  assert.deepEqual(mistakesOf({ DATABASE_SSL_CA: ca }), [
    '  DATABASE_SSL=disable: allowed is one of require, verify-ca, verify-full, where DATABASE_SSL_CA is given',
  ])
})

test('keys and tokens come from files or the environment; half of what they need, or two of what is one, is told', async (t) => {
  const folder = await folderFor(t)
  const [keysFile, pemFile, privateFile] = ['keys.json', 'public.pem', 'private.pem'].map((name) =>
    join(folder, name),
  ) as [string, string, string]
  const { keys, text } = apiKeys({ name: 'a', scopes: ['read', 'metrics'], expires: '2027-01-31T00:00:00Z' })
  const { pem, privatePem } = signer()
  await Promise.all([writeFile(keysFile, text), writeFile(pemFile, pem), writeFile(privateFile, privatePem)])
  const issued = { JWT_ISSUER: 'https://issuer.example/', JWT_AUDIENCE: 'observability' }
  const trust = (source: object): object => ({ keys: source, issuer: issued.JWT_ISSUER, audience: issued.JWT_AUDIENCE })
  assert.deepEqual(readConfig({ API_KEYS_FILE: keysFile }).access.credentials, { keys, keysFile, tokens: undefined })
  assert.deepEqual(readConfig({ API_KEYS: text }).access.credentials, { keys, keysFile: undefined, tokens: undefined })
  assert.deepEqual(
    readConfig({ API_KEYS: '[]' }).access.credentials?.keys,
    [],
    'a list with nobody in it lets nobody in',
  )
  assert.deepEqual(readConfig({ ...issued, JWT_PUBLIC_KEY_FILE: pemFile }).access.credentials?.tokens, trust({ pem }))
  for (const url of ['https://issuer.example/jwks', 'http://127.0.0.1:8080/jwks'])
    assert.deepEqual(readConfig({ ...issued, JWT_JWKS_URL: url }).access.credentials?.tokens, trust({ url }))
  assert.deepEqual(readConfig({ AUTH: 'none', ANONYMOUS_SCOPES: 'read, read:payload' }).access.anonymousScopes, [
    'read',
    'read:payload',
  ])

  const verifying =
    'the path of a public key or certificate (PEM): RSA of 2048 bits or more, EC of P-256, P-384 or P-521, or Ed25519'
  const wrong: Array<[env: Record<string, string>, line: string]> = [
    [{ API_KEYS: text, API_KEYS_FILE: keysFile }, '  API_KEYS=…: allowed is nothing, where API_KEYS_FILE is given'],
    [
      { API_KEYS: 'hunter2' },
      '  API_KEYS=…: allowed is a JSON array of keys; it is not a JSON array of up to 1000 keys',
    ],
    [
      { API_KEYS_FILE: 'edo_hunter2' },
      '  API_KEYS_FILE=…: allowed is the path of a JSON array of keys; it cannot be read',
    ],
    [
      { API_KEYS_FILE: '[{"hash":"hunter2"}]' },
      '  API_KEYS_FILE=…: allowed is the path of a JSON array of keys; it cannot be read',
    ],
    [{ API_KEYS: text, AUTH: 'none' }, '  AUTH=none: allowed is nothing, where keys or tokens are configured'],
    [
      { API_KEYS: text, ANONYMOUS_SCOPES: 'read' },
      '  ANONYMOUS_SCOPES=read: allowed is nothing, where keys or tokens are configured',
    ],
    [
      { ...issued },
      '  JWT_JWKS_URL=: allowed is a URL, or JWT_PUBLIC_KEY_FILE a file: exactly one of them, for tokens',
    ],
    [
      { JWT_PUBLIC_KEY_FILE: pemFile, JWT_ISSUER: 'x' },
      '  JWT_AUDIENCE=: allowed is a text, where tokens are configured',
    ],
    [
      { JWT_PUBLIC_KEY_FILE: pemFile, JWT_AUDIENCE: 'x' },
      '  JWT_ISSUER=: allowed is a text, where tokens are configured',
    ],
    [{ ...issued, JWT_PUBLIC_KEY_FILE: keysFile }, `  JWT_PUBLIC_KEY_FILE=${keysFile}: allowed is ${verifying}`],
    [{ ...issued, JWT_PUBLIC_KEY_FILE: privateFile }, `  JWT_PUBLIC_KEY_FILE=${privateFile}: allowed is ${verifying}`],
    [
      { ...issued, JWT_JWKS_URL: 'https://user:hunter2@issuer.example/jwks' },
      '  JWT_JWKS_URL=https://…: allowed is an https URL (or http on this machine) without user and password',
    ],
  ]
  for (const [env, line] of wrong) assert.deepEqual(mistakesOf(env), [line])
})

test('a public key that can check no token of this service is refused at the start', async (t) => {
  const folder = await folderFor(t)
  const issued = {
    JWT_ISSUER: 'https://issuer.example/',
    JWT_AUDIENCE: 'observability',
    JWT_PUBLIC_KEY_FILE: join(folder, 'public.pem'),
  }
  const read = async ({ publicKey }: { publicKey: KeyObject }): Promise<string[]> => {
    await writeFile(issued.JWT_PUBLIC_KEY_FILE, publicKey.export({ type: 'spki', format: 'pem' }))
    return mistakesOf(issued)
  }
  for (const pair of [
    generateKeyPairSync('rsa', { modulusLength: 1024 }),
    generateKeyPairSync('x25519'),
    generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
  ]) {
    assert.match((await read(pair)).join(), /allowed is the path of a public key.*RSA of 2048 bits or more/)
  }
  for (const pair of [
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
    generateKeyPairSync('ed25519'),
    generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ]) {
    await writeFile(issued.JWT_PUBLIC_KEY_FILE, pair.publicKey.export({ type: 'spki', format: 'pem' }))
    assert.ok(readConfig(issued).access.credentials?.tokens)
  }
})

test('.env.example lists every variable with its default and what it is', () => {
  const lines = readFileSync(new URL('../.env.example', import.meta.url), 'utf8').split('\n')
  for (const [name, schema] of Object.entries(variables)) {
    const { description, default: fallback = '' } = schema as unknown as {
      description: string
      default?: string | number
    }
    const at = lines.indexOf(`#${name}=${fallback}`)
    assert.ok(at > 0, `.env.example has no line "#${name}=${fallback}"`)
    assert.equal(lines[at - 1], `# ${description}`, `the line above ${name}`)
  }
  const listed = lines.flatMap((line) => /^#?([A-Z_]+)=/.exec(line)?.[1] ?? [])
  assert.deepEqual(listed, Object.keys(variables), 'in the order of src/config/variables.ts, and nothing else')
})

test('.env.example with its comments opened is a configuration that is right', () => {
  const text = readFileSync(new URL('../.env.example', import.meta.url), 'utf8')
  const env = Object.fromEntries([...text.matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]))
  assert.deepEqual(readConfig(env), readConfig({}))
})

function mistakesOf(env: Record<string, string | undefined>, options = {}): string[] {
  try {
    readConfig(env, options)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    const [first, ...lines] = error.message.split('\n')
    assert.equal(first, 'the configuration is wrong:')
    assert.doesNotMatch(error.message, /hunter2/)
    return lines
  }
  return assert.fail('the configuration was taken')
}
