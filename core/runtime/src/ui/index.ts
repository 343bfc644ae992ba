// Toast, modal, loading and action sheet, drawn above the pages. They draw into `env.overlay()`; the environment is
// handed over by `registerComponents`.
import type { Implementations } from '../api/wx'
import { showActionSheet } from './action-sheet'
import { showModal } from './modal'
import { hideLoading, hideToast, showLoading, showToast } from './toast'

/** What the functions do, by name. */
export const ui = { showToast, showLoading, hideToast, hideLoading, showModal, showActionSheet }

/** Adds the functions. */
export function addUi(own: Implementations): void {
  own.async('showToast', showToast, { title: 'String', duration: 'Number?' })
  own.async('showLoading', showLoading, { title: 'String?' })
  own.asyncAll({ hideToast, hideLoading, showModal })
  own.async('showActionSheet', showActionSheet, { itemList: 'Array' })
}
