// `rpx` in inline styles. The compiler turns rpx of style sheets into vw; what a template or script puts into a
// `style` attribute is only known at run time.

const RPX = /(-?(?:\d+\.?\d*|\.\d+))rpx\b/gi

/** Replaces every `N rpx` by `vw` (750 rpx = the width of the page). Other text stays as it is. */
export function rpx(style: string): string {
  if (!style.includes('rpx') && !/rpx/i.test(style)) return style
  return style.replace(RPX, (_, number: string) => `${trim((parseFloat(number) * 100) / 750)}vw`)
}

function trim(value: number): string {
  return String(Math.round(value * 1e5) / 1e5)
}
