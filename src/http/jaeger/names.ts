import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { readOperations, readServices, type Operation } from '../../reading/traces/names.ts'
import { whileWanted } from '../protect/connection-shares.ts'
import { envelope } from './envelope.ts'
import type { JaegerOptions } from './options.ts'
import { ServiceParam } from './parameters.ts'

const config = { heavy: true }

const operationsQuery = Type.Object({ service: ServiceParam, spanKind: Type.Optional(Type.String()) })

/** Services and operations, version 1. */
export const namesV1: FastifyPluginAsyncTypebox<JaegerOptions> = async (app, { db }) => {
  app.get('/jaeger/api/services', { config }, async (request) => envelope(await readServices(whileWanted(db, request))))

  app.get(
    '/jaeger/api/services/:service/operations',
    { config, schema: { params: Type.Object({ service: ServiceParam }) } },
    async (request) => {
      const operations = await readOperations(whileWanted(db, request), request.params.service)
      return envelope([...new Set(operations.map(({ name }) => name))])
    },
  )

  app.get('/jaeger/api/operations', { config, schema: { querystring: operationsQuery } }, async (request) => {
    const { service, spanKind } = request.query
    return envelope(asked(await readOperations(whileWanted(db, request), service), spanKind))
  })
}

/** The same, version 3. */
export const namesV3: FastifyPluginAsyncTypebox<JaegerOptions> = async (app, { db }) => {
  app.get('/jaeger/api/v3/services', { config }, async (request) => ({
    services: await readServices(whileWanted(db, request)),
  }))

  app.get('/jaeger/api/v3/operations', { config, schema: { querystring: operationsQuery } }, async (request) => {
    const { service, spanKind } = request.query
    return { operations: asked(await readOperations(whileWanted(db, request), service), spanKind) }
  })
}

/** Those of a kind, if one is asked for. */
function asked(operations: readonly Operation[], spanKind: string | undefined) {
  const wanted =
    spanKind === undefined || spanKind === '' ? operations : operations.filter(({ kind }) => kind === spanKind)
  return wanted.map(({ name, kind }) => ({ name, spanKind: kind }))
}
