import type { FastifyInstance } from 'fastify'
import { undecodableParameters } from '../../domain/percent-encoding.ts'
import { wrongParameters } from '../problems/wrong-parameters.ts'

const ALLOWED = 'UTF-8, percent-encoded (% itself is %25)'
const LONGEST = 200

/** Refuses names and values of the query that cannot be decoded: Fastify takes them as they stand, so a filter for `%FF` would find nothing and say nothing. */
export function registerEncodings(app: FastifyInstance): void {
  app.addHook('preValidation', (request, _reply, done) => {
    const { url } = request
    // A path that nothing stands at says more.
    const errors = url.includes('%') && !request.is404 ? undecodableParameters(url.split('?').slice(1).join('?')) : []
    if (errors.length === 0) return done()
    done(
      wrongParameters(
        errors.map(({ parameter, given }) => ({
          parameter,
          given: given.length > LONGEST ? `${given.slice(0, LONGEST)}…` : given,
          allowed: ALLOWED,
        })),
      ),
    )
  })
}
