import { Link } from '@tanstack/react-router'
import type { RefObject } from 'react'
import { count } from '../format/numbers.ts'
import { keys } from './control/use-keys.ts'
import { Download } from './download/download.tsx'
import type { Shown } from './download/file-of.ts'
import { treeViews, type TreeView } from './search.ts'

interface ToolbarProps {
  shown: Shown
  view: TreeView
  setView: (view: TreeView) => void
  search: RefObject<HTMLInputElement | null>
}

const labels: Record<TreeView, string> = { waterfall: 'Waterfall', graph: 'Graph', text: 'Text' }

/** What one does with a tree: choose the view, search, go to the next failure, fold, compare, export. */
export function Toolbar({ shown, view, setView, search }: ToolbarProps) {
  const { control } = shown
  const { failures, found, text, selected, top } = control
  const place = found.indexOf(selected.index)
  return (
    <div className="toolbar" role="group" aria-label="Tree">
      <div className="window" role="group" aria-label="View">
        {treeViews.map((each) => (
          <button
            key={each}
            type="button"
            className="window-choice"
            aria-pressed={each === view}
            onClick={() => setView(each)}
          >
            {labels[each]}
          </button>
        ))}
      </div>
      <div className="within">
        <input
          ref={search}
          type="search"
          aria-label="Search within the tree"
          placeholder="Search within ( / )"
          value={text}
          onChange={({ target }) => control.search(target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') control.next('found', event.shiftKey ? -1 : 1)
            if (event.key === 'Escape') event.currentTarget.blur()
          }}
        />
        <span className="hint" role="status">
          {text === ''
            ? ''
            : found.length === 0
              ? 'no match'
              : `${place === -1 ? '–' : place + 1} of ${count(found.length)}`}
        </span>
      </div>
      {failures.length > 0 && (
        <button type="button" className="button" onClick={() => control.next('failures', 1)}>
          Next failure <kbd>n</kbd> <span className="mark mark-failed">{count(failures.length)}</span>
        </button>
      )}
      {top.index !== 0 && (
        <button type="button" className="button" onClick={() => control.zoomTo(undefined)}>
          Whole tree <kbd>Esc</kbd>
        </button>
      )}
      <span className="toolbar-end">
        <button type="button" className="button button-quiet" onClick={() => control.foldAll(true)}>
          Fold
        </button>
        <button type="button" className="button button-quiet" onClick={() => control.foldAll(false)}>
          Unfold
        </button>
        <Link className="button button-quiet" to="/trees/$id/compare" params={{ id: control.top.invocationId }}>
          Compare
        </Link>
        <Download shown={shown} />
        <Keys />
      </span>
    </div>
  )
}

function Keys() {
  return (
    <>
      <button type="button" className="button button-quiet wide-only" popoverTarget="keys">
        Keys
      </button>
      <div id="keys" popover="auto" className="popover keys" role="group" aria-label="Keys">
        <dl className="details">
          {keys.map(([key, does]) => (
            <div key={key} className="fact">
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </div>
    </>
  )
}
