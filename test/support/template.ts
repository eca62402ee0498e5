import { fileURLToPath } from 'node:url'
import { migrateUp } from '../../src/db/migrate/migrate.ts'

/** Brings the template of all test databases to the state that the service serves: all migrations. */
export async function prepareTemplate(connectionString: string): Promise<void> {
  const folder = fileURLToPath(new URL('../../migrations/', import.meta.url))
  await migrateUp({ connection: { connectionString }, folder, log: { info: () => undefined, warn: () => undefined } })
}
