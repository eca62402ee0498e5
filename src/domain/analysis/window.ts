import { addMs, msBetween } from '../instant.ts'
import { Invalid } from '../invalid.ts'

/** [from, to) on createdAt, two instants; up to infinity means with it. */
export interface Window {
  from: string
  to: string
}

/** The window of equal length right before a window. Throws Invalid if the window has no length. */
export function previousWindow({ from, to }: Window): Window {
  return { from: addMs(from, -lengthOf({ from, to })), to: from }
}

/** The same part of the window before: that of a window whose rows are examined from `examinedFrom` on. Throws Invalid if the window has no length. */
export function previousStretch(window: Window, examinedFrom: string): Window {
  return { from: addMs(examinedFrom, -lengthOf(window)), to: window.from }
}

/** In ms. */
function lengthOf({ from, to }: Window): number {
  const length = msBetween(from, to)
  if (length === null)
    throw new Invalid('compareTo', 'previous', 'left out if from or to is infinite: such a window has no length')
  return length
}
