import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import pg from 'pg'
import { pino } from 'pino'
import type { Deps } from '../../src/app.ts'
import { readConfig } from '../../src/config/read.ts'
import { createReader } from '../../src/db/pool/pool.ts'
import { prepare } from '../../src/commands/serve.ts'
import { openSource } from '../../src/commands/open-database.ts'
import { database } from '../support/database.ts'
import { knownStatuses } from '../../src/domain/model/status.ts'
import { built, checkedGet, type Service } from '../support/service.ts'
import { patience } from '../support/patience.ts'
import { onTeardown } from '../support/teardown.ts'
import { nest } from './agree.ts'
import type { Variant } from './variants.ts'

/** A database of this variant. */
export interface Opened {
  /** Of a superuser, in plain settings whatever the database says. */
  pool: pg.Pool
  /** Starts the service on it as `npm start` does, and ends the start where that throws. Gives what asks it. */
  start: () => Promise<Pick<Service, 'get'>>
}

/** Settings that a person would have at a prompt, against those that a variant gives its database. */
const plain =
  '-c search_path=public -c timezone=UTC -c datestyle=ISO -c row_security=off -c default_transaction_read_only=off -c default_transaction_isolation=read\\ committed -c bytea_output=hex -c extra_float_digits=1 -c standard_conforming_strings=on -c intervalstyle=postgres'

const parserOf = pg.types.getTypeParser as (oid: number, format?: string) => (text: string) => unknown
/** As a reader of JSON would have them: the driver leaves int8 and numeric as text. */
const numbers = {
  getTypeParser: (oid: number, format?: string) => ([20, 1700].includes(oid) ? Number : parserOf(oid, format)),
} as pg.CustomTypesConfig

/** The driver asks for UTF-8, and a text of SQL_ASCII that was cut may be none. (The pool waits for onConnect, though its types do not say so.) */
const asServer: { onConnect: (client: pg.ClientBase) => Promise<void> } = {
  onConnect: async (client) =>
    void (await client.query(
      `select set_config('client_encoding', 'SQL_ASCII', false) where current_setting('server_encoding') = 'SQL_ASCII'`,
    )),
}

export async function open(t: TestContext, variant: Variant): Promise<Opened> {
  const { url } = await database(t, {
    migrated: variant.from !== 'empty' && variant.options === undefined,
    options: variant.options ?? '',
  })
  const role = `variant_${randomBytes(6).toString('hex')}`
  const named = (text: string): string =>
    text.replaceAll(':role', role).replaceAll(':database', new URL(url).pathname.slice(1))
  const pool = new pg.Pool({
    connectionString: url,
    max: 2,
    options: plain,
    types: numbers,
    ...asServer,
  })
  pool.on('error', () => undefined)
  onTeardown(t, async () => {
    try {
      await pool.query(
        `do $$ declare own text; begin for own in select quote_ident(rolname) from pg_roles where rolname like '${role}%' loop execute 'drop owned by ' || own || ' cascade; drop role ' || own; end loop; end $$`,
      )
    } finally {
      await pool.end()
    }
  })
  if (variant.full) await nest(pool)
  if (variant.prepare !== undefined) await pool.query(named(variant.prepare))
  const own = new URL(url)
  if (variant.asRole) Object.assign(own, { username: role, password: role })
  variant.url?.(own)
  const env = Object.fromEntries(Object.entries(variant.env ?? {}).map(([name, value]) => [name, named(value)]))
  return {
    pool,
    start: () => start(t, { DATABASE_URL: own.href, DATABASE_WAIT: String(Math.ceil(patience(2000) / 1000)), ...env }),
  }
}

async function start(t: TestContext, env: Record<string, string>): Promise<Pick<Service, 'get'>> {
  const config = readConfig(env)
  const log = pino({ level: 'silent' })
  const db = createReader()
  onTeardown(t, () => db.end())
  const statuses = { ...knownStatuses }
  const source = await openSource(config.database, () => undefined)
  const rules: Deps['rules'] = { ...config.rules, linkWay: 'column' }
  const search = { ...config.search }
  await prepare(config, source, {
    db,
    statuses,
    rules,
    search,
    log,
    signal: new AbortController().signal,
    enter: () => undefined,
  })
  const app = await built(t, { db, statuses, rules, log, ...config.access, loopbackNamesOnly: false })
  await app.ready()
  return { get: checkedGet(app) }
}
