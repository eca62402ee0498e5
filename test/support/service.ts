import type { TestContext } from 'node:test'
import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import { pino } from 'pino'
import { buildApp, type AccessSettings, type Deps, type Life } from '../../src/app.ts'
import { knownStatuses } from '../../src/domain/model/status.ts'
import { recordPathsOf } from '../../src/domain/search/record-path.ts'
import { createReader } from '../../src/db/pool/pool.ts'
import { lostLinks } from '../../src/reading/links/lost.ts'
import { answerChecker } from './answers.ts'
import { database, type TestDatabase } from './database.ts'
import { onTeardown } from './teardown.ts'

/** Limits that no test meets but those that set their own. */
export const generous: Deps['limits'] = {
  connections: 1000,
  connectionsPerAddress: 1000,
  heavy: 1000,
  concurrent: 10_000,
  pool: 10_000,
  wait: 1000,
  connect: 5000,
  stall: 60_000,
  delay: 0,
  memory: Number.MAX_SAFE_INTEGER,
  request: 10_000,
  answer: 60_000,
  stream: 60_000,
  rate: 0,
  url: 16_384,
  body: 1024,
  page: 1000,
  depth: 100_000,
  nodes: 1_000_000,
}

/** What `buildApp` takes, in one row: most tests change one or two of them. */
export interface Settings extends Omit<Life, 'lost'>, AccessSettings {
  db: Deps['db']
  limits: Deps['limits']
  statuses: Deps['statuses']
  rules: Deps['rules']
  links: Deps['links']
  dashboard: Deps['dashboard']
  search: Deps['search']
}

const silent = pino({ level: 'silent' })

const defaults: Omit<Settings, 'db'> = {
  stage: { name: 'ready' },
  log: silent,
  stopGrace: 5000,
  credentials: undefined,
  staleKeys: 3_600_000,
  anonymousScopes: ['read'],
  loopbackNamesOnly: false,
  origins: [],
  proxies: [],
  redactions: [],
  limits: generous,
  statuses: knownStatuses,
  rules: { staleAfter: 900_000, linkWay: 'overlay' },
  links: { maxAge: 3_600_000, paths: [] },
  dashboard: undefined,
  search: { recordPaths: recordPathsOf('event.data.new.id,event.data.old.id') ?? [] },
}

export interface Answer<T> {
  status: number
  headers: Record<string, string | string[] | number | undefined>
  text: string
  json: T
}

export interface Service {
  app: FastifyInstance
  /** A writing connection to the database that the service shows. */
  pool: pg.Pool
  url: string
  /** GET, checked against the OpenAPI document. `json` is undefined for other forms. */
  get: <T = Record<string, unknown>>(path: string, headers?: Record<string, string>) => Promise<Answer<T>>
  /** Listens on a free port of 127.0.0.1; resolves to the base URL. */
  listen: () => Promise<string>
}

/** The service on a fresh migrated database, or on the one that is given without a socket until `listen`. */
export async function service(
  t: TestContext,
  settings: Partial<Settings> = {},
  given?: TestDatabase,
): Promise<Service> {
  const { url, pool } = given ?? (await database(t))
  const db = createReader()
  db.start({ url, size: 5, connectTimeout: 5000, statementTimeout: 30_000, lockTimeout: 30_000, log: silent })
  onTeardown(t, () => db.end())
  const app = await built(t, { db, ...settings })
  await app.ready()
  return { app, pool, url, get: checkedGet(app), listen: () => app.listen({ host: '127.0.0.1', port: 0 }) }
}

/** The app, not yet ready, without a database unless one is given. */
export async function built(t: TestContext, settings: Partial<Settings> = {}): Promise<FastifyInstance> {
  const { db, limits, statuses, rules, links, search, dashboard, stage, log, stopGrace, worker, ...access } = {
    ...defaults,
    db: createReader(),
    ...settings,
  }
  const app = await buildApp({
    db,
    access,
    limits,
    rules,
    links,
    dashboard,
    search,
    statuses,
    life: { stage, log, stopGrace, lost: lostLinks(db, links, rules), worker },
  })
  onTeardown(t, () => app.close())
  documentSettings.set(app, JSON.stringify({ limits, statuses, dashboard }))
  return app
}

/** Of each app, the settings that its OpenAPI document depends on (a test in support.test.ts holds that no other does). */
const documentSettings = new WeakMap<FastifyInstance, string>()
const checkers = new Map<string, ReturnType<typeof answerChecker>>()

/** That of an app with the same document: writing the document takes 30 ms of a core, and 400 apps of a run are asked. */
function sharedChecker(app: FastifyInstance): ReturnType<typeof answerChecker> {
  const settings = documentSettings.get(app)
  if (settings === undefined) return answerChecker(app)
  const checker = checkers.get(settings) ?? answerChecker(app)
  checkers.set(settings, checker)
  return checker
}

/** GET of an app that is ready, each answer checked against its OpenAPI document. */
export function checkedGet(app: FastifyInstance): Service['get'] {
  let check: ReturnType<typeof answerChecker> | undefined
  return async <T>(path: string, headers: Record<string, string> = {}) => {
    const response = await app.inject({ url: path, headers })
    const type = String(response.headers['content-type'])
    const route = routeOf(app, path)
    // Made when it is first needed, for many tests ask in other ways.
    check ??= sharedChecker(app)
    if (route) check(route, response.statusCode, type, response.body, path)
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.body,
      json: (/json(;|$)/.test(type) && !type.includes('ndjson') ? response.json() : undefined) as T,
    }
  }
}

function routeOf(app: FastifyInstance, path: string): string | undefined {
  const [pathname = ''] = path.split('?')
  const candidates = [pathname, pathname.replace(/^\/(\w+)\/[^/]+(\/nodes)?$/, '/$1/:id$2')]
  return candidates.find((url) => app.hasRoute({ url, method: 'GET' }))
}
