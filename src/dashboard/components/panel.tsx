import { useId, type ReactNode } from 'react'

/** A part of a view with a heading of its own. */
export function Panel({
  title,
  aside,
  children,
  wide = false,
}: {
  title: ReactNode
  aside?: ReactNode
  children: ReactNode
  wide?: boolean
}) {
  const id = useId()
  return (
    <section className={wide ? 'panel panel-wide' : 'panel'} aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {aside !== undefined && <div className="panel-aside">{aside}</div>}
      </header>
      {children}
    </section>
  )
}
