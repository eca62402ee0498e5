import cliProgress from 'cli-progress'

/** On a terminal alone. The number of rows is an estimate, so the bar may grow while it is filled. */
export function progressBar(what: string): { update: (examined: number, total: number) => void; stop: () => void } {
  const bar = new cliProgress.SingleBar(
    { format: `{bar} {percentage} % | {value} of about {total} ${what} | {eta_formatted} left` },
    cliProgress.Presets.shades_classic,
  )
  let begun = false
  return {
    update(examined, total) {
      if (!begun) bar.start(Math.max(total, 1), examined)
      begun = true
      if (examined > bar.getTotal()) bar.setTotal(examined)
      bar.update(examined)
    },
    stop: () => bar.stop(),
  }
}
