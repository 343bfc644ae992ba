// picker-view and picker-view-column: turning columns inside of the page.
import { setAria } from './aria'
import { element } from './dom'
import { closestHost, hostOfElement, type Definition, type Host } from './host'
import { rpx } from '../framework/rpx'
import { Wheel } from './wheel'

/** Height of an item unless `indicator-style` sets one, in CSS pixels. */
const ITEM = 34

interface Column {
  host: Host
  wheel: Wheel
  setItem(height: string): void
  describe(): void
}

const columns = new WeakMap<Host, Column>()

function columnsOf(view: Host): Column[] {
  return Array.from(view.element.querySelectorAll('wx-picker-view-column'))
    .map((inner) => hostOfElement(inner))
    .map((host) =>
      host && closestHost(host.element, 'picker-view') === view ? columns.get(host) : undefined,
    )
    .filter((column): column is Column => column !== undefined)
}

/** The `height` of an indicator style, `34px` if it has none. */
export function indicatorHeight(style: string): string {
  const found = /(?:^|;)\s*height\s*:\s*([^;]+)/i.exec(style)
  return found?.[1] ? rpx(found[1].trim()) : `${ITEM}px`
}

/** `<picker-view>`. */
export const pickerView: Definition = {
  tag: 'picker-view',
  properties: {
    value: [Array],
    indicatorStyle: [String],
    indicatorClass: [String],
    maskStyle: [String],
    maskClass: [String],
    immediateChange: [Boolean],
  },
  create(host) {
    const slot = element('div', 'lg-picker-columns', host.element)
    const apply = (): void => {
      const value = Array.isArray(host.values.value) ? (host.values.value as unknown[]) : []
      const item = indicatorHeight(host.text('indicatorStyle'))
      columnsOf(host).forEach((column, index) => {
        column.setItem(item)
        column.wheel.show(Number(value[index]) || 0)
        column.describe()
      })
    }
    return {
      slot,
      field: { value: () => columnsOf(host).map((column) => column.wheel.index) },
      update(changed) {
        setAria(host, { role: 'group' })
        if (changed) apply()
      },
      attached: () => {
        apply()
        requestAnimationFrame(apply)
      },
    }
  },
}

/** `<picker-view-column>`. */
export const pickerViewColumn: Definition = {
  tag: 'picker-view-column',
  create(host) {
    const view = element('div', 'lg-wheel', host.element)
    const list = element('div', 'lg-wheel-list', view)
    const mask = element('div', 'lg-wheel-mask', view)
    const indicator = element('div', 'lg-wheel-indicator', view)
    let items: MutationObserver | undefined

    const owner = (): Host | undefined => closestHost(host.element, 'picker-view')
    /** What a screen reader says of the column. */
    const describe = (index: number): void => {
      const picker = owner()
      const at = picker ? columnsOf(picker).findIndex((column) => column.host === host) : 0
      setAria(host, {
        role: 'spinbutton',
        'aria-label': `${picker?.text('ariaLabel') || '选择'} ${at + 1}`,
        'aria-valuemin': 0,
        'aria-valuemax': Math.max(0, list.childElementCount - 1),
        'aria-valuenow': index,
        'aria-valuetext': list.children[index]?.textContent?.trim() ?? '',
      })
    }
    const report = (): void => {
      const picker = owner()
      if (!picker) return
      const value = columnsOf(picker).map((column) => column.wheel.index)
      const before = picker.values.value
      if (
        Array.isArray(before) &&
        before.length === value.length &&
        before.every((old, at) => old === value[at])
      )
        return
      picker.set({ value })
      picker.emit('change', { value })
    }
    const wheel = new Wheel({
      view,
      list,
      itemHeight: () => indicator.offsetHeight || ITEM,
      count: () => list.childElementCount,
      onStart: () => owner()?.emit('pickstart', {}),
      onPass: () => (owner()?.flag('immediateChange') ? report() : undefined),
      onEnd: (index) => {
        describe(index)
        report()
        owner()?.emit('pickend', {})
      },
    })
    host.element.tabIndex = 0
    host.element.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
      event.preventDefault()
      wheel.step(event.key === 'ArrowUp' ? -1 : 1)
    })
    columns.set(host, {
      host,
      wheel,
      describe: () => describe(wheel.index),
      setItem(height) {
        const picker = owner()
        view.style.setProperty('--lg-item', height)
        indicator.setAttribute('style', rpx(picker?.text('indicatorStyle') ?? ''))
        indicator.className = `lg-wheel-indicator ${picker?.resolveClasses(picker.text('indicatorClass')) ?? ''}`
        mask.setAttribute('style', rpx(picker?.text('maskStyle') ?? ''))
        mask.className = `lg-wheel-mask ${picker?.resolveClasses(picker.text('maskClass')) ?? ''}`
      },
    })
    /** Items came or went: the value may point to one that exists only now. */
    const itemsChanged = (): void => {
      const picker = owner()
      const value = picker?.values.value
      const at = picker ? columnsOf(picker).findIndex((column) => column.host === host) : -1
      wheel.show(Array.isArray(value) ? Number(value[at]) || 0 : wheel.index)
      describe(wheel.index)
    }
    return {
      slot: list,
      attached() {
        describe(wheel.index)
        if (typeof MutationObserver === 'undefined') return
        items = new MutationObserver(itemsChanged)
        items.observe(list, { childList: true })
      },
      detached() {
        items?.disconnect()
        wheel.stop()
      },
    }
  },
}
