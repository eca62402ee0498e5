import { useEffect, useRef } from 'react'
import { treeViews, type TreeView } from '../search.ts'
import type { Control } from './use-control.ts'

/** What the keys do on this page, for the help. */
export const keys: ReadonlyArray<readonly [key: string, does: string]> = [
  ['↑ ↓', 'the step before, the next step'],
  ['← →', 'fold, unfold, or go up or down a level'],
  ['n, N', 'the next failure, the one before'],
  ['/', 'search within the tree; Enter goes to the next match'],
  ['z', 'zoom to the subtree; Esc shows the whole tree again'],
  ['m', 'read what was left out below the step, of a tree that is too large for one answer'],
  ['Enter', 'details of the step'],
  ['1 2 3', 'waterfall, graph, text'],
]

interface Does {
  view: (view: TreeView) => void
  search: () => void
  details: (open: boolean) => void
}

/** Keys that work wherever the focus is, but where one types. The arrows belong to the list of steps. */
export function useKeys(control: Control, does: Does): void {
  const latest = useRef({ control, does })
  latest.current = { control, does }
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || typesIn(event.target)) return
      if (!act(event.key, latest.current.control, latest.current.does)) return
      // Before the keys of the shell: its search box listens to the slash too.
      event.preventDefault()
      event.stopPropagation()
    }
    window.addEventListener('keydown', pressed, true)
    return () => window.removeEventListener('keydown', pressed, true)
  }, [])
}

/** Does what a key means; false: it means nothing here. */
function act(key: string, control: Control, does: Does): boolean {
  if (key === 'n' || key === 'N') control.next('failures', key === 'n' ? 1 : -1)
  else if (key === '/') does.search()
  else if (key === 'm' && control.selected.more?.invocations !== undefined) control.rest.read(control.selected)
  else if (key === 'z') control.zoomTo(control.selected)
  else if (key === 'Escape') {
    if (document.querySelector('dialog[open], :popover-open') !== null) return false
    does.details(false)
    control.zoomTo(undefined)
  } else {
    const view = treeViews[Number(key) - 1]
    if (view === undefined) return false
    does.view(view)
  }
  return true
}

function typesIn(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input:not([type=radio], [type=checkbox]), select, textarea')
}
