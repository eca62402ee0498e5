import { Problem, type ProblemName } from './problem.ts'

/** SQLSTATE, its class (two characters), or a code of Node or of our pool → problem. The first that fits wins. */
const CODES: ReadonlyArray<[codes: string[], ProblemName, detail: string]> = [
  [
    ['57014', 'READ_TIMEOUT'],
    'timeout',
    'The query took longer than the service allows; ask for a smaller window, page or tree',
  ],
  [['55P03'], 'unavailable', 'A lock in the database was not free in time'],
  [
    ['53400'],
    'unavailable',
    'The database allows no temporary files of the size that this needs (temp_file_limit); ask for less',
  ],
  [['53100'], 'unavailable', 'The disk of the database is full'],
  [['53200'], 'unavailable', 'The database has no memory left for this'],
  [['53300', 'POOL_TIMEOUT'], 'unavailable', 'No connection to the database was free in time'],
  [['57P03'], 'unavailable', 'The database is starting up or shutting down'],
  [
    ['SETTINGS_LOST'],
    'unavailable',
    'A connection to the database did not have the settings that the service asks for; a pooler may drop them',
  ],
  [['22P05', '22021'], 'unavailable', 'A row holds bytes that stand for no character in the encoding of the database'],
  [
    ['42P01', '42703'],
    'unavailable',
    'The database lacks a table or a column that this build needs; run the migrations',
  ],
  [
    ['08', '57', '53', '58', '25P03', 'CONNECTION_LOST', 'POOL_CLOSED', 'ABANDONED'],
    'unavailable',
    'The connection to the database was lost',
  ],
  [['40001', '40P01'], 'unavailable', 'The database had to stop the query (a replica does so when it falls behind)'],
  [['0A000'], 'unavailable', 'A table of the database has changed a moment ago'],
  [
    ['42501'],
    'unavailable',
    'The service may not read a table that it shows; the owner of the tables has to grant select on them to its role',
  ],
  [['28', '3D000'], 'unavailable', 'The database does not let the service in'],
  [
    [
      'ECONNREFUSED',
      'ECONNRESET',
      'ECONNABORTED',
      'ENOTFOUND',
      'EAI_AGAIN',
      'ETIMEDOUT',
      'EHOSTUNREACH',
      'ENETUNREACH',
      'EHOSTDOWN',
      'ENETDOWN',
      'EPIPE',
      'ERR_STREAM_DESTROYED',
      'ERR_STREAM_WRITE_AFTER_END',
      'EMFILE',
      'ENFILE',
    ],
    'unavailable',
    'The database cannot be reached',
  ],
]

/** The problem that a failure of the database or of the way to it is; undefined when it is none of these. Never the database's own words. */
export function databaseProblem(error: Error & { code?: unknown }): Problem | undefined {
  const { code } = error
  if (typeof code !== 'string') return undefined
  const line = CODES.find(([codes]) =>
    codes.some((known) => known === code || (known.length === 2 && code.length === 5 && code.startsWith(known))),
  )
  if (!line) return undefined
  const [, name, detail] = line
  return new Problem(name, detail, { cause: error })
}
