export type Cents = number

export function total(prices: Cents[]): Cents {
  let sum = 0
  for (const price of prices) sum += price
  return sum
}
