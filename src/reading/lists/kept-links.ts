import type { Queryable } from '../../db/db.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { keptLink, type KeptLink } from '../../domain/model/kept-link.ts'
import type { PageRequest } from '../../domain/paging/page.ts'
import { keptLinkRows, type KeptLinkFilters } from '../../queries/kept-links.ts'
import { listPage, type ListPage } from './list-page.ts'

/** A page of what is kept of links that the writer lost. Undefined if there is no table that this service may read. */
export async function readKeptLinks(
  db: Queryable,
  filters: KeptLinkFilters,
  asked: PageRequest,
  rules: RowRules,
): Promise<ListPage<KeptLink> | undefined> {
  if (rules.linkWay === 'column') return undefined
  return listPage(asked, await keptLinkRows(db, filters, asked), rules, {
    made: keptLink,
    position: ({ createdAt, invocationId }) => ({ at: createdAt, id: invocationId }),
    derived: () => null,
  })
}
