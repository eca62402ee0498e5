import { useEffect, useMemo, useRef } from 'react'
import type { Control } from '../control/use-control.ts'
import { textLines } from './text-lines.ts'

/** Lines that are one piece of text: the browser lays out those in view alone. */
const BLOCK = 100

/** The rows as text, to be selected and copied. */
export function TextView({ control, now }: { control: Control; now: number }) {
  const { steps, rows, selected } = control
  const lines = useMemo(() => textLines(steps, rows, now), [steps, rows, now])
  const at = useMemo(() => rows.findIndex((row) => row.kind === 'step' && row.step === selected), [rows, selected])
  const marked = useRef<HTMLElement>(null)
  useEffect(() => marked.current?.scrollIntoView({ block: 'nearest' }), [at])
  return (
    <pre className="text-view" tabIndex={0} aria-label="The tree as text">
      {Array.from({ length: Math.ceil(lines.length / BLOCK) }, (_, block) => {
        const from = block * BLOCK
        const text = lines.slice(from, from + BLOCK)
        const within = at - from
        if (within < 0 || within >= text.length)
          return <span key={block} className="text-block">{`${text.join('\n')}\n`}</span>
        return (
          <span key={block} className="text-block">
            {text.slice(0, within).map((line) => `${line}\n`)}
            <mark ref={marked}>{text[within]}</mark>
            {'\n'}
            {text.slice(within + 1).map((line) => `${line}\n`)}
          </span>
        )
      })}
    </pre>
  )
}
