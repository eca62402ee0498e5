import type { ConnectionOptions } from 'node:tls'
import type { Credentials } from '../access/credentials.ts'
import { parseScopes, type Scope } from '../access/scopes.ts'
import { linkPathsOf, type LinkPath } from '../domain/link/paths.ts'
import type { RecoveryMode } from '../domain/link/recovery.ts'
import type { RowRules } from '../domain/liveness.ts'
import { redactionsOf, type Redaction } from '../domain/privacy/redaction.ts'
import { recordPathsOf } from '../domain/search/record-path.ts'
import type { PersonalKeys } from '../domain/search/personal-keys.ts'
import type { SearchSettings } from '../domain/search/settings.ts'
import { addressesOf, limitsOf, originsOf, type ConfiguredLimits } from './limits.ts'
import type { Variables } from './variables.ts'

/** What the environment asks for, by what it is for. Every time is in ms. */
export interface Config {
  logLevel: Variables['LOG_LEVEL']
  listen: { host: string; port: number }
  /** Show the dashboard to browsers. */
  dashboard: boolean
  database: {
    /** undefined: the embedded Postgres in `folder`. */
    url: string | undefined
    /** TLS options for the driver; undefined: no TLS. */
    ssl: ConnectionOptions | undefined
    folder: string
    poolSize: number
    connectTimeout: number
    statementTimeout: number
    lockTimeout: number
    /** How long the start waits for a database that is not reachable. */
    patience: number
  }
  migrations: {
    /** false: the start only checks them. */
    runAtStart: boolean
    /** Make the tables also in a database that holds other tables. */
    createTables: boolean
    /** Roles whose tables may be migrated, with commas between them. */
    trustedOwners: string
  }
  /** Of the embedded Postgres. */
  demo: { load: boolean; invocations: number }
  access: AccessConfig
  limits: ConfiguredLimits
  rules: Pick<RowRules, 'staleAfter'>
  /** How links that are not recorded are told: how long after the end of a job an event may come from it, and further places in payloads; and whether they are recovered (undefined: if the role may). */
  links: { maxAge: number; paths: readonly LinkPath[]; recovery: RecoveryMode | undefined }
  /** Where payloads hold the ids of records, and personal keys. */
  search: SearchSettings
  /** Whether records are looked up in an index. */
  searchIndex: Variables['SEARCH_INDEX']
  /** Whether figures are made of hours that were counted before. */
  rollups: Variables['ROLLUPS']
  /** `delay`: how long not ready is told before connections are refused; `timeout`: how long requests may take to finish after that. */
  shutdown: { delay: number; timeout: number }
}

/** Who may ask, from where, and what they see. */
export interface AccessConfig {
  /** undefined: neither keys nor tokens are configured. */
  credentials: Credentials | undefined
  /** How long the keys of tokens serve beyond their 10 minutes if they cannot be fetched again. */
  staleKeys: number
  /** What those may see who need no credentials. */
  anonymousScopes: readonly Scope[]
  /** Answer only requests for a name of this machine: there are no credentials, and AUTH=none does not let everybody in. */
  loopbackNamesOnly: boolean
  /** What is masked of personal data even for those who may see it. */
  redactions: readonly Redaction[]
  /** Of pages elsewhere that may read the answers, e.g. `https://dashboards.example`. */
  origins: readonly string[]
  /** Addresses and networks of proxies whose X-Forwarded-For is believed. */
  proxies: readonly string[]
}

/** The groups of variables that have been validated, with what their files hold. */
export function groupsOf(
  values: Variables,
  ssl: ConnectionOptions | undefined,
  credentials: Credentials | undefined,
  personal: PersonalKeys | undefined,
): Config {
  return {
    logLevel: values.LOG_LEVEL,
    listen: { host: values.HOST, port: values.PORT },
    dashboard: values.DASHBOARD === 'on',
    database: {
      url: values.DATABASE_URL,
      ssl,
      folder: values.DATA_DIR,
      poolSize: values.POOL_SIZE,
      connectTimeout: values.CONNECT_TIMEOUT * 1000,
      statementTimeout: values.STATEMENT_TIMEOUT * 1000,
      lockTimeout: values.LOCK_TIMEOUT * 1000,
      patience: values.DATABASE_WAIT * 1000,
    },
    migrations: {
      runAtStart: values.MIGRATE_ON_START === 'on',
      createTables: values.CREATE_TABLES === 'on',
      trustedOwners: values.TRUSTED_OWNERS ?? '',
    },
    demo: { load: values.DEMO === 'on', invocations: values.DEMO_INVOCATIONS },
    access: accessOf(values, credentials),
    limits: limitsOf(values),
    rules: { staleAfter: values.STALE_AFTER * 1000 },
    links: {
      maxAge: values.LINK_MAX_AGE * 1000,
      paths: linkPathsOf(values.LINK_PATHS) ?? [],
      recovery: values.LINK_RECOVERY,
    },
    search: { recordPaths: recordPathsOf(values.SEARCH_PATHS) ?? [], personal },
    searchIndex: values.SEARCH_INDEX,
    rollups: values.ROLLUPS,
    shutdown: { delay: values.SHUTDOWN_DELAY * 1000, timeout: values.SHUTDOWN_TIMEOUT * 1000 },
  }
}

function accessOf(values: Variables, credentials: Credentials | undefined): AccessConfig {
  return {
    credentials,
    staleKeys: values.JWT_STALE_KEYS * 1000,
    anonymousScopes: parseScopes(values.ANONYMOUS_SCOPES) ?? [],
    loopbackNamesOnly: credentials === undefined && values.AUTH === undefined,
    redactions: redactionsOf(values.REDACT).redactions,
    origins: originsOf(values.CORS_ORIGINS) ?? [],
    proxies: addressesOf(values.TRUSTED_PROXIES) ?? [],
  }
}
