import { setTimeout as pause } from 'node:timers/promises'

/** Waits until the condition gives something truthy, and gives that; fails after `deadline` ms, saying what was awaited. */
export async function until<T>(what: string, condition: () => Promise<T> | T, deadline = 10_000): Promise<NonNullable<T>> {
  const end = Date.now() + deadline
  for (;;) {
    const value = await condition()
    if (value) return value
    if (Date.now() > end) throw new Error(`Waited ${deadline} ms in vain: ${what}`)
    await pause(20)
  }
}
