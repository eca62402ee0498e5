import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { Reader } from './db/db.ts'
import type { RowRules } from './domain/liveness.ts'
import type { Statuses } from './domain/model/status.ts'
import type { Redaction } from './domain/privacy/redaction.ts'
import { api, type ApiOptions } from './http/api/api.ts'
import { registerEncodings } from './http/api/encodings.ts'
import { registerNumbers } from './http/api/numbers.ts'
import { registerOpenapi } from './http/api/openapi.ts'
import { registerBody } from './http/connection/body-limit.ts'
import { registerDraining } from './http/connection/draining.ts'
import { registerHeaders } from './http/connection/headers.ts'
import { answerFrameworkError, registerMalformedRequests } from './http/connection/malformed-requests.ts'
import { registerMaxConnections } from './http/connection/max-connections.ts'
import { openConnections } from './http/connection/open-connections.ts'
import { registerPipelining } from './http/connection/pipelining.ts'
import { refuser } from './http/connection/refusal.ts'
import { watchConnections } from './http/connection/stalled-connections.ts'
import { registerUrlLimit } from './http/connection/url-limit.ts'
import { registerAuthentication, type AccessRules } from './http/identity/authenticate.ts'
import { registerAuthorization } from './http/identity/authorize.ts'
import { addressClientOf } from './http/identity/client.ts'
import { issuerKeys } from './http/identity/issuer-keys.ts'
import { jaeger } from './http/jaeger/jaeger.ts'
import { registerCancellation } from './http/lifecycle/cancellation.ts'
import { registerRequestLog, requestId } from './http/lifecycle/request-log.ts'
import { createFamilies } from './http/metrics/families.ts'
import { registerMetrics } from './http/metrics/metrics.ts'
import { registerRequestTimes } from './http/metrics/requests.ts'
import type { ServiceState } from './http/metrics/service-figures.ts'
import { timedReader } from './http/metrics/statements.ts'
import { registerRouteConfig } from './http/lifecycle/route-config.ts'
import { registerStartupGate, type Stage } from './http/lifecycle/startup-gate.ts'
import { registerStreams } from './http/lifecycle/streams.ts'
import { registerCompression } from './http/negotiate/compression.ts'
import { registerContentType } from './http/negotiate/content-type.ts'
import { registerFormConstraint } from './http/negotiate/form-constraint.ts'
import { registerEtags } from './http/negotiate/etag.ts'
import { registerErrors } from './http/problems/answer.ts'
import { registerMethods, routeAsGet } from './http/problems/methods.ts'
import { placesWithin, registerAdmission, registerHeavyAdmission } from './http/protect/admission.ts'
import { registerShares } from './http/protect/connection-shares.ts'
import { registerCors } from './http/protect/cors.ts'
import type { Limits } from './http/protect/limits.ts'
import { registerLoadShedding } from './http/protect/load-shedding.ts'
import { registerRateLimit } from './http/protect/rate-limit.ts'
import { registerRepeatedRefusals } from './http/protect/repeated-refusals.ts'
import { registerSecurityHeaders } from './http/protect/security-headers.ts'
import { watchReaders } from './http/protect/slow-readers.ts'
import { validatorOf } from './http/schemas/validator.ts'

/** What the service is made of; the command `serve` and the tests hand it in. Times in ms. */
export interface Deps {
  db: Reader
  access: AccessSettings
  limits: Limits
  /** How rows are judged that do not tell by themselves. */
  rules: RowRules
  /** What filters on a status may name; the start adds the words that the database names. */
  statuses: Statuses
  links: ApiOptions['links']
  /** The folder of the built dashboard; undefined: there is none, and `/` lists links. */
  dashboard: string | undefined
  search: ApiOptions['search']
  life: Life
}

/** Who may ask, from where, and what they see. */
export interface AccessSettings extends AccessRules {
  /** Of pages elsewhere that may read the answers, e.g. `https://dashboards.example`. */
  origins: readonly string[]
  /** Addresses and networks of proxies whose X-Forwarded-For is believed. */
  proxies: readonly string[]
  /** What is masked of personal data even for those who may see it. */
  redactions: readonly Redaction[]
}

/** How the service starts, tells of itself, and stops. */
export interface Life {
  stage: Stage
  log: FastifyBaseLogger
  /** How long answers may take when the service stops. */
  stopGrace: number
  /** What is known of links that the writer does not record. */
  lost: ApiOptions['lost']
  /** What else should be known of all that is shown, a sentence each; the start adds to it. */
  notes?: readonly string[]
  /** What recovers them; none in a service that only answers. */
  worker?: (NonNullable<ApiOptions['worker']> & ServiceState['worker']) | undefined
  /** The figures of jobs and links for Prometheus are read again and again. */
  ticks?: boolean
}

