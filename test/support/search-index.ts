import type { TestContext } from 'node:test'
import { openWriter } from '../../src/db/writer.ts'
import type { SearchSettings } from '../../src/domain/search/settings.ts'
import { expireLease } from '../../src/queries/recovery/lease.ts'
import { LINKS, takeLease } from '../../src/workers/lease.ts'
import { rebuildIndex } from '../../src/workers/search/rebuild.ts'
import { startWorker, type Worker } from '../../src/workers/worker.ts'
import { searchTask } from '../../src/workers/search/task.ts'
import { memoryLog } from './log.ts'
import { onTeardown } from './teardown.ts'

/** Makes the index of the search as `search rebuild` does; resolves to of how many invocations. */
export async function indexAll(url: string, settings: SearchSettings): Promise<number> {
  const writer = await openWriter({ connection: { connectionString: url }, name: 'search' })
  try {
    const lease = await takeLease(writer, LINKS, 'test')
    if (!lease) throw new Error('somebody else holds the lease')
    const { signal } = new AbortController()
    const indexed = await rebuildIndex({ writer, lease, settings, signal, progress: () => undefined })
    await expireLease(writer, lease)
    return indexed
  } finally {
    await writer.end()
  }
}

/** The worker of a service that does nothing but fill the index, until the test ends or it is stopped. */
export function indexWorker(t: TestContext, url: string, settings: SearchSettings): Worker & { text: () => string } {
  const { log, text } = memoryLog()
  const worker = startWorker({
    connection: { connectionString: url },
    tasks: (signal) => [searchTask(settings, log, signal)],
    refuseToWrite: async () => undefined,
    log,
  })
  onTeardown(t, () => worker.stop())
  return { ...worker, text }
}
