const paths = {
  right: 'M1 5h9M7 1.5L10.5 5 7 8.5',
  down: 'M5.5 1v8M2 6l3.5 3L9 6',
  up: 'M5.5 9V1M2 4l3.5-3L9 4',
} as const

/** Drawn, for not every font has one. */
export function Arrow({ to }: { to: keyof typeof paths }) {
  return (
    <svg className="arrow" viewBox="0 0 12 10" aria-hidden="true">
      <path d={paths[to]} />
    </svg>
  )
}
