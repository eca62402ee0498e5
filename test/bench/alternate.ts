import type { Sample } from './figures.ts'
import type { Pace } from './options.ts'

/** Works for so many seconds, and for one answer at least. */
export type Slice = (seconds: number) => Promise<Sample>

/**
 * Each side in turn, round by round: what else the machine does hits all of them. The order turns round every other time, and a first,
 * shorter slice of each is thrown away, because code is compiled and plans are made in it.
 */
export async function alternate<N extends string>(
  sides: Record<N, Slice>,
  { rounds, seconds }: Pace,
): Promise<Record<N, Sample[]>> {
  const order = Object.entries<Slice>(sides)
  const samples = Object.fromEntries(order.map(([name]) => [name, [] as Sample[]])) as Record<string, Sample[]>
  for (const [, slice] of order) await slice(seconds / 3)
  for (let round = 0; round < rounds; round++) {
    for (const [name, slice] of order) samples[name]?.push(await slice(seconds))
    order.reverse()
  }
  return samples
}
