import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded, type Embedded } from '../../src/db/embedded/embedded.ts'

/** A power cut costs tests nothing, so nothing is synced; and statistics change only when a test says analyze. */
export const clusterSettings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '200',
  autovacuum: 'off',
}

/** A cluster for tests, in a temporary folder unless one is given. */
export async function startCluster(folder?: string): Promise<Embedded> {
  return startEmbedded({
    folder: folder ?? (await temporaryFolder(await roomyMemory())),
    log: () => undefined,
    settings: clusterSettings,
    ...testBinaries(),
  })
}

/** The Postgres to test with: TEST_POSTGRES names a folder with bin/, lib/ and share/; default: the npm package of this platform. */
export function testBinaries(): { binaries?: string } {
  const binaries = process.env['TEST_POSTGRES']
  return binaries === undefined || binaries === '' ? {} : { binaries }
}

/** /dev/shm, if there is room for all databases of a run (340 MB were used at most): making and dropping one costs 25 ms of a core there, and 60 on a disk. */
async function roomyMemory(): Promise<string | undefined> {
  const room = await statfs('/dev/shm').catch(() => undefined)
  return room !== undefined && room.bavail * room.bsize > 2e9 ? '/dev/shm' : undefined
}

/** Open to enter, because as root the server runs as another user. */
export async function temporaryFolder(within = tmpdir()): Promise<string> {
  const folder = await mkdtemp(join(within, 'event-detector-test-'))
  await chmod(folder, 0o755)
  return folder
}

let own: Promise<string> | undefined

/**
 * The admin url of the cluster of this run: that of test/run.ts (TEST_CLUSTER_URL), or, in a file that runs on its own,
 * a cluster of this process, which ends with it.
 */
export async function clusterUrl(): Promise<string> {
  const given = process.env['TEST_CLUSTER_URL']
  if (given !== undefined && given !== '') return given
  own ??= startOwn()
  return own
}

async function startOwn(): Promise<string> {
  const cluster = await startCluster()
  process.once('beforeExit', () => void endCluster(cluster, process.exitCode === undefined || process.exitCode === 0))
  return cluster.url
}

/** Stops a cluster; its data stays only where there are failed tests to look into. */
export async function endCluster(cluster: Embedded, passed: boolean): Promise<void> {
  await cluster.stop()
  if (passed) await rm(cluster.folder, { recursive: true, force: true })
  else console.error(restartHint(cluster.folder))
}

/** How to look into the databases of failed tests: the port and the password stay the same. */
function restartHint(folder: string): string {
  return `The databases of failed tests are kept in ${folder}. Start them again, at the same addresses: node --import tsx test/run.ts --serve ${folder}`
}
