import { readdirSync } from 'node:fs'
import { report } from 'node:process'
import type { ConfiguredLimits } from './limits.ts'

/** File descriptors of this process; each connection takes one. */
export interface Descriptors {
  /** How many it may have; Infinity if there is no limit. */
  most: number
  /** How many it has. */
  open: number
}

/**
 * What the service opens beside its pool and its clients: the socket it listens on, four more connections to the database, those of the migrations and
 * the demo data, look-ups of names, keys of tokens, files of the documentation, the pipes of the embedded Postgres, and 16 connections that are taken for
 * health alone.
 */
const SPARE = 80

/** How many file descriptors this process may have; Infinity if there is no limit. Node raises its limit to the hard one when it starts (`ulimit -Hn`). Takes 4 ms, for Node tells it in a whole report alone. */
export function descriptorLimit(): number {
  const { userLimits } = report.getReport() as { userLimits?: { open_files?: { soft: number | string } } }
  const most = Number(userLimits?.open_files?.soft)
  return Number.isFinite(most) ? most : Infinity
}

export function descriptorsOf(): Descriptors {
  return { most: descriptorLimit(), open: readdirSync('/dev/fd').length }
}

/** How many connections of clients there is room for, up to those that are wanted, and what to say if these are fewer. Throws a sentence if there is no room. */
export function roomWithin(
  { most, open }: Descriptors,
  { connections: wanted, pool }: Pick<ConfiguredLimits, 'connections' | 'pool'>,
): { connections: number; told: string | undefined } {
  const own = open + pool + SPARE
  if (most <= own)
    throw new Error(
      `this process may have ${most} file descriptors (ulimit -n) and needs ${own} for itself: raise the limit, or lower POOL_SIZE`,
    )
  const connections = Math.min(wanted, most - own)
  const told =
    connections === wanted
      ? undefined
      : `${connections} connections are taken at most instead of MAX_CONNECTIONS=${wanted}: this process may have ${most} file descriptors (ulimit -n) and needs ${own} for itself`
  return { connections, told }
}
