import { hash } from 'node:crypto'
import type { SpanRow } from './span.ts'

/** A trace has the id of the root invocation: 128 bits are what a trace id is. */
export function traceIdOf(rootId: string): string {
  return rootId.replaceAll('-', '')
}

/** 64 bits of a hash. Ids that were written by hand repeat across tables, and those of version 7 share their front, so a part of an id would not do. */
export function spanIdOf({ kind, id }: SpanRow): string {
  return hash('md5', `${kind}:${id}`).slice(0, 16)
}

/** What a trace id may look like. */
export const TRACE_ID_ALLOWED = '1 to 32 hexadecimal digits, or a UUID with its dashes'

/** The UUID that a trace id stands for: with dashes or without, in letters of any case, and without its leading zeros if they were left off. Undefined for what is none. */
export function uuidOf(traceId: string): string | undefined {
  const dashed = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(traceId)
  if (!dashed && !/^[\da-f]{1,32}$/i.test(traceId)) return undefined
  const digits = traceId.replaceAll('-', '').toLowerCase().padStart(32, '0')
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
