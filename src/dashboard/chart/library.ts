import type uPlot from 'uplot'

/**
 * The chart library. It formats numbers with the language of the browser when it is loaded, and throws where that is no language tag: a headless
 * browser under LANG=C says `en-US@posix`.
 */
export async function chartLibrary(): Promise<typeof uPlot> {
  if (!isLanguage(navigator.language)) Object.defineProperty(navigator, 'language', { value: 'en', configurable: true })
  return (await import('uplot')).default
}

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0
  } catch {
    return false
  }
}
