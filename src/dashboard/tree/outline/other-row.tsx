import type { CSSProperties } from 'react'
import { count } from '../../format/numbers.ts'
import type { Control } from '../control/use-control.ts'
import type { Row } from '../model/rows.ts'
import { missingText, moreText } from '../text/text-lines.ts'
import { rowId } from './row-id.ts'
import { Indent } from './row-parts.tsx'

type Other = Exclude<Row, { kind: 'step' }>

interface OtherRowProps {
  row: Other
  at: number
  level: number
  place: CSSProperties
  control: Control
}

/** A line that is no step: what is folded away, what the service left out, or what did not run. */
export function OtherRow({ row, at, level, place, control }: OtherRowProps) {
  const role = { id: rowId(at), role: 'treeitem', 'aria-selected': false, 'aria-level': level, style: place } as const
  if (row.kind === 'missing')
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
  return (
    <div {...role} className="row row-more">
      <Indent levels={level - 1} />
      {row.kind === 'rest' ? <RestOf row={row} control={control} /> : <Folded row={row} control={control} />}
    </div>
  )
}

function Folded({ row, control }: { row: Extract<Other, { kind: 'more' }>; control: Control }) {
  return (
    <button type="button" className="more" tabIndex={-1} onClick={() => control.extend(row.parent)}>
      + {count(row.hidden)} more
    </button>
  )
}

/** Jobs beyond the first thousand of an invocation are told of alone: nothing reads them with what they triggered. */
function RestOf({
  row: { parent, more },
  control: { rest },
}: {
  row: Extract<Other, { kind: 'rest' }>
  control: Control
}) {
  if (more.invocations === undefined) return <span className="hint">{moreText(more)}</span>
  return (
    <button
      type="button"
      className="more"
      tabIndex={-1}
      disabled={rest.reading !== null}
      onClick={() => rest.read(parent)}
    >
      {rest.reading === parent.id ? 'Reading…' : `Read ${moreText(more)}`}
    </button>
  )
}
