/** How much of each bounded list a detail shows. */
export const SHOWN = 100
