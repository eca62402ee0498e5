/** The same, one step ahead of whoever takes it. A taker that stops early is not kept waiting for the step under way. */
export async function* prefetch<T>(source: AsyncGenerator<T, void>): AsyncGenerator<T, void> {
  let next = source.next()
  try {
    for (let step = await next; !step.done; step = await next) {
      next = source.next()
      next.catch(ignore) // told to whoever takes it; nobody does when the taker has stopped
      yield step.value
    }
  } finally {
    source.return().catch(ignore)
  }
}

function ignore(): void {
  // It failed because nobody needs it any more.
}
