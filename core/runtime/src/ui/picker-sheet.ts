// The sheet with turning columns that `<picker>` opens.
import type { PickerColumn } from '../components/picker-columns'
import { Wheel } from '../components/wheel'
import { labelBy, make, makeButton, openModal } from './layer'

/** Height of an item in CSS pixels, as the style sheet has it. */
const ITEM = 48

/** What a sheet shows, and whom it tells. */
export interface PickerSheetOptions {
  title: string
  columns: PickerColumn[]
  /** A column stands still at another item: gives back what all columns show now. */
  onTurn(column: number, index: number): PickerColumn[]
  /** Closed by the user. */
  onDone(confirmed: boolean): void
}

/** An open sheet. */
export interface PickerSheet {
  /** Shows other columns. */
  setColumns(columns: PickerColumn[]): void
  /** Closes it without an answer. */
  close(): void
}

/** Opens a sheet. */
export function openPickerSheet(options: PickerSheetOptions): PickerSheet {
  const end = (confirmed: boolean): void => {
    if (confirmed) for (const wheel of wheels) wheel.finish()
    close()
    options.onDone(confirmed)
  }
  const modal = openModal({
    className: 'lgo-sheet lgo-picker',
    role: 'dialog',
    onMask: () => end(false),
    onEscape: () => end(false),
    onEnter: () => end(true),
  })
  const bar = make('div', 'lgo-picker-bar', modal.box)
  makeButton('lgo-picker-button', '取消', bar, () => end(false))
  labelBy(modal.box, make('span', 'lgo-picker-title', bar, options.title))
  if (options.title === '') modal.box.setAttribute('aria-label', '选择')
  makeButton('lgo-picker-button lgo-confirm', '确定', bar, () => end(true))
  const body = make('div', 'lgo-picker-columns', modal.box)

  let shown: PickerColumn[] = []
  let wheels: Column[] = []
  const turned = (column: number, index: number): void => {
    shown[column] = { ...(shown[column] ?? { items: [] }), index }
    setColumns(options.onTurn(column, index))
  }
  const setColumns = (columns: PickerColumn[]): void => {
    while (wheels.length > columns.length) wheels.pop()?.remove()
    while (wheels.length < columns.length) {
      const at = wheels.length
      wheels.push(createColumn(body, `${options.title || '选择'} ${at + 1}`, (index) => turned(at, index)))
    }
    shown = columns.map((column) => ({ ...column }))
    columns.forEach((column, at) => wheels[at]?.show(column))
  }
  const close = (): void => {
    for (const wheel of wheels) wheel.remove()
    wheels = []
    modal.close()
  }
  setColumns(options.columns)
  return { setColumns, close }
}

interface Column {
  finish(): void
  show(column: PickerColumn): void
  remove(): void
}

function createColumn(parent: HTMLElement, label: string, onEnd: (index: number) => void): Column {
  const view = make('div', 'lgo-picker-column', parent)
  view.style.setProperty('--lg-item', `${ITEM}px`)
  view.tabIndex = 0
  view.setAttribute('role', 'spinbutton')
  view.setAttribute('aria-label', label)
  const list = make('div', 'lg-wheel-list', view)
  let items: string[] = []
  const name = (index: number): void => {
    view.setAttribute('aria-valuenow', String(index))
    view.setAttribute('aria-valuetext', items[index] ?? '')
  }
  const wheel = new Wheel({
    view,
    list,
    itemHeight: () => ITEM,
    count: () => items.length,
    onPass: name,
    onEnd: (index) => {
      name(index)
      onEnd(index)
    },
  })
  view.addEventListener('keydown', (event) => {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0
    if (by === 0) return
    event.preventDefault()
    wheel.step(by)
  })
  return {
    show(column) {
      if (column.items.length !== items.length || column.items.some((item, at) => item !== items[at])) {
        items = column.items
        list.textContent = ''
        for (const item of items) make('div', 'lgo-picker-item', list, item)
      }
      if (wheel.index !== column.index || list.style.transform === '') wheel.show(column.index)
      name(column.index)
    },
    finish: () => wheel.finish(),
    remove() {
      wheel.stop()
      view.remove()
    },
  }
}
