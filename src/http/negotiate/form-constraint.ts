import type { FastifyInstance } from 'fastify'
import { preferredType } from './accept.ts'
import { forms } from './content-type.ts'

const JSON_OR_HTML = [forms.json, forms.html]
const FORMAT = /[?&]format=(\w*)/

/**
 * A route with `constraints: { form: 'html' }` answers who asks for HTML rather than JSON, by `?format=` or Accept, and one without constraints all others: the page
 * and the data of one path differ in who may see them, which their configs say.
 */
export function registerFormConstraint(app: FastifyInstance): void {
  app.addConstraintStrategy({
    name: 'form',
    storage: () => {
      const handlers = new Map<unknown, never>()
      return {
        get: (form: unknown) => handlers.get(form) ?? null,
        set: (form: unknown, handler: never) => void handlers.set(form, handler),
      }
    },
    validate: () => true,
    // Of every request: so the cheap look comes first.
    deriveConstraint: ({ url, headers: { accept } }) => {
      const format = FORMAT.exec(url ?? '')?.[1]
      if (format !== undefined) return format === 'html' ? 'html' : undefined
      return accept?.includes('html') === true && preferredType(accept, JSON_OR_HTML) === forms.html
        ? 'html'
        : undefined
    },
    mustMatchWhenDerived: false,
  })
}
