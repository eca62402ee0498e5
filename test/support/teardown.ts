import type { TestContext } from 'node:test'

type Undo = () => unknown

const stacks = new WeakMap<TestContext, Undo[]>()

/**
 * Runs `undo` when the test has ended, the last registered first, so that what was opened later closes earlier.
 * (node:test runs its own `t.after` hooks first-registered-first: the database would go before its pool.) All run, also when one fails.
 */
export function onTeardown(t: TestContext, undo: Undo): void {
  const known = stacks.get(t)
  if (known) {
    known.push(undo)
    return
  }
  const stack = [undo]
  stacks.set(t, stack)
  t.after(async () => {
    const failures: unknown[] = []
    for (const next of stack.toReversed()) {
      try {
        await next()
      } catch (failure) {
        failures.push(failure)
      }
    }
    if (failures.length > 0) throw failures.length === 1 ? failures[0] : new AggregateError(failures, 'Teardown failed')
  })
}
