import type { Queryable } from '../../db/db.ts'
import { searchUse, type SearchUse } from '../../domain/search/use.ts'
import { searchRights } from '../../queries/search/rights.ts'

/** Decides whether the index of the search is read and filled, from what SEARCH_INDEX asks for and what the role of this session may do. Reads catalogues alone. */
export async function decideSearchIndex(db: Queryable, asked: 'on' | 'off'): Promise<SearchUse> {
  return searchUse(asked, await searchRights(db))
}
