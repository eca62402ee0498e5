import { useState } from 'react'
import type { components } from '../../client/client.ts'
import { Moment } from '../components/moment.tsx'
import { count, duration } from '../format/numbers.ts'

/** The figures of the chart, for who does not see it or wants to read them. It is made when it is opened, for it may have 300 rows. */
export function SeriesTable({ points }: { points: ReadonlyArray<components['schemas']['Point']> }) {
  const [open, setOpen] = useState(false)
  const ran = points.filter(({ runs }) => runs > 0)
  return (
    <details className="series-table" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>The same as a table</summary>
      {open && (
        <section className="series-scroll" tabIndex={0} aria-label="Invocations over time, as a table">
          <table>
            <thead>
              <tr>
                <th>From</th>
                <th className="number">Invocations</th>
                <th className="number">Failed</th>
                <th className="number">p95</th>
              </tr>
            </thead>
            <tbody>
              {ran.map(({ from, runs, failed, p95 }) => (
                <tr key={from}>
                  <td>
                    <Moment at={from} />
                  </td>
                  <td className="number">{count(runs)}</td>
                  <td className="number">
                    <span className={failed > 0 ? 'status-failed' : 'muted'}>{count(failed)}</span>
                  </td>
                  <td className="number">{duration(p95)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {ran.length < points.length && (
            <p className="hint">{count(points.length - ran.length)} more buckets have no invocation.</p>
          )}
        </section>
      )}
    </details>
  )
}
