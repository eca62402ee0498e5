import type { Writer } from '../db.ts'
import { sql } from '../sql.ts'
import { forbidden, MigrationError } from './error.ts'
import type { Migration } from './files.ts'
import type { Probe } from './script.ts'

/** Why no migration may run on this database. */
export interface Obstacle {
  /** A sentence. */
  what: string
  /** The service may answer from it nonetheless. */
  served: boolean
}

/** What would run with the rights of the role that migrates, although it belongs to one that is not trusted. */
export interface Untrusted {
  /** A sentence. */
  what: string
  owner: string
}

/** What the migrations say against running on this database. Reads catalogues only. */
export async function obstaclesOf(writer: Writer, migrations: Migration[]): Promise<Obstacle[]> {
  return ask<Obstacle>(writer, migrations, 'refused', 'what, served')
}

/** What of this database belongs to roles that are not trusted. Reads catalogues only. */
export async function untrustedOf(writer: Writer, migrations: Migration[]): Promise<Untrusted[]> {
  return ask<Untrusted>(writer, migrations, 'untrusted', 'what, owner')
}

async function ask<R extends { what: string }>(
  writer: Writer,
  migrations: Migration[],
  kind: Probe['kind'],
  columns: string,
): Promise<R[]> {
  const found: R[] = []
  for (const { select } of migrations.flatMap(({ up }) => up.probes.filter((probe) => probe.kind === kind))) {
    found.push(...(await writer.script<R>(`select ${columns} from (\n${select}) as probe (${columns}) order by what`)))
  }
  return found
}

/** Throws a MigrationError where a migration refuses to run on this database. */
export async function refuseObstacles(writer: Writer, migrations: Migration[]): Promise<void> {
  refuse(await obstaclesOf(writer, migrations))
}

/** Throws a MigrationError where the service cannot answer from this database, whoever migrates it. */
export async function refuseUnserved(writer: Writer, migrations: Migration[]): Promise<void> {
  refuse((await obstaclesOf(writer, migrations)).filter(({ served }) => !served))
}

function refuse(obstacles: Obstacle[]): void {
  if (obstacles.length > 0)
    throw new MigrationError(`nothing was changed: ${obstacles.map(({ what }) => what).join('; ')}`)
}

/**
 * Throws a MigrationError where something would run that belongs to a role that is not trusted: with the line to copy, or, where this role could
 * not migrate anyhow, one that isForbidden.
 */
export async function refuseUntrusted(writer: Writer, migrations: Migration[], trusted = ''): Promise<void> {
  const untrusted = await untrustedOf(writer, migrations)
  if (untrusted.length === 0) return
  if (await mayNothing(writer, untrusted))
    throw forbidden('this role may not migrate: it neither owns these tables nor may make any in public')
  throw new MigrationError(
    `${belongToOthers('migrates', untrusted)}. A service that only reads starts with MIGRATE_ON_START=off. ` +
      `Otherwise look whether they are Event Detector's; if you trust their owners, migrate with\n  ${trusting(untrusted, trusted)}`,
  )
}

/** The same before rows are written, by a role that need not own any table. */
export async function refuseUntrustedWrite(writer: Writer, migrations: Migration[], trusted = ''): Promise<void> {
  const untrusted = await untrustedOf(writer, migrations)
  if (untrusted.length === 0) return
  throw new MigrationError(
    `${belongToOthers('writes', untrusted)}. Look whether they are Event Detector's; if you trust their owners, set\n  ${trusting(untrusted, trusted)}`,
  )
}

function belongToOthers(does: 'migrates' | 'writes', untrusted: Untrusted[]): string {
  return `nothing was changed, for what would run with the rights of the role that ${does} belongs to others: ${untrusted.map(({ what }) => what).join('; ')}`
}

/** The line to copy. */
function trusting(untrusted: Untrusted[], trusted: string): string {
  const owners = new Set([...trusted.split(',').map((each) => each.trim()), ...untrusted.map(({ owner }) => owner)])
  return `TRUSTED_OWNERS=${[...owners].filter((owner) => owner !== '').join(',')}`
}

/** Does this role own none of these, and may make nothing in public? It is one that only reads. */
async function mayNothing(writer: Writer, untrusted: Untrusted[]): Promise<boolean> {
  const owners = untrusted.map(({ owner }) => owner)
  const [may] = await writer.query<{ nothing: boolean }>(sql`
    select not has_schema_privilege('public', 'create')
           and not exists (
             select
               from pg_roles
              where rolname = any (${owners}::text[])
                and pg_has_role(oid, 'usage')) as nothing`)
  return may?.nothing === true
}
