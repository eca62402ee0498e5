import type { Mistake } from '../domain/mistake.ts'

/** What may stand behind the question mark: how to get there, and nothing that the driver would let win over what the service sets. */
const PARAMETERS = ['host', 'port', 'user', 'password', 'application_name']

/** Of those that people know from elsewhere: what to do instead. */
const INSTEAD: ReadonlyArray<[names: RegExp, what: string]> = [
  [/^(schema|search_path|currentSchema)$/i, 'only the schema public is supported'],
  [/^ssl/i, 'DATABASE_SSL and its like say that'],
  [/timeout/i, 'CONNECT_TIMEOUT, STATEMENT_TIMEOUT and LOCK_TIMEOUT say that'],
  [/^options$/i, 'the service sets what its sessions need'],
]

/** What is wrong with a DATABASE_URL beyond its form: a parameter that means nothing here, and characters that should be percent-encoded. */
export function databaseUrlMistakes(given: string | undefined): Mistake[] {
  if (given === undefined || !/^postgres(ql)?:\/\//.test(given)) return []
  const mistake = (allowed: string): Mistake[] => [{ parameter: 'DATABASE_URL', given, allowed }]
  const bare = bareCharacter(given)
  if (bare !== undefined)
    return mistake(
      `a URL whose user and password are percent-encoded: a bare ${bare} is written ${encoded(bare)} (and @ %40, # %23, / %2F, ? %3F, % %25)`,
    )
  if (!URL.canParse(given)) return []
  const unknown = [...new URL(given).searchParams.keys()].find((name) => !PARAMETERS.includes(name))
  if (unknown === undefined) return []
  const instead = INSTEAD.find(([names]) => names.test(unknown))?.[1] ?? 'it means nothing here'
  return mistake(`a URL without the parameter ${unknown} (${instead}); these may stand there: ${PARAMETERS.join(', ')}`)
}

/** One that ends the password, or the URL, too early: the rest would be taken for the host, the database or nothing. */
function bareCharacter(url: string): string | undefined {
  const [before = '', ...hosts] = url.slice(url.indexOf('//') + 2).split('@')
  const [authority = ''] = before.split(/[/?#]/, 1)
  if (url.includes('#')) return '#'
  // An @ behind the authority, or a second one: the first one did not end the password.
  if (hosts.length > 0 && authority !== before) return before[authority.length]
  if (hosts.length > 1 && /^[^/?]*$/.test(hosts.slice(0, -1).join('@'))) return '@'
  return /%(?![0-9a-f]{2})/i.test(before) && hosts.length > 0 ? '%' : undefined
}

function encoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}
