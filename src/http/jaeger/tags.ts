import { Invalid } from '../../domain/invalid.ts'
import type { TraceSearch } from '../../reading/traces/search.ts'
import { idOf } from './parameters.ts'

type Criteria = TraceSearch['criteria']

/** The tags that a search looks at. The others that spans have would take a look at every row. */
const known: Readonly<Record<string, (value: string) => Criteria>> = {
  error: (value) => ({ failed: truth(value) }),
  correlation_id: (value) => ({ correlationId: value }),
  'job.name': (value) => ({ jobName: value }),
  'faas.name': (value) => ({ sourceFunction: value }),
  'invocation.id': (value) => ({ id: idOf('tags', value) }),
  'event_execution.id': (value) => ({ id: idOf('tags', value) }),
  'job.id': (value) => ({ id: idOf('tags', value) }),
}

/** Tags by their names, all of which a span must have. Throws Invalid for one that is not looked at. */
export function criteriaOfTags(tags: ReadonlyArray<readonly [name: string, value: string]>): Criteria {
  const criteria: Criteria = {}
  for (const [name, value] of tags) {
    if (!Object.hasOwn(known, name)) throw new Invalid('tags', name, `one of ${Object.keys(known).join(', ')}`)
    Object.assign(criteria, known[name]?.(value))
  }
  return criteria
}

/** `{"error":"true"}`; throws Invalid for what is no such object of texts. */
export function tagsOfJson(parameter: string, given: string): Array<[string, string]> {
  if (given === '') return []
  const value = parsed(given)
  const entries =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined
  if (
    entries?.every((entry): entry is [string, string] => typeof entry[1] === 'string' && !entry[1].includes('\u0000'))
  )
    return entries
  throw new Invalid(parameter, given, 'a JSON object of texts, such as {"error":"true"}')
}

/** `error:true`. */
export function tagOfText(given: string): [string, string] {
  const at = given.indexOf(':')
  if (at <= 0) throw new Invalid('tag', given, 'a name, a colon and a value, such as error:true')
  return [given.slice(0, at), given.slice(at + 1)]
}

function truth(value: string): boolean {
  if (value !== 'true' && value !== 'false') throw new Invalid('tags', value, 'true or false as the value of error')
  return value === 'true'
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
