import { Link, Outlet } from '@tanstack/react-router'
import { useRef } from 'react'
import { useAsking, useRefresh } from '../ask/refresh.ts'
import { SearchDialog } from '../search/search-dialog.tsx'
import { KeyDialog } from './key-dialog.tsx'
import { Nav } from './nav.tsx'
import { Notes } from './notes.tsx'
import { Settings } from './settings.tsx'
import { WindowPicker } from './window-picker.tsx'

/** What stands around every view. */
export function Shell() {
  useRefresh()
  const asking = useAsking()
  const main = useRef<HTMLElement>(null)
  return (
    <div className="shell">
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <header className="bar">
        <Link to="/" className="brand" aria-label="Event Detector Observability: overview">
          <span className="brand-mark" aria-hidden="true" />
          <span className="brand-name">Event Detector</span>
        </Link>
        <SearchDialog />
        <WindowPicker />
        <span className={asking ? 'asking asking-now' : 'asking'} aria-hidden="true" />
        <Settings />
      </header>
      <Nav />
      <main ref={main} className="main" tabIndex={-1}>
        <Notes />
        <Outlet />
      </main>
      <KeyDialog />
    </div>
  )
}
