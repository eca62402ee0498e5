import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { Db } from './db/db.ts'
import type { Redaction } from './domain/redaction.ts'
import { issuerKeys } from './http/access/issuer-keys.ts'
import { registerAccess } from './http/plugins/access.ts'
import { registerAdmission, registerHeavyAdmission } from './http/plugins/admission.ts'
import { registerBody } from './http/plugins/body.ts'
import { registerCompression } from './http/plugins/compression.ts'
import { registerConditional } from './http/plugins/conditional.ts'
import { registerConnections } from './http/plugins/connections.ts'
import { registerDraining } from './http/plugins/draining.ts'
import { registerForms } from './http/plugins/forms.ts'
import { registerHeaders } from './http/plugins/headers.ts'
import { registerHygiene } from './http/plugins/hygiene.ts'
import { registerIdentity, type Door } from './http/plugins/identity.ts'
import { registerLeaving } from './http/plugins/leaving.ts'
import type { Limits } from './http/plugins/limits.ts'
import { registerNumbers } from './http/plugins/numbers.ts'
import { openConnections } from './http/plugins/open-connections.ts'
import { registerOpenapi } from './http/plugins/openapi.ts'
import { registerPipelining } from './http/plugins/pipelining.ts'
import { registerOrigins } from './http/plugins/origins.ts'
import { registerPressure } from './http/plugins/pressure.ts'
import { registerProblems } from './http/plugins/problems.ts'
import { registerRate } from './http/plugins/rate.ts'
import { refuser } from './http/plugins/refusal.ts'
import { registerRequestLog, requestId } from './http/plugins/request-log.ts'
import { registerShares } from './http/plugins/shares.ts'
import { registerStage, type Stage } from './http/plugins/stage.ts'
import { clientErrorAnswerer, answerFrameworkError, registerUnrouted } from './http/plugins/unrouted.ts'
import { health } from './http/routes/health.ts'
import { chains } from './http/routes/chains.ts'
import { home } from './http/routes/home.ts'
import { invocationDetail } from './http/routes/invocation.ts'
import { invocations } from './http/routes/invocations.ts'
import { jobDetail } from './http/routes/job.ts'
import { jobs } from './http/routes/jobs.ts'
import { tree } from './http/routes/tree.ts'
import { trees } from './http/routes/trees.ts'
import { isInstant } from './http/schemas/values.ts'

/** What the service is made of; `main` and the tests hand it in. Times in ms. */
export interface Deps extends Door {
  db: Db
  stage: Stage
  log: FastifyBaseLogger
  requestTimeout: number
  streamTimeout: number
  limits: Limits
  /** Of pages elsewhere that may read the answers, e.g. `https://dashboards.example`. */
  origins: readonly string[]
  /** Addresses and networks of proxies whose X-Forwarded-For is believed. */
  proxies: readonly string[]
  /** How long answers may take when the service stops. */
  stopGrace: number
  /** What is masked of personal data even for those who may see it. */
  redactions: readonly Redaction[]
}

/** Of the headers beside the request line, bytes. */
const MAX_HEADERS = 16_384

/** The whole HTTP service, not yet listening. Opens nothing and reads no environment. */
export async function buildApp({ db, stage, log, requestTimeout, streamTimeout, limits, origins, proxies, stopGrace, redactions, ...door }: Deps): Promise<FastifyInstance> {
  const maxHeaderSize = limits.url + MAX_HEADERS
  const app = Fastify({
    loggerInstance: log,
    genReqId: requestId,
    requestIdHeader: false,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    requestTimeout,
    // Idle connections end, or stopping would wait for them.
    forceCloseConnections: 'idle',
    trustProxy: proxies.length > 0 && [...proxies],
    exposeHeadRoutes: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: limits.url },
    // Kept-alive connections hear that the service is stopping from the stage, like all others.
    return503OnClosing: false,
    // Node looks for late requests every 30 s unless told, and would refuse one without Host without a body.
    http: { maxHeaderSize, requireHostHeader: false, requestTimeout, headersTimeout: requestTimeout, connectionsCheckingInterval: Math.min(1000, requestTimeout) },
    clientErrorHandler: clientErrorAnswerer(log, maxHeaderSize),
    frameworkErrors: answerFrameworkError,
    // strictNumbers would keep `maximum` from looking at Infinity, which is what Ajv makes of limit=1e999.
    ajv: { customOptions: { strictNumbers: false, allErrors: true, verbose: true, removeAdditional: false, coerceTypes: 'array', useDefaults: true, keywords: ['x-allowed'] }, onCreate: (ajv) => void ajv.addFormat('date-time', isInstant) },
  }).withTypeProvider<TypeBoxTypeProvider>()

  // Answers are made by pure functions and checked against their schemas in the tests; a schema-driven serialiser would cost 1.5 to 2 × JSON.stringify on trees.
  app.setSerializerCompiler(() => JSON.stringify)
  registerRequestLog(app)
  const connections = openConnections(app)
  registerDraining(app, connections, stopGrace)
  registerConnections(app, connections, limits.connections)
  const refuse = refuser(app)
  registerPipelining(app, refuse)
  registerPressure(app, stage, limits, refuse)
  registerLeaving(app, limits.answer)
  const issuer = door.credentials?.tokens && issuerKeys(door.credentials.tokens, door.staleKeys, log)
  registerIdentity(app, door, issuer)
  registerAdmission(app, limits, refuse)
  registerConditional(app)
  registerHygiene(app)
  registerHeaders(app)
  await registerOrigins(app, origins)
  registerStage(app, stage)
  registerProblems(app, limits.url)
  registerUnrouted(app)
  registerNumbers(app)
  registerBody(app, limits.body)
  await registerRate(app, limits.rate)
  registerAccess(app, door)
  registerShares(app, limits)
  await registerCompression(app)
  registerForms(app)
  registerHeavyAdmission(app, limits, refuse)
  await registerOpenapi(app)
  await app.register(home, { db })
  await app.register(health, { db, issuer, credentials: door.credentials })
  for (const routes of [invocations, jobs, chains, trees]) await app.register(routes, { db, maxPage: limits.page })
  for (const routes of [invocationDetail, jobDetail]) await app.register(routes, { db, redactions })
  await app.register(tree, { db, streamTimeout, maxDepth: limits.depth, maxNodes: limits.nodes })
  return app
}
