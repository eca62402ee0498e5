/** Does one thing after the other, in the order in which they were asked for; one that fails does not keep the next from its turn. */
export function serialQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = last.then(work, work)
    last = turn.catch(ignore)
    return turn
  }
}

function ignore(): void {
  // Told to whoever asked for it.
}
