import type { KeyboardEvent } from 'react'
import type { Control } from '../control/use-control.ts'
import type { Row } from '../model/rows.ts'

/** How many rows a page is. */
const PAGE = 15

/** The arrows in the list of steps, as a tree of ARIA has them. */
export function arrowsOf(control: Control, details: () => void): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !press(event.key, control, details)) return
    event.preventDefault()
  }
}

function press(key: string, control: Control, details: () => void): boolean {
  const { rows, steps, selected, closed, select, toggle } = control
  const at = rows.findIndex((row) => row.kind === 'step' && row.step === selected)
  const open = selected.children > 0 && !closed.has(selected.id)
  if (key === 'ArrowDown') go(control, at + 1, 1)
  else if (key === 'ArrowUp') go(control, at - 1, -1)
  else if (key === 'PageDown') go(control, Math.min(rows.length - 1, at + PAGE), 1)
  else if (key === 'PageUp') go(control, Math.max(0, at - PAGE), -1)
  else if (key === 'Home') go(control, 0, 1)
  else if (key === 'End') go(control, rows.length - 1, -1)
  else if (key === 'ArrowRight') {
    if (open) go(control, at + 1, 1)
    else if (selected.children > 0) toggle(selected)
  } else if (key === 'ArrowLeft') {
    const parent = steps[selected.parent]
    if (open) toggle(selected)
    else if (parent && selected !== control.top) select(parent)
  } else if (key === 'Enter') details()
  else return false
  return true
}

/** Selects the row there; one that stands for more shows them. */
function go({ rows, select, extend }: Control, at: number, direction: 1 | -1): void {
  const row: Row | undefined = rows[at]
  if (row === undefined) return
  if (row.kind === 'step') select(row.step)
  else if (row.kind === 'more' && direction === 1) extend(row.parent)
  else go({ rows, select, extend } as Control, at + direction, direction)
}
