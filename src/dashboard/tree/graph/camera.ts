/** What of a picture is seen: the point of the picture at the top left, and the pixels on the screen of one of the picture. */
export interface Camera {
  readonly x: number
  readonly y: number
  readonly scale: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Box extends Size {
  readonly x: number
  readonly y: number
}

const LEAST = 0.02
const MOST = 2
/** Pixels around what is fitted. */
const MARGIN = 24

/** The part of the picture that a screen shows. */
export function viewOf({ x, y, scale }: Camera, { width, height }: Size): Box {
  return { x, y, width: width / scale, height: height / scale }
}

/** Shows all of a picture, no larger than it is. What is too large to be read that way is shown from its start at `readable`. */
export function fitted(picture: Size, screen: Size, readable = LEAST): Camera {
  const scale = Math.min(
    1,
    (screen.width - 2 * MARGIN) / Math.max(1, picture.width),
    (screen.height - 2 * MARGIN) / Math.max(1, picture.height),
  )
  if (scale < readable)
    return { x: -MARGIN / readable, y: (picture.height - screen.height / readable) / 2, scale: readable }
  const within = Math.max(LEAST, scale)
  return {
    x: (picture.width - screen.width / within) / 2,
    y: (picture.height - screen.height / within) / 2,
    scale: within,
  }
}

/** Moves the picture by pixels of the screen. */
export function panned({ x, y, scale }: Camera, right: number, down: number): Camera {
  return { x: x - right / scale, y: y - down / scale, scale }
}

/** Makes the picture larger or smaller; what stands at this pixel of the screen stays there. */
export function zoomed({ x, y, scale }: Camera, factor: number, at: { x: number; y: number }): Camera {
  const next = Math.min(MOST, Math.max(LEAST, scale * factor))
  return { x: x + at.x / scale - at.x / next, y: y + at.y / scale - at.y / next, scale: next }
}

/** Moves the picture by as little as possible so that all of a box is seen, with a margin; the same camera if it is. */
export function shown(camera: Camera, screen: Size, box: Box): Camera {
  const view = viewOf(camera, screen)
  const margin = MARGIN / camera.scale
  const x = moved(view.x, view.width, box.x - margin, box.width + 2 * margin)
  const y = moved(view.y, view.height, box.y - margin, box.height + 2 * margin)
  return x === camera.x && y === camera.y ? camera : { x, y, scale: camera.scale }
}

/** The nearest start of a view of this length that holds a part of a line. */
function moved(start: number, length: number, from: number, part: number): number {
  if (part > length || from < start) return from
  return Math.max(start, from + part - length)
}
