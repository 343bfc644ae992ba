// Toast, modal, loading and action sheet, drawn above the pages.

/** One function of `wx` drawn in the DOM: takes its options, resolves with the answer without `errMsg`. */
export type UiFunction = (options: Record<string, unknown>) => Promise<Record<string, unknown>>

/** The functions by name, as `wx` exposes them. */
export const ui: Record<string, UiFunction> = {}
