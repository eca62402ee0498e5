import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import { chmod, chown } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { database } from './support/database.ts'
import { folderFor } from './support/embedded.ts'
import { apiKeys, bearer } from './support/keys.ts'
import { onTeardown } from './support/teardown.ts'
import { until } from './support/until.ts'

const repository = fileURLToPath(new URL('..', import.meta.url))

interface Instruction {
  name: string
  args: string
}

/** The instructions of the Dockerfile, a stage an array, each beginning with its FROM. */
function stages(): Instruction[][] {
  const lines = readFileSync(join(repository, 'Dockerfile'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  const found: Instruction[][] = []
  for (const line of lines) {
    const [, name = '', args = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? assert.fail(`not understood: ${line}`)
    if (name === 'FROM') found.push([])
    found.at(-1)?.push({ name, args })
  }
  return found
}

function only(stage: Instruction[], name: string): string {
  const [one, ...others] = stage.filter((each) => each.name === name)
  assert.ok(one && others.length === 0, `one ${name} in a stage`)
  return one.args
}

/** What COPY does, from the folder of another stage or from the repository, as .dockerignore leaves it. */
function copy(args: string, into: string, built: Record<string, string>): void {
  const [, from, paths = ''] = /^(?:--from=(\w+) )?(.*)$/.exec(args) ?? []
  const words = paths.split(' ')
  const sent = new Set(
    readFileSync(join(repository, '.dockerignore'), 'utf8')
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : [])),
  )
  for (const source of words.slice(0, -1)) {
    assert.ok(from !== undefined || sent.has(source), `.dockerignore does not send ${source}`)
    const path =
      from === undefined
        ? join(repository, source)
        : source.replace('/app', built[from] ?? assert.fail(`no stage ${from}`))
    const target = join(into, words.at(-1) ?? '')
    cpSync(path, statSync(path).isDirectory() ? target : join(target, basename(path)), {
      recursive: true,
      verbatimSymlinks: true,
    })
  }
}

/** Runs the steps of a stage in `folder`. The whole of `npm ci` is the checkout's own, which this very test runs on. */
function build(stage: Instruction[], folder: string, built: Record<string, string>): void {
  mkdirSync(folder)
  for (const { name, args } of stage) {
    if (name === 'COPY') copy(args, folder, built)
    else if (name === 'RUN' && args === 'npm ci')
      symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'))
    else if (name === 'RUN' && !args.startsWith('mkdir /data ')) {
      const env = {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '',
        npm_config_prefer_offline: 'true',
      }
      const { status, stderr, stdout } = spawnSync('/bin/sh', ['-c', args], { cwd: folder, encoding: 'utf8', env })
      assert.equal(status, 0, `${args}\n${stdout}${stderr}`)
    }
  }
}

/** An image of the Dockerfile as a folder. */
async function image(t: TestContext): Promise<{ folder: string; final: Instruction[] }> {
  const all = stages()
  const root = await folderFor(t)
  const built: Record<string, string> = {}
  for (const [at, stage] of all.entries()) {
    const name = / AS (\w+)$/.exec(only(stage, 'FROM'))?.[1] ?? 'final'
    built[name] = join(root, `${at}-${name}`)
    build(stage, built[name], built)
  }
  return { folder: built['final'] ?? assert.fail('the last stage has a name'), final: all.at(-1) ?? [] }
}

/** A user who owns nothing of the image; as root one without rights, else ourselves. */
const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

/** CMD in the environment of the image, on a port that is free; its log, and its end. */
async function start(
  t: TestContext,
  { folder, final }: { folder: string; final: Instruction[] },
  env: Record<string, string>,
) {
  const port = await freePort()
  const inside = Object.fromEntries(
    only(final, 'ENV')
      .split(' ')
      .map((pair) => pair.split('=') as [string, string]),
  )
  const environment = { PATH: process.env['PATH'] ?? '', ...inside, PORT: String(port), ...env }
  const [program = '', ...args] = JSON.parse(only(final, 'CMD')) as string[]
  const child = spawn(program, args, { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'inherit'], ...user })
  const end = once(child, 'exit')
  let log = ''
  child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()))
  onTeardown(t, async () => {
    child.kill('SIGKILL')
    await end
  })
  return {
    url: `http://127.0.0.1:${port}`,
    log: () => log,
    ready: () =>
      until(
        'the container is ready',
        () => {
          assert.equal(child.exitCode, null, log)
          return log.includes('ready: open')
        },
        60_000,
      ),
    healthy() {
      const [node = '', ...rest] = JSON.parse(/CMD (\[.*)$/.exec(only(final, 'HEALTHCHECK'))?.[1] ?? '[]') as string[]
      return spawnSync(node, rest, { cwd: folder, env: environment, ...user }).status === 0
    },
    async stop() {
      child.kill('SIGTERM')
      await until('the container ends', () => child.exitCode !== null || child.signalCode !== null, 30_000)
      return ((await end) as [number | null])[0]
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

test('the image is built from what is sent, holds what it needs alone, and starts as an unprivileged user', async (t) => {
  const made = await image(t)
  const { folder, final } = made
  assert.deepEqual(readdirSync(folder).toSorted(), ['LICENSE', 'dist', 'migrations', 'node_modules', 'package.json'])
  for (const name of ['typescript', 'tsx', 'oxlint', 'playwright-core', '@redocly/openapi-core'])
    assert.ok(!existsSync(join(folder, 'node_modules', name)), `${name} is for development`)
  assert.equal(only(final, 'USER'), 'node')

  // The image listens at 0.0.0.0, as the command of docs/operations.md does: it wants a key.
  const {
    text: API_KEYS,
    shown: [key = ''],
  } = apiKeys({ name: 'me', scopes: ['read'] })
  await t.test('with an embedded Postgres in a volume of its own', async (t) => {
    const data = await folderFor(t)
    if (user.uid !== undefined) await chown(data, user.uid, user.gid)
    await chmod(data, 0o700)
    const container = await start(t, made, { DATA_DIR: join(data, 'volume'), DEMO_INVOCATIONS: '50', API_KEYS })
    await until('it is healthy before it is ready', () => container.healthy())
    await container.ready()
    assert.equal(
      (await fetch(`${container.url}/trees?from=2000-01-01T00:00:00Z`, { headers: bearer(key) })).status,
      200,
    )
    assert.equal((await fetch(`${container.url}/trees`)).status, 401)
    assert.equal((await fetch(`${container.url}/docs/`)).status, 200)
    assert.equal(await container.stop(), 0, container.log())
    assert.equal(container.healthy(), false)
    assert.ok(
      existsSync(join(data, 'volume/postgres/data')) && !existsSync(join(data, 'volume/binaries')),
      'the binaries run where they are',
    )
  })

  await t.test('with a database that is given', async (t) => {
    const { url } = await database(t, { migrated: false })
    const container = await start(t, made, { DATABASE_URL: url, DATA_DIR: '/proc/nowhere', API_KEYS })
    await container.ready()
    assert.ok(container.healthy())
    assert.equal((await fetch(`${container.url}/health/ready`)).status, 200)
    assert.equal(await container.stop(), 0, container.log())
  })
  assert.deepEqual(
    readdirSync(folder).toSorted(),
    ['LICENSE', 'dist', 'migrations', 'node_modules', 'package.json'],
    'nothing was written into the image',
  )
})
