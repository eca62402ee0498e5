import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
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

const compiled = new Map<string, ValidateFunction>()

/**
 * The check of one part of a request (its path, its query). Equal schemas are compiled once in a process: compiling those of all routes takes
 * half of what making the service takes, and the tests make it 500 times.
 */
export function validatorOf({ schema }: { schema: object }): ValidateFunction {
  const text = JSON.stringify(schema)
  const known = compiled.get(text) ?? ajv.compile(schema)
  compiled.set(text, known)
  return known
}
