import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'

/** Beside what the build makes of this file; in src stands what it is built from. */
const FOLDER = fileURLToPath(new URL('../dashboard', import.meta.url))

/** The folder of the built dashboard; undefined, and a warning, if it was not built. */
export async function builtDashboard(log: Logger): Promise<string | undefined> {
  try {
    await access(join(FOLDER, 'dashboard'))
    return FOLDER
  } catch {
    log.warn(`the dashboard is not there: ${FOLDER} was not built, which npm run build does; / lists links instead`)
    return undefined
  }
}
