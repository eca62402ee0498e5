import { Type, type Static, type TProperties } from 'typebox'
import { scopes } from '../access/scopes.ts'
import { LINK_PATHS_ALLOWED } from '../domain/link/paths.ts'
import { recoveryModes, type RecoveryMode } from '../domain/link/recovery.ts'
import { RECORD_PATHS_ALLOWED } from '../domain/search/record-path.ts'
import { MOST_WHOLE } from '../domain/tree/most-whole.ts'

const seconds = (fallback: number, what: string, maximum = 3600) =>
  Type.Integer({ default: fallback, minimum: 1, maximum, description: `${what} (seconds)` })
const choice = <T extends string>(fallback: T, values: readonly T[], description: string) =>
  Type.Unsafe<T>({ type: 'string', enum: values, default: fallback, description })
const file = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 4096, description }))

/** Every variable that the service reads. The table of docs/configuration.md and .env.example are checked against this list by a test. */
export const variables = {
  DATABASE_URL: Type.Optional(
    Type.String({
      format: 'database-url',
      'x-allowed': 'a URL such as postgres://user:password@host:5432/event_detector_observability',
      description: 'The Postgres (13 to 18) to show; unset: an embedded one in DATA_DIR',
    }),
  ),
  DATABASE_SSL: choice(
    'disable',
    ['disable', 'require', 'verify-ca', 'verify-full'],
    'TLS to the database, in the words of libpq',
  ),
  DATABASE_SSL_CA: file('File with the certificate authority of the database (PEM)'),
  DATABASE_SSL_CERT: file('File with the client certificate (PEM)'),
  DATABASE_SSL_KEY: file('File with the key of the client certificate (PEM)'),
  DATA_DIR: Type.String({
    default: '.data',
    minLength: 1,
    maxLength: 4096,
    description: 'Folder of the embedded Postgres',
  }),
  DEMO: choice('on', ['on', 'off'], 'Fill the embedded Postgres with demo data on its first start'),
  DEMO_INVOCATIONS: Type.Integer({
    default: 20_000,
    minimum: 1,
    maximum: 10_000_000,
    description: 'How many invocations of demo data',
  }),
  CREATE_TABLES: choice(
    'off',
    ['on', 'off'],
    'on: the migrations make the tables also in a database that holds other tables',
  ),
  TRUSTED_OWNERS: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 4096,
      description:
        'Roles of Postgres whose tables may be migrated, and what these call be run, with commas between them',
    }),
  ),
  MIGRATE_ON_START: choice('on', ['on', 'off'], 'Run the migrations at the start; off: only check them'),
  HOST: Type.String({
    format: 'host',
    default: '127.0.0.1',
    maxLength: 255,
    'x-allowed': 'an IP address or the name of a host, without port and brackets',
    description: 'Address to listen on',
  }),
  PORT: Type.Integer({
    default: 3000,
    minimum: 0,
    maximum: 65_535,
    description: 'Port to listen on; 0 takes a free one',
  }),
  DASHBOARD: choice('on', ['on', 'off'], 'Show browsers the dashboard at /; off: a page of links'),
  API_KEYS_FILE: file('File with the keys that are taken (JSON); read again on SIGHUP'),
  API_KEYS: Type.Optional(
    Type.String({ minLength: 1, maxLength: 1_000_000, description: 'The same JSON itself, instead of a file' }),
  ),
  JWT_JWKS_URL: Type.Optional(
    Type.String({
      format: 'jwks-url',
      'x-allowed': 'an https URL (or http on this machine) without user and password',
      description: 'Where the public keys of tokens (JWT) are',
    }),
  ),
  JWT_PUBLIC_KEY_FILE: file('File with the one public key of tokens (PEM), instead of a URL'),
  JWT_ISSUER: Type.Optional(
    Type.String({ minLength: 1, maxLength: 500, description: 'The iss that a token must have' }),
  ),
  JWT_AUDIENCE: Type.Optional(
    Type.String({ minLength: 1, maxLength: 500, description: 'The aud that a token must have' }),
  ),
  JWT_STALE_KEYS: Type.Integer({
    default: 3600,
    minimum: 0,
    maximum: 604_800,
    description:
      'How long the keys of JWT_JWKS_URL serve beyond their 10 minutes if they cannot be fetched again (seconds); 0: not at all',
  }),
  AUTH: Type.Optional(
    Type.Unsafe<'none'>({
      type: 'string',
      enum: ['none'],
      description: 'none: nobody needs a key, on purpose, wherever HOST leads',
    }),
  ),
  ANONYMOUS_SCOPES: Type.String({
    format: 'scopes',
    default: 'read',
    'x-allowed': `some of ${scopes.join(', ')}, with commas between`,
    description: 'What is shown to those who need no key: read, read:payload, metrics',
  }),
  REDACT: Type.String({
    default:
      'context.headers.authorization,context.headers.cookie,context.headers.x-api-key,context.headers.x-hasura-admin-secret,context.headers.x-webhook-secret',
    minLength: 1,
    maxLength: 10_000,
    description: 'What is masked in payloads and the like even for read:payload: paths, with commas between; none',
  }),
  STALE_AFTER: seconds(900, 'What runs, and has given no sign of life for so long, is shown as stale', 31_536_000),
  LINK_MAX_AGE: seconds(
    3600,
    'How long after the end of the job that its payload names an invocation may still come from it',
    31_536_000,
  ),
  LINK_PATHS: Type.Optional(
    Type.String({
      format: 'link-paths',
      maxLength: 10_000,
      'x-allowed': LINK_PATHS_ALLOWED,
      description: 'Further places in payloads where the id of the triggering job, or a token with it, may stand',
    }),
  ),
  LINK_RECOVERY: Type.Optional(
    Type.Unsafe<RecoveryMode>({
      type: 'string',
      enum: [...recoveryModes],
      description:
        'off: links are shown as recorded; overlay: lost ones are recovered into a table of our own, and shown; mend: they are also written into source_job_id. Unset: overlay if the role may write that table, else off',
    }),
  ),
  SEARCH_PATHS: Type.String({
    format: 'record-paths',
    default: 'event.data.new.id,event.data.old.id',
    maxLength: 10_000,
    'x-allowed': RECORD_PATHS_ALLOWED,
    description:
      'Where in payloads the id of the changed record stands, with commas between; + joins the parts of a key',
  }),
  SEARCH_INDEX: choice(
    'on',
    ['on', 'off'],
    'on: a search looks records up in an index, and a worker fills it if the role may write our tables; off: payloads are read for each request',
  ),
  SEARCH_KEYS: Type.Optional(
    Type.String({
      format: 'record-paths',
      maxLength: 10_000,
      'x-allowed': RECORD_PATHS_ALLOWED,
      description:
        'Where in payloads stands what a person is known by, such as event.data.new.email: found with the scope read:payload alone, and kept only as keyed hashes',
    }),
  ),
  SEARCH_HASH_KEY_FILE: file('File with the secret of these hashes, of 32 bytes or more; the same on every replica'),
  ROLLUPS: choice(
    'on',
    ['on', 'off'],
    'on: figures are made of hours that were counted before, and a worker counts them if the role may write our tables; off: rows are counted for each request',
  ),
  LOG_LEVEL: choice(
    'info',
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    'The least level that is logged',
  ),
  POOL_SIZE: Type.Integer({
    default: 10,
    minimum: 1,
    maximum: 1000,
    description: 'Connections to the database at most',
  }),
  CONNECT_TIMEOUT: seconds(5, 'Longest wait for a free or new connection'),
  STATEMENT_TIMEOUT: seconds(15, 'Longest run of one SQL statement'),
  LOCK_TIMEOUT: seconds(2, 'Longest wait of a statement for a lock'),
  DATABASE_WAIT: seconds(60, 'How long the start waits for a database that is not reachable'),
  REQUEST_TIMEOUT: seconds(10, 'Longest time for a request to arrive'),
  ANSWER_TIMEOUT: seconds(30, 'Longest time from a request to the end of its answer'),
  STREAM_TIMEOUT: seconds(120, 'Longest time for a streamed tree to be read'),
  STALL_TIMEOUT: seconds(
    10,
    'Longest time in which the reader of a tree or a list of trees takes less than 64 KiB of it; 2 s while other clients wait',
  ),
  SHUTDOWN_DELAY: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 300,
    description: 'How long not ready is told after SIGTERM or SIGINT before connections are refused (seconds)',
  }),
  SHUTDOWN_TIMEOUT: seconds(10, 'Longest time for requests to finish after that'),
  MAX_CONNECTIONS: Type.Integer({
    default: 5000,
    minimum: 1,
    maximum: 1_000_000,
    description: 'Connections of clients at most, idle ones among them',
  }),
  MAX_CONNECTIONS_PER_ADDRESS: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      description: 'Those of them that one address (IPv6: a /64) may have; unset: nine tenths',
    }),
  ),
  MAX_CONCURRENT: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 100_000,
      description:
        'Requests being worked on at once, trees, lists of trees and figures apart; unset: 2 for each connection of POOL_SIZE',
    }),
  ),
  MAX_HEAVY: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 100_000,
      description: 'Trees, lists of trees and figures being answered at once; unset: half of POOL_SIZE',
    }),
  ),
  MAX_WAIT: Type.Integer({
    default: 1000,
    minimum: 0,
    maximum: 60_000,
    description: 'Longest wait of a request for its turn (ms); 0: none waits',
  }),
  MAX_DELAY: Type.Integer({
    default: 250,
    minimum: 0,
    maximum: 60_000,
    description: 'Mean lateness of the event loop in a second beyond which requests are refused (ms); 0: never',
  }),
  MAX_MEMORY: Type.Optional(
    Type.Integer({
      minimum: 64,
      maximum: 16_777_216,
      description:
        'Resident memory beyond which requests are refused (MiB); unset: 0.9 of what the machine or container has',
    }),
  ),
  MAX_URL: Type.Integer({
    default: 16_384,
    minimum: 1024,
    maximum: 65_536,
    description: 'Path and query of a request at most (characters)',
  }),
  MAX_BODY: Type.Integer({
    default: 1024,
    minimum: 0,
    maximum: 1_048_576,
    description: 'Body of a request at most, which is ignored (bytes)',
  }),
  MAX_PAGE: Type.Integer({ default: 1000, minimum: 1, maximum: 10_000, description: 'Rows of a page at most' }),
  MAX_DEPTH: Type.Integer({
    default: 100_000,
    minimum: 1,
    maximum: 100_000,
    description: 'Levels of a tree at most; nested never more than 1000',
  }),
  MAX_NODES: Type.Integer({
    default: 1_000_000,
    minimum: 1,
    maximum: 10_000_000,
    description: `Invocations of a streamed tree at most; nested and as text never more than ${MOST_WHOLE}`,
  }),
  RATE_LIMIT: Type.Integer({
    default: 12_000,
    minimum: 0,
    maximum: 100_000_000,
    description: 'Requests in a minute of one client: a key, or an address without one; 0: no limit',
  }),
  TRUSTED_PROXIES: Type.Optional(
    Type.String({
      format: 'addresses',
      maxLength: 10_000,
      'x-allowed': 'addresses or networks such as 10.0.0.5,10.1.0.0/16, with commas between them',
      description: 'Proxies whose X-Forwarded-For says the address of a client, with commas between them',
    }),
  ),
  CORS_ORIGINS: Type.Optional(
    Type.String({
      format: 'origins',
      maxLength: 10_000,
      'x-allowed': 'origins such as https://dashboards.example, with commas between them, or *',
      description: 'Origins of pages elsewhere that may read the answers, with commas between them',
    }),
  ),
} satisfies TProperties

export const schema = Type.Object(variables)
/** As they are once they have been read: with defaults, and numbers as numbers. */
export type Variables = Static<typeof schema>
