import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import { database } from './support/database.ts'
import { run, serve } from './support/serve.ts'
import { onTeardown } from './support/teardown.ts'

const DESCRIPTORS = 256

test('more idle sockets than there are file descriptors neither end the process nor keep anybody out', async (t) => {
  const { url } = await database(t)
  const service = await serve(t, { DATABASE_URL: url }, `ulimit -n ${DESCRIPTORS}`)
  const base = await service.ready()
  const [, room = ''] = await service.said(
    /^(\d+) connections are taken at most instead of MAX_CONNECTIONS=5000: this process may have 256 file descriptors \(ulimit -n\) and needs \d+ for itself$/,
  )
  assert.ok(Number(room) > 50 && Number(room) < DESCRIPTORS - 70, room)
  const { hostname, port } = new URL(base)
  const sockets: Socket[] = []
  onTeardown(t, () => sockets.forEach((socket) => socket.destroy()))
  while (sockets.length < 2 * DESCRIPTORS) {
    const socket = connect(Number(port), hostname)
    socket.on('error', () => undefined)
    sockets.push(socket)
    await once(socket, 'connect')
  }
  // It is told a second after the first; memory has been looked at once more until then.
  await service.said(/^idle connections were closed for new ones$/)
  for (const path of ['/health/live', '/health/ready', '/invocations', '/trees', '/docs/static/swagger-ui.css'])
    assert.equal((await fetch(base + path, { headers: { connection: 'close' } })).status, 200, path)
  service.kill('SIGTERM')
  assert.equal(await service.ended(), 0, service.text())
  assert.doesNotMatch(service.text(), /EMFILE|memory cannot be read/)
})

test('a process that may have fewer descriptors than the service needs itself does not start, and says so', async (t) => {
  const service = await run(t, ['serve'], { PORT: '0', POOL_SIZE: '300' }, 'ulimit -n 300')
  assert.equal(await service.ended(), 1)
  assert.match(
    service.text(),
    /^this process may have 300 file descriptors \(ulimit -n\) and needs \d+ for itself: raise the limit, or lower POOL_SIZE\n$/,
  )
})

test('a process that may have too few descriptors to load the service, as a build or from its sources, says so', async (t) => {
  for (const descriptors of [40, 100]) {
    const service = await run(t, ['serve'], { PORT: '0' }, `ulimit -n ${descriptors}`)
    assert.equal(await service.ended(), 1)
    assert.match(
      service.text(),
      new RegExp(
        `^this process may have ${descriptors} file descriptors .* needs 1\\d\\d for itself: raise the limit, or`,
      ),
    )
  }
  const start = (limit: string, port: string) =>
    spawnSync('/bin/sh', ['-c', `${limit}exec "$0" --import tsx src/cli.ts serve`, process.execPath], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      env: { PATH: process.env['PATH'] ?? '', PORT: port },
      encoding: 'utf8',
    })
  // The loader keeps what it has compiled once: its compiler needs descriptors of its own, also for the first module.
  assert.match(start('', 'none').stderr, /PORT/)
  const sources = start('ulimit -n 40; ', '0')
  assert.equal(sources.status, 1)
  // The loader may add a line of its own.
  assert.equal(
    sources.stderr.split('\n')[0],
    'this process may have 40 file descriptors (ulimit -n), too few to load the service: allow it 256',
  )
})
