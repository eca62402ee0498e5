import type { components } from '../../client/client.ts'
import { count } from '../format/numbers.ts'
import { Moment } from './moment.tsx'

/** Says so if the figures are of a part of the window alone, or if most links are not known. */
export function Bounds({
  page,
  note,
}: {
  page?: Pick<components['schemas']['FiguresPage'], 'sampled' | 'examinedFrom' | 'examined' | 'groupsCut'>
  note?: string | undefined
}) {
  return (
    <>
      {note !== undefined && <p className="note">{note}</p>}
      {page?.sampled === true && page.examinedFrom !== null && (
        <p className="note">
          Counting all of the window took too long: these are the figures of its newest {count(page.examined)} rows,
          from <Moment at={page.examinedFrom} /> on. Choose a shorter window for whole figures.
        </p>
      )}
      {page?.groupsCut === true && <p className="note">There are more than 5,000 names; the rarest are left out.</p>}
    </>
  )
}
