import type { Tone } from '../model/tone.ts'
import type { Palette } from './palette.ts'

const tones = ['ok', 'failed', 'crashed', 'running', 'stale', 'neutral'] as const

/** The colours of the page as they are now, as `#rrggbb`: a file knows no variables, and not every program that opens it the newer ways to write a colour. */
export function readPalette(element: Element): Palette {
  const probe = document.createElement('span')
  element.append(probe)
  const pixel = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const colour = (css: string): string => {
    probe.style.color = css
    const { color } = getComputedStyle(probe)
    if (pixel === null) return color
    pixel.fillStyle = color
    pixel.fillRect(0, 0, 1, 1)
    const [red = 0, green = 0, blue = 0] = pixel.getImageData(0, 0, 1, 1).data
    return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`
  }
  const by = (css: (tone: Tone) => string): Record<Tone, string> =>
    Object.fromEntries(tones.map((tone) => [tone, colour(css(tone))])) as Record<Tone, string>
  const palette: Palette = {
    paper: colour('var(--surface)'),
    text: colour('var(--text)'),
    quiet: colour('var(--muted)'),
    line: colour('var(--edge)'),
    failedLine: colour('var(--failed)'),
    critical: colour('var(--path)'),
    selected: colour('var(--accent)'),
    found: colour('var(--found)'),
    fills: {
      ...by((tone) => `color-mix(in srgb, var(--${tone}) 9%, var(--surface))`),
      more: colour('var(--sunken)'),
      missing: colour('var(--surface)'),
    },
    edges: {
      ...by((tone) => `color-mix(in srgb, var(--${tone}) 65%, var(--surface))`),
      more: colour('var(--edge)'),
      missing: colour('var(--failed)'),
    },
  }
  probe.remove()
  return palette
}
