import { symbol } from './region'

export const locale = 'zh-CN'

export function yuan(cents: number): string {
  return symbol + (cents / 100).toFixed(2)
}
