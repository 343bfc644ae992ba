// The languages of the program, and text that exists in each of them.

export type Language = 'zh-CN' | 'en'

export const languages: readonly Language[] = ['zh-CN', 'en']

export type Localized = Readonly<Record<Language, string>>

/** WeChat reports `zh_CN`, `zh_TW`, `en` and others; whatever is not Chinese reads English. */
export function languageOf(system: string | undefined): Language {
  return !system || /^zh/i.test(system) ? 'zh-CN' : 'en'
}

/** Puts values into the `{name}` places of a pattern. A place without a value stays visible. */
export function fill(pattern: string, values: Readonly<Record<string, string | number>>): string {
  return pattern.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = values[name]
    return value === undefined ? place : String(value)
  })
}
