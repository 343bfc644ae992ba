export interface Good {
  id: string
  name: string
  about: string
  /** In cents: money is never a fraction. */
  price: number
}

export const goods: Good[] = [
  { id: 'mug', name: 'Mug', about: 'Stoneware, 350 ml, safe in the dishwasher.', price: 1200 },
  { id: 'tote', name: 'Tote bag', about: 'Heavy cotton, long handles.', price: 1850 },
  { id: 'poster', name: 'Poster', about: 'A2, printed on recycled paper.', price: 950 },
]

export function findGood(id: string): Good | undefined {
  return goods.find((good) => good.id === id)
}
