/** Slope of the line of least squares through points (x, y); 0 for fewer than two. */
export function slope(points: ReadonlyArray<readonly [x: number, y: number]>): number {
  const mean = (of: 0 | 1): number => points.reduce((sum, point) => sum + point[of], 0) / points.length
  const [x, y] = [mean(0), mean(1)]
  const over = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0)
  return over === 0 || points.length < 2
    ? 0
    : points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0) / over
}
