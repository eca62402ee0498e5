import { matchingNames } from '../../domain/search/matching-names.ts'
import { distinctNames, MOST_NAMES, searchedNames } from '../../queries/search/names.ts'
import { groupOf, late, MOST_HITS, noHit, type NotSearched, type SearchHit } from './hit.ts'
import type { Asking, Part } from './part.ts'

const TIME = 500

/** The functions, jobs, events and tables whose name begins with a text, or holds it. */
export async function findNames({ attempts, question }: Asking): Promise<Part> {
  const notSearched: NotSearched[] = []
  const hits = await attempts.within(TIME, async (snapshot) => {
    const found: SearchHit[] = []
    for (const kind of searchedNames) {
      const names = await distinctNames(snapshot, kind)
      if (names.length > MOST_NAMES)
        notSearched.push({
          match: 'name',
          why: `there are more than the ${MOST_NAMES} names of a ${kind} that are looked at`,
          since: null,
        })
      for (const name of matchingNames(question.text, names.slice(0, MOST_NAMES), MOST_HITS + 1))
        found.push({ ...noHit, kind, name })
    }
    return found
  })
  if (!hits) return late('name')
  // Of all kinds, what begins with the text stands first.
  const order = matchingNames(
    question.text,
    hits.map(({ name }) => name),
    hits.length,
  )
  return {
    data: groupOf(
      'name',
      hits.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name)),
    ),
    notSearched,
  }
}
