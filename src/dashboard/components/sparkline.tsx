const WIDTH = 120
const HEIGHT = 24

/** Runs over time as small bars, those that failed at their foot. */
export function Sparkline({
  points,
  label,
}: {
  points: ReadonlyArray<{ runs: number; failed: number }>
  label: string
}) {
  const most = Math.max(1, ...points.map(({ runs }) => runs))
  const step = WIDTH / Math.max(1, points.length)
  const bars = (height: (point: { runs: number; failed: number }) => number): string =>
    points
      .map((point, nth) => ({ x: nth * step, h: (height(point) / most) * HEIGHT }))
      .filter(({ h }) => h > 0)
      .map(
        ({ x, h }) =>
          `M${x.toFixed(1)} ${HEIGHT}v${(-Math.max(1, h)).toFixed(1)}h${Math.max(0.8, step - 0.6).toFixed(1)}v${Math.max(1, h).toFixed(1)}z`,
      )
      .join('')
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={label}
    >
      <path className="sparkline-runs" d={bars(({ runs }) => runs)} />
      <path className="sparkline-failed" d={bars(({ failed }) => failed)} />
    </svg>
  )
}
