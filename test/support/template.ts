import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'

/** Brings the template of all test databases to the state that the service serves: all migrations. */
export async function prepareTemplate(connectionString: string): Promise<void> {
  const folder = new URL('../../migrations/', import.meta.url)
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('_up.sql')).sort()
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    for (const file of files) {
      const text = await readFile(new URL(file, folder), 'utf8')
      // `concurrently` must be alone in its batch, which is what `-- next` lines are for.
      for (const statement of text.split(/^-- next\s*$/m)) await client.query(statement)
    }
  } finally {
    await client.end()
  }
}
