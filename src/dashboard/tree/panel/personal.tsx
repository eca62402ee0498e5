import type { Detail } from '../ask/detail.ts'
import { changesOf } from './changes.ts'
import { ChangesTable } from './changes-table.tsx'
import { RecordLink } from './record-link.tsx'

/** What only some keys may read: what the event changed, the stack, the payload. */
export function Personal({ detail }: { detail: Detail }) {
  const { of } = detail
  const changes = detail.kind === 'invocation' ? changesOf(detail.of.payload) : null
  const parts: Array<[title: string, value: unknown]> =
    detail.kind === 'invocation'
      ? [
          ['Payload', detail.of.payload],
          ['Context', detail.of.context],
        ]
      : [
          ['Options', detail.of.options],
          ['Result', detail.of.result],
        ]
  const stacks = [
    of.errorStack,
    ...(detail.kind === 'invocation' ? detail.of.events.data.map((event) => event.errorStack) : []),
  ]
  return (
    <>
      {detail.kind === 'invocation' && <RecordLink table={detail.of.sourceTable} payload={detail.of.payload} />}
      {changes !== null && (
        <section>
          <h3>What the event changed</h3>
          <ChangesTable changes={changes} />
        </section>
      )}
      {stacks
        .filter((stack) => typeof stack === 'string')
        .map((stack) => (
          <section key={stack}>
            <h3>Stack</h3>
            <pre className="block" tabIndex={0} aria-label="Stack">
              {stack}
            </pre>
          </section>
        ))}
      {parts
        .filter(([, value]) => value !== undefined && value !== null)
        .map(([title, value]) => (
          <details key={title}>
            <summary>{title}</summary>
            <pre className="block" tabIndex={0} aria-label={title}>
              {JSON.stringify(value, null, 2)}
            </pre>
          </details>
        ))}
      {of.omitted !== undefined && <p className="hint">Too large to be shown: {of.omitted.join(', ')}.</p>}
    </>
  )
}
