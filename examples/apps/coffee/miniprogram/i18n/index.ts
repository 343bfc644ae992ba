// The language in use: the system's at first, then what the guest chose.
import { languageOf, languages, type Language } from '../domain/language'
import { persisted } from '../store/persisted'
import { en } from './en'
import { zhCN, type Strings } from './zh-CN'

export type { Strings }

const tables: Readonly<Record<Language, Strings>> = { 'zh-CN': zhCN, en }

function isLanguage(value: unknown): value is Language {
  return languages.includes(value as Language)
}

export const language = persisted<Language>('language', languageOf(wx.getAppBaseInfo().language), isLanguage)

export function strings(): Strings {
  return tables[language.value]
}

/** Tab bar texts stand in app.json in one language only, so tab pages set them when they show. */
export function showTabTexts(): void {
  const { tabs } = strings()
  const texts = [tabs.menu, tabs.orders, tabs.profile]
  texts.forEach((text, index) => wx.setTabBarItem({ index, text }))
}
