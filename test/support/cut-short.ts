/** Whether the answer of a search says that its time was over before all was looked at, as it rightly may on a busy machine. None of the examples has more trees than are told of. */
export function cutShort(text: string): boolean {
  return /"why":"it took too long"|"moreTrees":true|"missing":null/.test(text)
}
