import type { FastifyInstance } from 'fastify'
import { allowedBy, type ValueSchema } from '../../domain/mistake.ts'
import { wrongParameters } from '../problems/wrong-parameters.ts'

const DECIMAL: Readonly<Record<string, RegExp>> = { integer: /^-?\d+$/, number: /^-?\d+(\.\d+)?$/ }

/** Numbers are decimal digits: Ajv would take `limit=0x10` for 16, and `1e1`, `+10` or ` 10` for 10. What it refuses by itself is left to it. */
export function registerNumbers(app: FastifyInstance): void {
  app.addHook('preValidation', (request, _reply, done) => {
    const { properties = {} } = (request.routeOptions.schema?.querystring ?? {}) as {
      properties?: Record<string, ValueSchema>
    }
    const errors = Object.entries(request.query as Record<string, unknown>).flatMap(([parameter, given]) => {
      const schema = properties[parameter]
      const decimal = DECIMAL[String(schema?.type)]
      return schema && decimal && typeof given === 'string' && !decimal.test(given) && isNumber(given, schema)
        ? [{ parameter, given: given.slice(0, 200), allowed: allowedBy(schema) }]
        : []
    })
    done(errors.length > 0 ? wrongParameters(errors) : undefined)
  })
}

function isNumber(text: string, { type }: ValueSchema): boolean {
  return text !== '' && (type === 'integer' ? Number(text) % 1 === 0 : Number.isFinite(Number(text)))
}
