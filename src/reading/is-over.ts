const OVER = new Set(['57014', 'READ_TIMEOUT'])

/** A statement's time was over, by the server's clock or by the driver's. */
export function isOver(error: unknown): boolean {
  return OVER.has(String((error as { code?: unknown }).code))
}
