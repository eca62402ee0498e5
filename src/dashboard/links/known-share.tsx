import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { answerOf, client } from '../ask/client.ts'
import { Answered, Empty } from '../components/answered.tsx'
import { Ago } from '../components/moment.tsx'
import { Panel } from '../components/panel.tsx'
import { count, percent } from '../format/numbers.ts'

const parts = ['recorded', 'recovered', 'recoverable', 'severed', 'unknown'] as const

/** The links of the last 24 hours as one bar, and what mending would gain. */
export function KnownShare() {
  const totals = useQuery({
    queryKey: ['/totals', 'links'],
    queryFn: ({ signal }) => answerOf(client.GET('/totals', { params: { query: { window: '1h' } }, signal })),
    placeholderData: keepPreviousData,
  })
  return (
    <Panel title="Links of the last 24 hours">
      <Answered of={totals} rows={3}>
        {({ links, asOf }) => {
          const all = links === null ? 0 : parts.reduce((sum, part) => sum + links[part], 0)
          if (links === null || all === 0) return <Empty title="There is no link yet, or nobody could look" />
          return (
            <>
              <p className="known">
                <strong>{percent(links.known)}</strong> <span className="muted">are known</span>
              </p>
              <svg className="share" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                {parts.map((part, nth) => (
                  <rect
                    key={part}
                    className={`share-${part}`}
                    x={(100 * parts.slice(0, nth).reduce((sum, each) => sum + links[each], 0)) / all}
                    width={(100 * links[part]) / all}
                    height="4"
                  />
                ))}
              </svg>
              <p className="legend">
                {parts.map((part) => (
                  <span key={part} className={`key key-${part}`}>
                    {count(links[part])} {part}
                  </span>
                ))}
              </p>
              <p className="hint">
                Counted <Ago at={links.lookedAt} asOf={asOf} />.{' '}
                {links.recovered > 0
                  ? `${count(links.recovered)} links are missing in source_job_id and shown nevertheless: npm run links -- mend writes them there, so that other readers of the database see them too.`
                  : 'Nothing would be gained by mending: every link that can be known is recorded.'}
                {links.recoverable > 0 &&
                  ` ${count(links.recoverable)} more may be found: npm run links -- scan looks for them.`}
              </p>
            </>
          )
        }}
      </Answered>
    </Panel>
  )
}
