import type { Window } from '../../domain/analysis/window.ts'
import type { RankedPage } from '../../domain/paging/ranked.ts'
import type { UsedRollups } from '../rollups/rows.ts'

/** What an answer of figures says of its page, and of what they were made from. */
export interface ExaminedPage extends RankedPage {
  /** How many groups there are on all pages. */
  groups: number
  /** There are more groups than are told of; those that are left out are the rarest. */
  groupsCut: boolean
  /** Rows that were counted. */
  examined: number
  /** The figures are those of the newest rows of the window alone. */
  sampled: boolean
  /** Where these begin; null: all of the window was counted. */
  examinedFrom: string | null
  /** The hours that were counted before; null: all rows were counted for this answer. */
  rollups: UsedRollups | null
}

/** A page of figures. */
export interface FiguresPage<T> {
  data: T[]
  page: ExaminedPage
  /** What the clock of the database said when the rows were read. */
  asOf: string
}

/** The page with what was looked at for it. */
export function examinedPage(
  page: RankedPage,
  looked: Pick<ExaminedPage, 'groups' | 'groupsCut' | 'examined' | 'sampled'> &
    Partial<Pick<ExaminedPage, 'rollups'>> & { stretch: Window },
): ExaminedPage {
  const { groups, groupsCut, examined, sampled, stretch, rollups = null } = looked
  return { ...page, groups, groupsCut, examined, sampled, examinedFrom: sampled ? stretch.from : null, rollups }
}
