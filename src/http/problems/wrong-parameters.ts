import { mistakeText, type Mistake } from '../../domain/mistake.ts'
import { Problem } from './problem.ts'

// A URL has room for 8,000 unknown parameters, each answered with the list of the known ones: 3 MB of answer without this.
const MOST = 50
const LONGEST_NAME = 100
/** The detail is for people: it tells the first mistake, and names so many of the others. */
const MOST_NAMED = 3

/** The problem of parameters that are wrong: its detail says what was given and what is allowed of the first one, and its errors say so of up to 50. */
export function wrongParameters(mistakes: readonly Mistake[]): Problem {
  const errors = mistakes.slice(0, MOST).map(withShortName)
  const [first, ...others] = errors
  const named = others.slice(0, MOST_NAMED).map(({ parameter }) => parameter.slice(0, LONGEST_NAME / 2))
  const more = mistakes.length - 1 - named.length
  const also = named.length === 0 ? '' : `. Also wrong: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  return new Problem('invalid-request', `${first ? mistakeText(first) : 'The request is wrong'}${also}`, {
    errors,
    // Values may be personal.
    logged: `wrong: ${errors.map(({ parameter }) => parameter).join(', ')}`,
  })
}

function withShortName({ parameter, given, allowed }: Mistake): Mistake {
  return { parameter: parameter.slice(0, LONGEST_NAME), given, allowed }
}
