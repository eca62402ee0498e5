import { Link } from '@tanstack/react-router'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import type { RowOf } from '../../client/client.ts'
import { Arrow } from '../components/arrow.tsx'
import { Ago } from '../components/moment.tsx'
import { Status } from '../components/status.tsx'
import { duration } from '../format/numbers.ts'

type Chain = RowOf<'/chains'>

const NARROW = '(max-width: 900px)'

/** Rows of links, of which only those in sight are in the page: a hundred thousand scroll as ten do. */
export function ChainRows({
  rows,
  asOf,
  more,
  error,
  readMore,
}: {
  rows: readonly Chain[]
  asOf: string
  more: boolean
  error: Error | null
  readMore: () => void
}) {
  const list = useRef<HTMLOListElement>(null)
  const height = matchMedia(NARROW).matches ? 84 : 44
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => height,
    overscan: 12,
    scrollMargin: list.current?.offsetTop ?? 0,
  })
  const shown = virtual.getVirtualItems()
  const last = shown.at(-1)?.index ?? 0
  useEffect(() => {
    if (more && error === null && last >= rows.length - 40) readMore()
  }, [more, error, last, rows.length, readMore])
  return (
    <div className="panel chain-list">
      <div className="chain-row chain-head" aria-hidden="true">
        <span>When</span>
        <span>Job that triggered</span>
        <span>Function that was triggered</span>
        <span>Status</span>
        <span className="number">After</span>
        <span className="number">Took</span>
      </div>
      <ol ref={list} className="chain-rows" style={{ height: virtual.getTotalSize() }} aria-label="Links, newest first">
        {shown.map(({ index, start }) => {
          const chain = rows[index]
          return (
            chain && (
              <li
                key={chain.triggered.invocationId}
                className="chain-item"
                style={{ transform: `translateY(${start - virtual.options.scrollMargin}px)`, height }}
                aria-setsize={more ? -1 : rows.length}
                aria-posinset={index + 1}
              >
                <Row chain={chain} asOf={asOf} />
              </li>
            )
          )
        })}
      </ol>
      {error !== null ? (
        <p className="note note-failed" role="alert">
          The next rows could not be read: {error.message}{' '}
          <button type="button" className="button" onClick={readMore}>
            Ask again
          </button>
        </p>
      ) : (
        <p className="hint">{more ? 'Reading more…' : 'These are all links of the window.'}</p>
      )}
    </div>
  )
}

function Row({ chain: { triggering, triggered, lagMs, link }, asOf }: { chain: Chain; asOf: string }) {
  return (
    <Link
      to="/trees/$id"
      params={{ id: triggered.invocationId }}
      search={{ selected: triggered.invocationId }}
      className="chain-row"
    >
      <span className="chain-when">
        <Ago at={triggered.createdAt} asOf={asOf} />
      </span>
      <span className="chain-from">
        <span className="name">{triggering.job.name}</span>
        <span className="muted"> in {triggering.sourceFunction}</span>
      </span>
      <span className="chain-to">
        <span className="muted">
          <Arrow to="right" />{' '}
        </span>
        <span className="name">{triggered.sourceFunction}</span>
        {link === 'recovered' && <span className="tag">recovered</span>}
      </span>
      <span className="chain-status">
        <Status status={triggered.status} stale={triggered.stale} crashed={triggered.crashed} />
      </span>
      <span
        className="number chain-lag"
        title="From the end of the job to the start of the function; negative if they overlap"
      >
        {duration(lagMs)}
      </span>
      <span className="number chain-took">{duration(triggered.durationMs)}</span>
    </Link>
  )
}
