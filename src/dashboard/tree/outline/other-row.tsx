import type { CSSProperties } from 'react'
import { count } from '../../format/numbers.ts'
import type { Control } from '../control/use-control.ts'
import type { Row } from '../model/rows.ts'
import { missingText } from '../text/text-lines.ts'
import { rowId } from './row-id.ts'
import { Indent } from './row-parts.tsx'

interface OtherRowProps {
  row: Exclude<Row, { kind: 'step' }>
  at: number
  level: number
  place: CSSProperties
  control: Control
}

/** A line that is no step: what is left out, or what did not run. */
export function OtherRow({ row, at, level, place, control }: OtherRowProps) {
  const role = { id: rowId(at), role: 'treeitem', 'aria-selected': false, 'aria-level': level, style: place } as const
  if (row.kind === 'more')
    return (
      <div {...role} className="row row-more">
        <Indent levels={level - 1} />
        <button type="button" className="more" tabIndex={-1} onClick={() => control.extend(row.parent)}>
          + {count(row.hidden)} more
        </button>
      </div>
    )
  return (
    <div {...role} className="row row-missing" title={missingText(row.missing)}>
      <div className="row-name">
        <Indent levels={level - 1} />
        <span className="fold" />
        <span className={`kind kind-${row.missing.kind} kind-missing`} aria-hidden="true" />
        <span className="row-title">{row.missing.name}</span>
        <span className="mark mark-failed">did not run</span>
        <span className="unseen">{missingText(row.missing)}</span>
      </div>
    </div>
  )
}
