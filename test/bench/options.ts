import { parseArgs } from 'node:util'

/** How many invocations a data set holds, special trees apart. */
export const scales = { '100k': 100_000, '1m': 1_000_000, '10m': 10_000_000 } as const
export type Scale = keyof typeof scales

/** How long is measured: each side of a row once a round, for so many seconds. */
export interface Pace {
  rounds: number
  seconds: number
}

export interface Options {
  scale: Scale
  pace: Pace
  /** Names of rows; empty: all. */
  only: string[]
  /** Another commit to run beside this one. */
  compare: string | undefined
  /** Load the data anew. */
  reload: boolean
  /** Write a CPU profile of the service for every row, and print where its time goes. */
  profile: boolean
}

export const usage = `usage: npm run bench -- [--scale 100k|1m|10m] [--quick] [--only row[,row]] [--compare REF] [--profile] [--reload]
  --scale    how many invocations; 1m unless given. The data is loaded once and kept in .cache/bench
  --quick    3 rounds of 1 s instead of 9 of 1.5 s
  --only     only these rows
  --compare  runs the service of another commit beside this one
  --profile  a CPU profile of the service for each row; the figures are worth less then
  --reload   loads the data anew, as after a change of a migration
BENCH_DATABASE_URL names a server on which databases may be made (event_detector_bench_…); without it an embedded one is started.`

/** Throws an Error whose message is for people. */
export function readOptions(argv: string[]): Options {
  const { values } = parseArgs({
    args: argv,
    options: {
      scale: { type: 'string', default: '1m' },
      only: { type: 'string' },
      compare: { type: 'string' },
      quick: { type: 'boolean', default: false },
      reload: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
    },
  })
  const { scale, only, compare, quick, reload, profile } = values
  if (!isScale(scale)) throw new Error(`--scale is ${scale}; allowed is one of ${Object.keys(scales).join(', ')}`)
  return {
    scale,
    pace: quick ? { rounds: 3, seconds: 1 } : { rounds: 9, seconds: 1.5 },
    only: only?.split(',') ?? [],
    compare,
    reload,
    profile,
  }
}

function isScale(text: string): text is Scale {
  return Object.hasOwn(scales, text)
}
