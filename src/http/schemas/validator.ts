import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { FastifySchemaCompiler } from 'fastify'
import { isInstant } from './values.ts'

// strictNumbers would keep `maximum` from looking at Infinity, which is what Ajv makes of limit=1e999.
const ajv = new Ajv({
  strictNumbers: false,
  allErrors: true,
  verbose: true,
  coerceTypes: 'array',
  useDefaults: true,
  addUsedSchema: false,
  keywords: ['x-allowed'],
})
addFormats.default(ajv)
ajv.addFormat('date-time', isInstant)

const allCompiled = new Map<string, ValidateFunction>()

/**
 * The check of one part of a request (its path, its query), which is compiled when the first such request comes: compiling those of all routes
 * took 0.4 s of a core at every start, and one takes some 5 ms. Equal schemas are compiled once in a process. What was wrong stands in `errors`, as Ajv has it.
 */
export const validatorOf: FastifySchemaCompiler<object> = ({ schema }) => {
  let compiled: ValidateFunction | undefined
  const check: ReturnType<FastifySchemaCompiler<object>> = (data: unknown) => {
    compiled ??= compiledOf(schema)
    const right = compiled(data)
    check.errors = compiled.errors ?? null
    return right
  }
  return check
}

function compiledOf(schema: object): ValidateFunction {
  const text = JSON.stringify(schema)
  const known = allCompiled.get(text) ?? ajv.compile(schema)
  allCompiled.set(text, known)
  return known
}
