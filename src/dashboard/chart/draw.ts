import type { components } from '../../client/client.ts'
import { count, duration } from '../format/numbers.ts'
import { axisLabel, moment, msOf, type Zone } from '../format/time.ts'
import { isCompressed } from './compressed.ts'
import { chartLibrary } from './library.ts'
import type UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'

type Point = components['schemas']['Point']

const uPlot = await chartLibrary()
const HEIGHT = 220
// The enums of the library exist for the compiler alone.
const RIGHT = 1 as unknown as UPlot.Axis.Side.Right
const COMPRESSED = 4 as unknown as UPlot.Scale.Distr.ArcSinh

/** Draws the series into an element, as wide as that is; returns what takes it away again. `choose` hears of a stretch that was dragged over. */
export function draw(
  element: HTMLElement,
  points: readonly Point[],
  zone: Zone,
  choose: (from: string, to: string) => void,
): () => void {
  const colour = (name: string): string => resolved(element, `var(--${name})`)
  const bars = uPlot.paths.bars?.({ size: [0.86, 40], align: 1 })
  const axis = {
    stroke: colour('muted'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  }
  const series = { points: { show: false }, ...(bars && { paths: bars }) }
  const chart = new uPlot(
    {
      width: element.clientWidth,
      height: HEIGHT,
      padding: [10, 0, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
      scales: {
        x: { time: true },
        runs: scaleOf(points.map(({ runs }) => runs)),
        p95: scaleOf(points.map(({ p95 }) => p95 ?? 0)),
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 26,
          space: 90,
          values: (_, splits) => splits.map((at, nth) => axisLabel(at * 1000, (splits[nth + 1] ?? at) - at, zone)),
        },
        {
          ...axis,
          scale: 'runs',
          size: 54,
          ...marks(points.map(({ runs }) => runs)),
          values: (_, splits) => splits.map((n) => (Number.isInteger(n) ? count(n) : '')),
        },
        {
          ...axis,
          scale: 'p95',
          side: RIGHT,
          ...marks(points.map(({ p95 }) => p95 ?? 0)),
          size: 64,
          grid: { show: false },
          values: (_, splits) => splits.map((ms) => duration(ms)),
        },
      ],
      series: [
        {},
        { ...series, scale: 'runs', fill: colour('chart-runs'), width: 0 },
        { ...series, scale: 'runs', fill: colour('failed'), width: 0 },
        { scale: 'p95', stroke: colour('chart-line'), width: 1.5, points: { show: false }, spanGaps: true },
      ],
      hooks: {
        setSelect: [
          (chart) => {
            const { select } = chart
            if (select.width < 6) return
            const at = (pixel: number): string => new Date(chart.posToVal(pixel, 'x') * 1000).toISOString()
            choose(at(select.left), at(select.left + select.width))
          },
        ],
        setCursor: [
          ({ cursor: { idx } }) => tell(element, idx === null || idx === undefined ? undefined : points[idx], zone),
        ],
      },
    },
    [
      points.map(({ from }) => msOf(from) / 1000),
      points.map(({ runs }) => runs),
      points.map(({ failed }) => failed),
      points.map(({ p95 }) => p95),
    ],
    element,
  )
  const watch = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }))
  watch.observe(element)
  return () => {
    watch.disconnect()
    chart.destroy()
    element.replaceChildren()
  }
}

/** From zero to a little above the largest value. If one bucket towers over the others, the scale is compressed, or they would not be seen at all. */
function scaleOf(values: readonly number[]): UPlot.Scale {
  const most = Math.max(1, ...values)
  const range: UPlot.Scale.Range = [0, most * 1.1]
  return isCompressed(values) ? { range, distr: COMPRESSED, asinh: Math.max(1, most / 200) } : { range }
}

/** Of a compressed scale the powers of ten are marked, which lie evenly on it. */
function marks(values: readonly number[]): Pick<UPlot.Axis, 'splits'> {
  if (!isCompressed(values)) return {}
  const most = Math.max(...values)
  const powers = [10, 100, 1000, 10_000, 100_000, 1_000_000].filter((power) => power <= most && power >= most / 1000)
  return { splits: [0, ...powers] }
}

/** What is under the pointer, in words. */
function tell(element: HTMLElement, point: Point | undefined, zone: Zone): void {
  const told = element.querySelector('.chart-told') ?? element.appendChild(document.createElement('div'))
  told.className = 'chart-told'
  told.textContent =
    point === undefined
      ? ''
      : `${moment(point.from, zone)}: ${count(point.runs)} invocations, ${count(point.failed)} failed, p95 ${duration(point.p95)}`
}

/** A canvas knows no custom properties and no light-dark(). */
function resolved(element: HTMLElement, colour: string): string {
  const probe = element.appendChild(document.createElement('span'))
  probe.style.color = colour
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