/** Of the headers beside the request line, bytes. */
const MAX_HEADERS = 16_384

/** The whole HTTP service, not yet listening. Opens nothing and reads no environment. */
export async function buildApp({
  db,
  access,
  limits,
  rules,
  statuses,
  links,
  search,
  dashboard,
  life: { stage, log, stopGrace, lost, notes = [], worker, ticks = false },
}: Deps): Promise<FastifyInstance> {
  const maxHeaderSize = limits.url + MAX_HEADERS
  const app = Fastify({
    loggerInstance: log,
    genReqId: requestId,
    requestIdHeader: false,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    requestTimeout: limits.request,
    // Idle connections end, or stopping would wait for them.
    forceCloseConnections: 'idle',
    trustProxy: access.proxies.length > 0 && [...access.proxies],
    exposeHeadRoutes: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: limits.url },
    // Kept-alive connections hear that the service is stopping from the stage, like all others.
    return503OnClosing: false,
    // Node looks for late requests every 30 s unless told, and would refuse one without Host without a body.
    http: {
      maxHeaderSize,
      requireHostHeader: false,
      requestTimeout: limits.request,
      headersTimeout: limits.request,
      connectionsCheckingInterval: Math.min(1000, limits.request),
    },
    rewriteUrl: routeAsGet,
    frameworkErrors: answerFrameworkError,
  }).withTypeProvider<TypeBoxTypeProvider>()

  // The form of answers and of errors, and what each route says of itself.
  // Answers are made by pure functions and checked against their schemas in the tests; a schema-driven serialiser would cost 1.5 to 2 × JSON.stringify on trees.
  app.setSerializerCompiler(() => JSON.stringify)
  app.setValidatorCompiler(validatorOf)
  registerErrors(app)
  registerRouteConfig(app)
  registerFormConstraint(app)
  registerMethods(app)

  // The connection: its line in the log, how many there are, how they end.
  registerRequestLog(app)
  const families = createFamilies()
  registerRequestTimes(app, families)
  const refusals = refuser(app)
  const { refuse, refused } = refusals
  const repeated = registerRepeatedRefusals(app, refusals)
  const connections = openConnections(app)
  registerMalformedRequests(app, connections, maxHeaderSize)
  registerDraining(app, connections, stopGrace)
  const stalled = watchConnections(app, connections, limits.stall)
  registerMaxConnections(app, connections, stalled, refuse, { ...limits, proxies: access.proxies })
  registerEtags(app)
  // Before all that refuses, or a page of another origin could not read why, nor when to ask again.
  await registerCors(app, access.origins)
  registerPipelining(app, refuse, addressClientOf)

  // Whether there is room for the request, and who asks.
  const load = registerLoadShedding(app, stage, limits, refuse)
  registerCancellation(app, limits.answer)
  const issuer = access.credentials?.tokens && issuerKeys(access.credentials.tokens, access.staleKeys, log)
  registerAuthentication(app, access, issuer)
  const places = placesWithin(limits)
  const readers = watchReaders(app, places.heavy)
  const admission = { ...places, readers, refuse, repeated }
  registerAdmission(app, admission)

  // Headers of every answer.
  registerSecurityHeaders(app)
  registerHeaders(app)

  // What may be asked, how often, and by whom.
  registerStartupGate(app, stage)
  registerUrlLimit(app, limits.url)
  registerEncodings(app)
  registerNumbers(app)
  registerBody(app, limits.body)
  await registerRateLimit(app, limits.rate)
  registerAuthorization(app, access)

  // The work on it: its share of the connections, its form, its place.
  registerShares(app, limits)
  await registerCompression(app)
  registerContentType(app)
  registerHeavyAdmission(app, admission)

  // The resources.
  const version = await registerOpenapi(app)
  const timed = timedReader(db, families)
  await app.register(api, {
    db: timed,
    issuer,
    access,
    limits,
    rules,
    statuses,
    links,
    search,
    dashboard,
    lost,
    notes,
    worker,
  })
  await app.register(jaeger, { db: timed, redactions: access.redactions, rules, links })
  families.build.set({ version, node: process.version }, 1)
  const state = {
    load,
    stage,
    refused,
    streams: registerStreams(app),
    worker,
    places: { requests: places.others, heavy: places.heavy, connections: app.shares },
  }
  registerMetrics(app, { db: timed, rules, families, state, ticks })
  return app
}
