import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { runningEmbedded } from '../src/db/embedded/embedded.ts'
import { holderOf } from '../src/db/embedded/holder.ts'
import { ask, folderFor } from './support/embedded.ts'
import { serve } from './support/serve.ts'
import { onTeardown } from './support/teardown.ts'
import { until } from './support/until.ts'

/** A busy machine is no reason to refuse here; a stop that waits for its Postgres has the time for it. */
const PATIENT = { MAX_DELAY: '0', SHUTDOWN_TIMEOUT: '60' }

async function assertGone(folder: string): Promise<void> {
  await until('the end of Postgres', async () => (await holderOf(join(folder, 'postgres/data'))) === undefined, 15_000)
}

/** A start on what a failed one left behind becomes ready by itself, with demo data. */
async function assertHeals(t: TestContext, DATA_DIR: string): Promise<void> {
  const service = await serve(t, { DATA_DIR, DEMO_INVOCATIONS: '200', ...PATIENT })
  const address = await service.ready()
  const { data } = (await (await fetch(`${address}/trees?window=30d`)).json()) as { data: unknown[] }
  assert.ok(data.length > 0)
  service.kill('SIGTERM')
  assert.equal(await service.ended(), 0)
}

void test('a backend that is lost while demo data loads ends the start with a line that names the log, and the next one heals', async (t) => {
  const DATA_DIR = await folderFor(t)
  const service = await serve(t, { DATA_DIR, ...PATIENT })
  await service.said(/^loading 20000 invocations/)
  const url = (await runningEmbedded(DATA_DIR)) ?? ''
  const backend = await until('rows are being copied', async () => {
    const [found] = await ask(
      url,
      `select pid from pg_stat_activity where application_name like '% demo' and query like 'copy %'`,
    )
    return found?.['pid'] as number | undefined
  })
  process.kill(backend, 'SIGKILL')
  assert.equal(await service.ended(), 1)
  const last = service.messages().at(-1) ?? ''
  assert.ok(last.endsWith(`the log of the embedded Postgres is ${join(DATA_DIR, 'postgres/postgres.log')}`), last)
  await assertGone(DATA_DIR)
  await assertHeals(t, DATA_DIR)
})

/** A file system of `size` MB, unmounted after the test; undefined where this user may not mount one. */
function smallDisk(t: TestContext, folder: string, size: number): { resize: (size: number) => void } | undefined {
  const mount = (...args: string[]): void => void execFileSync('mount', args, { stdio: 'pipe' })
  try {
    mount('-t', 'tmpfs', '-o', `size=${size}m,mode=755`, 'event-detector-test', folder)
  } catch (error) {
    const reason = `NOT TESTED, because no small file system can be mounted here: ${(error as Error).message.trim()}`
    t.diagnostic(reason)
    t.skip(reason)
    return undefined
  }
  onTeardown(t, () => execFileSync('umount', ['--lazy', folder]))
  return { resize: (more) => mount('-o', `remount,size=${more}m`, folder) }
}

void test('a full disk ends the start with a line that says so and names the log, each later one too, and after room is made the next heals', async (t) => {
  const folder = await folderFor(t)
  const disk = smallDisk(t, folder, 100)
  if (!disk) return
  const DATA_DIR = join(folder, 'data')
  for (let starts = 0; starts < 2; starts++) {
    const service = await serve(t, { DATA_DIR, ...PATIENT })
    assert.equal(await service.ended(), 1)
    const last = service.messages().at(-1) ?? ''
    assert.match(last, /only [\d.]+ MiB are free on the disk of .*: make room, and start again/)
    assert.ok(last.includes(join(DATA_DIR, 'postgres/postgres.log')), last)
    await assertGone(DATA_DIR)
  }
  disk.resize(400)
  await assertHeals(t, DATA_DIR)
})
