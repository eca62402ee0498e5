import type { FastifyPluginAsync } from 'fastify'
import { createLinkReader, type LinkSettings } from '../../reading/links/link.ts'
import type { ErrorForm } from '../problems/answer.ts'
import { refuseOtherMethods } from '../problems/methods.ts'
import { Problem } from '../problems/problem.ts'
import { callsV1 } from './calls.ts'
import { errorFormV1, errorFormV3 } from './error-forms.ts'
import { namesV1, namesV3 } from './names.ts'
import type { JaegerOptions } from './options.ts'
import { searchV1 } from './search-v1.ts'
import { summariesV3 } from './summaries-v3.ts'
import { traceV1, traceV3 } from './trace.ts'

/**
 * Jaeger's query API under /jaeger, as Grafana's data source and Jaeger's UI ask it: version 1 and version 3, each a scope of its own with its own form of errors.
 * Parameters that it does not know are left alone, as Jaeger leaves them, for its clients send some that say nothing here.
 */
export const jaeger: FastifyPluginAsync<Omit<JaegerOptions, 'linkReader'> & { links: LinkSettings }> = async (
  app,
  { links, ...given },
) => {
  const options = { ...given, linkReader: createLinkReader(links) }
  await app.register(version, {
    ...options,
    path: '/jaeger/*',
    form: errorFormV1,
    routes: [namesV1, searchV1, traceV1, callsV1],
  })
  await app.register(version, {
    ...options,
    path: '/jaeger/api/v3/*',
    form: errorFormV3,
    routes: [namesV3, summariesV3, traceV3],
  })
}

interface VersionOptions extends JaegerOptions {
  /** Where its unknown paths are. */
  path: string
  form: ErrorForm
  routes: ReadonlyArray<FastifyPluginAsync<JaegerOptions>>
}

const version: FastifyPluginAsync<VersionOptions> = async (app, { path, form, routes, ...options }) => {
  app.decorate('errorForm', form)
  refuseOtherMethods(app)
  for (const each of routes) await app.register(each, options)
  app.get(path, (request) => {
    throw new Problem('not-found', `No resource of Jaeger's query API at ${request.url.split('?')[0]?.slice(0, 200)}`)
  })
}
