import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import type { components } from '../../client/client.ts'
import { count, counted, duration, percent } from '../format/numbers.ts'
import { cut } from '../format/text.ts'
import { keyOf, LETTERS, NODE_HEIGHT, placed, type PlacedEdge, type PlacedNode } from './layout.ts'

type Schemas = components['schemas']

/** How many arrows the picture has; beyond the last nobody tells them apart. */
const amounts = [40, 80, 250] as const

/** On a phone the whole picture would be too small to read: it is shown in part, and scrolls. */
const NARROW = '(max-width: 700px)'
const READABLE = 0.75

/** From this share of failures on, what failed is shown in full colour. */
const MANY = 0.1

/** What leads to what: the wider an arrow the more often, the redder the more of it failed. A click shows the neighbourhood. */
export function Graph({
  edges,
  nodes,
  around,
}: {
  edges: readonly Schemas['DependencyEdge'][]
  nodes: readonly Schemas['DependencyNode'][]
  around: string | undefined
}) {
  const [most, setMost] = useState<number>(amounts[0])
  const [zoom, setZoom] = useState(() => (matchMedia(NARROW).matches ? READABLE : undefined))
  const picture = useMemo(() => placed(edges.slice(0, most), nodes), [edges, nodes, most])
  const mostTimes = Math.max(1, ...edges.map(({ times }) => times))
  return (
    <div className="graph">
      <div className="graph-zoom choices" role="group" aria-label="Zoom">
        {edges.length > amounts[0] && (
          <select aria-label="How many arrows" value={most} onChange={(event) => setMost(Number(event.target.value))}>
            {amounts.map((amount) => (
              <option key={amount} value={amount}>
                {amount} most frequent
              </option>
            ))}
          </select>
        )}
        <button type="button" className="button" aria-label="Smaller" onClick={() => setZoom((zoom ?? 1) / 1.25)}>
          −
        </button>
        <button type="button" className="button" aria-pressed={zoom === undefined} onClick={() => setZoom(undefined)}>
          Fit
        </button>
        <button type="button" className="button" aria-label="Larger" onClick={() => setZoom((zoom ?? 1) * 1.25)}>
          +
        </button>
      </div>
      {/* A region that scrolls is reached by key, too. */}
      <section
        className="graph-scroll"
        tabIndex={0}
        aria-label="Picture of the dependencies; the table below tells the same"
      >
        <svg
          viewBox={`${picture.x} ${picture.y} ${picture.width} ${picture.height}`}
          width={zoom === undefined ? '100%' : picture.width * zoom}
          style={zoom === undefined ? { maxWidth: picture.width } : undefined}
          height={zoom === undefined ? undefined : picture.height * zoom}
        >
          <defs>
            <marker
              id="arrow"
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="8"
              markerHeight="8"
              markerUnits="userSpaceOnUse"
              orient="auto"
            >
              <path d="M0 0l8 4-8 4z" className="graph-arrow" />
            </marker>
          </defs>
          {picture.edges.map((each) => (
            <Arrow key={`${keyOf(each.edge.source)} ${keyOf(each.edge.target)}`} {...each} most={mostTimes} />
          ))}
          {picture.nodes.map((node) => (
            <Box key={keyOf(node)} node={node} selected={node.name === around} />
          ))}
        </svg>
      </section>
      <p className="legend">
        <span className="key key-runs">wider: more often</span>
        <span className="key key-failed">redder: more failed</span>
        <span className="muted">dashed: was not there in the window before · dotted: is there no more</span>
      </p>
    </div>
  )
}

function Arrow({ edge, path, most }: PlacedEdge & { most: number }) {
  const { source, target, times, failed, failureRate, lagMs, change } = edge
  const width = 1 + 7 * (Math.log1p(times) / Math.log1p(most))
  const red = Math.round(100 * Math.min(1, (failureRate ?? 0) / MANY))
  return (
    <path
      d={path}
      className={`graph-edge graph-${change ?? 'same'}`}
      markerEnd="url(#arrow)"
      style={{ strokeWidth: width, stroke: `color-mix(in srgb, var(--failed) ${red}%, var(--graph-edge))` }}
    >
      <title>
        {`${source.name} → ${target.name}: ${count(times)} times, ${count(failed)} failed (${percent(failureRate)})` +
          (lagMs === null ? '' : `, after ${duration(lagMs.p50)} (p95 ${duration(lagMs.p95)})`) +
          (change === undefined || change === 'same' ? '' : `; ${change} since the window before`)}
      </title>
    </path>
  )
}

function Box({ node: { kind, name, figures, x, y, width }, selected }: { node: PlacedNode; selected: boolean }) {
  const failing = (figures?.failureRate ?? 0) >= MANY
  const told =
    figures === undefined ? 'did not run' : `${counted(figures.runs, 'run')}, ${percent(figures.failureRate)} failed`
  return (
    <Link
      to="/dependencies"
      search={(before) => ({
        window: before.window,
        from: before.from,
        to: before.to,
        level: before.level,
        around: name,
      })}
      className={`graph-node graph-${kind}${selected ? ' graph-selected' : ''}${failing ? ' graph-failing' : ''}`}
    >
      <title>{name}</title>
      <rect x={x - width / 2} y={y - NODE_HEIGHT / 2} width={width} height={NODE_HEIGHT} rx={kind === 'job' ? 8 : 22} />
      <text x={x} y={y - 3} className="graph-name">
        {cut(name, LETTERS)}
      </text>
      <text x={x} y={y + 13} className="graph-told">
        {told}
      </text>
    </Link>
  )
}
