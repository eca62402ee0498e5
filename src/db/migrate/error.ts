import { SettingsLost } from '../session.ts'

/** A migration could not be read, run or reverted. The message is one sentence that says what to do; `cause` is what the database said. */
export class MigrationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MigrationError'
  }
}

/** Runs `work`; what Postgres says against it becomes a MigrationError that begins with `what`. */
export async function explained<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // Of settings that were lost on the way the sentence says all.
    if (error instanceof MigrationError || error instanceof SettingsLost || !(error instanceof Error)) throw error
    const { code, hint } = error as Error & { code?: string; hint?: string }
    const advice = hint ?? (code === undefined ? undefined : ADVICE[code])
    throw new MigrationError(`${what}: ${error.message}${advice === undefined ? '' : `. ${advice}`}`, { cause: error })
  }
}

/** Did the database refuse because of who asked (the role may not), or because it takes no writes (a replica)? */
export function isForbidden(error: unknown): boolean {
  const { code } = (error instanceof MigrationError ? (error.cause ?? {}) : {}) as { code?: string }
  return code === INSUFFICIENT_PRIVILEGE || code === '25006'
}

/** As where the database refuses because of who asked. */
export function forbidden(what: string): MigrationError {
  return new MigrationError(`${what}. ${ADVICE[INSUFFICIENT_PRIVILEGE]}`, {
    cause: Object.assign(new Error(what), { code: INSUFFICIENT_PRIVILEGE }),
  })
}

const INSUFFICIENT_PRIVILEGE = '42501'

const ADVICE: Partial<Record<string, string>> = {
  [INSUFFICIENT_PRIVILEGE]:
    'Run the migrations as the owner of the tables (DATABASE_URL), or by hand, and start the service with MIGRATE_ON_START=off',
  '25006':
    'This server is read-only (a replica?): point DATABASE_URL at the primary, or start with MIGRATE_ON_START=off',
  '55P03':
    'Another session holds a lock for too long: look for long transactions in pg_stat_activity, end them, and start again',
  53300:
    'A start needs two at once, a service POOL_SIZE and four: raise the limit (alter role … connection limit …, alter database … connection limit …, or max_connections of the server)',
  '3F000': 'The database has no schema "public": create it, then run the migrations again',
}
