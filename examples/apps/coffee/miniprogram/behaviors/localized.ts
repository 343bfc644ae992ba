// For pages and components with text: `t` holds the strings, `lang` the language; both follow the switch.
// Whatever else they follow in the stores ends with them, too.
import type { Language } from '../domain/language'
import { language, strings } from '../i18n/index'
import { follow, unfollow } from '../store/follow'

interface Localized {
  data: { lang: Language }
  setData(data: object): void
}

export const localized = Behavior({
  data: {
    lang: language.value,
    t: strings(),
  },
  lifetimes: {
    attached() {
      const owner = this as unknown as Localized
      follow(owner, language, (lang) => {
        if (owner.data.lang !== lang) owner.setData({ lang, t: strings() })
      })
    },
    detached() {
      unfollow(this)
    },
  },
})
