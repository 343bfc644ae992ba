// Toast, modal, loading and action sheet, drawn above the pages. They draw into `env.overlay()`; the environment is
// handed over by `registerComponents`.
import { showActionSheet } from './action-sheet'
import { showModal } from './modal'
import { hideLoading, hideToast, showLoading, showToast } from './toast'

/**
 * One function of `wx` drawn in the DOM: takes its options, resolves with the answer without `errMsg`, rejects with
 * `{errMsg: 'showModal:fail …'}`.
 */
export type UiFunction = (options: Record<string, unknown>) => Promise<Record<string, unknown>>

/** The functions by name, as `wx` exposes them. */
export const ui: Record<string, UiFunction> = {
  showToast,
  hideToast,
  showLoading,
  hideLoading,
  showModal,
  showActionSheet,
}
