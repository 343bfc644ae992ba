// What a product costs as it is ordered. Pure: no storage, no wx.
import { optionGroups, type Choice, type OptionGroup, type OptionGroupId, type Product } from './catalog'
import type { Language } from './language'

/** The chosen choices of each option group that the product has. */
export type Selection = Readonly<Partial<Record<OptionGroupId, readonly string[]>>>

/** The option groups of a product, with the choices it is really made with. */
export function groupsOf(product: Product): OptionGroup[] {
  return optionGroups
    .filter((group) => product.options.includes(group.id))
    .map((group) => ({
      ...group,
      choices: group.choices.filter((choice) => !product.without?.includes(choice.id)),
    }))
}

/** The first choice of each group that needs one. */
export function defaultSelection(product: Product): Selection {
  const selection: Partial<Record<OptionGroupId, readonly string[]>> = {}
  for (const group of groupsOf(product)) {
    const first = group.choices[0]
    selection[group.id] = group.multiple || !first ? [] : [first.id]
  }
  return selection
}

/** The selection after a tap on a choice. A single choice cannot be taken away, only replaced. */
export function choose(product: Product, selection: Selection, groupId: OptionGroupId, choiceId: string): Selection {
  const group = groupsOf(product).find((candidate) => candidate.id === groupId)
  if (!group || !group.choices.some((choice) => choice.id === choiceId)) return selection
  if (!group.multiple) return { ...selection, [groupId]: [choiceId] }
  const chosen = selection[groupId] ?? []
  return {
    ...selection,
    [groupId]: chosen.includes(choiceId) ? chosen.filter((id) => id !== choiceId) : [...chosen, choiceId],
  }
}

/** Chosen choices in the order of the menu, whatever the order of the taps. */
function chosenOf(product: Product, selection: Selection): Choice[] {
  return groupsOf(product).flatMap((group) =>
    group.choices.filter((choice) => selection[group.id]?.includes(choice.id)),
  )
}

/** Price of one, in fen. */
export function unitPrice(product: Product, selection: Selection): number {
  return chosenOf(product, selection).reduce((sum, choice) => sum + choice.surcharge, product.price)
}

/** Equal for the same product made the same way, so that such lines of a cart join. */
export function lineKey(product: Product, selection: Selection): string {
  return [product.id, ...chosenOf(product, selection).map((choice) => choice.id)].join('/')
}

/** "大杯 480ml / 冰 / 燕麦奶", for one line under the name. */
export function describe(product: Product, selection: Selection, language: Language): string {
  return chosenOf(product, selection)
    .map((choice) => choice.name[language])
    .join(' / ')
}
