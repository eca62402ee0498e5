import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ServiceError } from '../../client/client.ts'
import { wantKey } from '../ask/key-wanted.ts'

/** What stands for an answer until it is there, and instead of it if there is none. An answer that is there stays while the next one fails, which the shell tells, and pales while one to another question comes. */
export function Answered<T>({
  of,
  children,
  rows = 4,
}: {
  of: UseQueryResult<T>
  children: (answer: T) => ReactNode
  /** How many lines the answer will have, so that nothing jumps when it comes. */
  rows?: number
}) {
  if (of.data !== undefined)
    return (
      <div className="answered" aria-busy={of.isPlaceholderData}>
        {children(of.data)}
      </div>
    )
  if (of.error) return <Failed error={of.error} again={() => void of.refetch()} />
  return <Waiting rows={rows} />
}

/** Stands for an answer that will have so many lines. */
export function Waiting({ rows }: { rows: number }) {
  return (
    <div className="loading" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, nth) => (
        <span key={nth} className="loading-line" />
      ))}
    </div>
  )
}

/** Why there is no answer, and what to do. */
export function Failed({ error, again }: { error: Error; again: () => void }) {
  const problem = error instanceof ServiceError ? error.problem : undefined
  const needsKey = problem?.status === 401
  return (
    <div className="state state-failed" role="alert">
      <strong>{problem?.title ?? 'The service does not answer'}</strong>
      <p>{problem?.detail ?? 'Is it running, and can this browser reach it? It is asked again every few seconds.'}</p>
      {problem?.errors?.map(({ parameter, allowed }) => (
        <p key={parameter}>
          <code>{parameter}</code>: allowed is {allowed}
        </p>
      ))}
      <div className="actions">
        {needsKey && (
          <button type="button" className="button button-main" onClick={() => wantKey(true)}>
            Enter a key
          </button>
        )}
        <button type="button" className="button" onClick={again}>
          Ask again
        </button>
      </div>
    </div>
  )
}

/** There is nothing to show, which may be good news; `children` says what to do. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="state">
      <strong>{title}</strong>
      {children !== undefined && <p>{children}</p>}
    </div>
  )
}
