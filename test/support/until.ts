import { setTimeout as pause } from 'node:timers/promises'
import { patience } from './patience.ts'

/**
 * Waits until the condition gives something truthy, and gives that; fails saying what was awaited after what `quiet` ms of a quiet machine
 * come to on this one.
 */
export async function until<T>(what: string, condition: () => Promise<T> | T, quiet = 10_000): Promise<NonNullable<T>> {
  const deadline = patience(quiet)
  const end = performance.now() + deadline
  for (;;) {
    const value = await condition()
    if (value) return value
    if (performance.now() > end) throw new Error(`Waited ${deadline} ms in vain: ${what}`)
    await pause(20)
  }
}
