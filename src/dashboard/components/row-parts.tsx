import type { ReactNode } from 'react'

/** What stands in a row that is a link as a whole: what it is about, more of that in small, and to the right a figure and what qualifies it. */
export function RowParts({
  main,
  sub,
  figure,
  end,
}: {
  main: ReactNode
  sub?: ReactNode
  figure: ReactNode
  end: ReactNode
}) {
  return (
    <>
      <span className="row-main">
        {main}
        {sub !== undefined && <span className="row-sub">{sub}</span>}
      </span>
      <span className="row-end">
        <span className="number">{figure}</span>
        <span className="number">{end}</span>
      </span>
    </>
  )
}
