import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { components } from '../../client/client.ts'
import { Delta } from '../components/delta.tsx'
import { count, duration, percent, shortCount } from '../format/numbers.ts'

type Schemas = components['schemas']

/** The figures of the window, each beside that of the window before, each leading to what it is made of. */
export function Tiles({
  data: { invocations, jobs, links },
  links: known,
}: {
  data: Schemas['TotalsData']
  links: Schemas['KnownLinks'] | null
}) {
  const before = invocations.previous
  const same = (figure: 'runs' | 'failureRate'): boolean => invocations.changed?.includes(figure) === false
  return (
    <div className="tiles">
      <Tile title="Invocations" value={shortCount(invocations.runs)} whole={count(invocations.runs)} to="/functions">
        <Delta now={invocations.runs} before={before?.runs} noise={same('runs')} />
      </Tile>
      <Tile
        title="Failed"
        value={percent(invocations.failureRate)}
        tone={invocations.failed > 0 ? 'failed' : undefined}
        to="/failures"
      >
        <span>
          {count(invocations.failed)},{' '}
          <span className={invocations.crashed > 0 ? 'status-crashed' : undefined}>
            {count(invocations.crashed)} crashed
          </span>
        </span>
        <Delta now={invocations.failureRate} before={before?.failureRate} worse="up" noise={same('failureRate')} />
      </Tile>
      <Tile title="Jobs" value={shortCount(jobs.runs)} whole={count(jobs.runs)} to="/jobs">
        <span>{count(jobs.failed)} failed</span>
        <Delta now={jobs.runs} before={jobs.previous?.runs} noise={jobs.changed?.includes('runs') === false} />
      </Tile>
      <Tile title="Links" value={shortCount(links.count)} whole={count(links.count)} to="/chains">
        {known?.known === null || known === null ? null : <span>{percent(known.known)} known</span>}
        <Delta now={links.count} before={links.previousCount} />
      </Tile>
      <Tile title="p95 duration" value={duration(invocations.durationMs?.p95)} to="/jobs">
        <span>p50 {duration(invocations.durationMs?.p50)}</span>
        <Delta now={invocations.durationMs?.p95 ?? null} before={before?.durationMs?.p95} worse="up" />
      </Tile>
    </div>
  )
}

function Tile({
  title,
  value,
  whole,
  tone,
  to,
  children,
}: {
  title: string
  value: string
  whole?: string
  tone?: 'failed' | undefined
  to: '/failures' | '/jobs' | '/chains' | '/functions'
  children: ReactNode
}) {
  return (
    <Link
      to={to === '/functions' ? '/jobs' : to}
      search={to === '/functions' ? { of: 'functions' } : {}}
      className="tile"
    >
      <span className="tile-title">{title}</span>
      <span className={tone === undefined ? 'tile-value' : `tile-value status-${tone}`} title={whole}>
        {value}
      </span>
      <span className="tile-more">{children}</span>
    </Link>
  )
}
