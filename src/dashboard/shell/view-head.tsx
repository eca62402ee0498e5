import { useEffect, type ReactNode } from 'react'
import { clock, wholeInstant } from '../format/time.ts'
import { useZone } from '../preferences/preferences.ts'

/** The heading of a view, and when its rows were read. */
export function ViewHead({
  title,
  asOf,
  children,
}: {
  title: string
  asOf?: string | undefined
  children?: ReactNode
}) {
  const zone = useZone()
  useEffect(() => {
    document.title = `${title} · Event Detector`
  }, [title])
  return (
    <header className="view-head">
      <h1>{title}</h1>
      {children}
      {asOf !== undefined && (
        <span className="as-of" title={wholeInstant(asOf)}>
          as of <time dateTime={asOf}>{clock(asOf, zone)}</time>
          {zone === 'utc' ? ' UTC' : ''}
        </span>
      )}
    </header>
  )
}
