// The event object that a program's handler gets, made from glass-easel's event and the DOM event behind it.
import type * as glassEasel from 'glass-easel'
import { domOf } from './dom'
import { pageOrigin } from './page-origin'

type Source = glassEasel.Event<unknown> & {
  target: unknown
  currentTarget: unknown
  mark: Record<string, unknown> | null
}

/** A finger or the mouse, in coordinates of the page. */
export interface TouchPoint {
  identifier: number
  pageX: number
  pageY: number
  clientX: number
  clientY: number
  force?: number
  /** On a canvas: from its own corner. */
  x?: number
  y?: number
}

/** What the gesture layer hangs on the DOM event, since a mouse event has no touches. */
export interface Gesture {
  touches: TouchPoint[]
  changedTouches: TouchPoint[]
}

/** Gesture facts of DOM events that the gesture layer dispatched. */
export const gestures = new WeakMap<Event, Gesture>()

/** WeChat's event object. */
export interface WechatEvent {
  type: string
  timeStamp: number
  target: EventTargetInfo
  currentTarget: EventTargetInfo
  mark: Record<string, unknown>
  detail: unknown
  mut: boolean
  touches?: TouchPoint[]
  changedTouches?: TouchPoint[]
  [key: string]: unknown
}

export interface EventTargetInfo {
  id: string
  offsetLeft: number
  offsetTop: number
  dataset: Record<string, unknown>
}

/** The glass-easel element behind what an event names as its target (an element, or a component's caller). */
export function elementOf(target: unknown): glassEasel.Element {
  const caller = target as { _$?: glassEasel.Element }
  return caller._$ ?? (target as glassEasel.Element)
}

/** Makes WeChat's event object. */
export function wechatEvent(source: Source): WechatEvent {
  const original = source.getOriginalEvent() as Event | undefined
  const gesture = original && gestures.get(original)
  const event: WechatEvent = {
    type: source.type,
    timeStamp: source.timeStamp,
    target: targetInfo(elementOf(source.target)),
    currentTarget: targetInfo(elementOf(source.currentTarget)),
    mark: source.mark ?? {},
    detail: source.detail === undefined ? {} : source.detail,
    mut: source.mutatedMarked(),
    ...source.extraFields,
  }
  if (gesture) {
    event.touches = gesture.touches
    event.changedTouches = gesture.changedTouches
    // WeChat's mark of an event that a person made.
    event['_userTap'] = original.isTrusted
  }
  return event
}

function targetInfo(element: glassEasel.Element): EventTargetInfo {
  const node = domOf(element)
  return {
    id: element.id ?? '',
    offsetLeft: node?.offsetLeft ?? 0,
    offsetTop: node?.offsetTop ?? 0,
    dataset: element.dataset ?? {},
  }
}

/** A point of the window in coordinates of the page that `node` is in. */
export function touchPoint(
  identifier: number,
  at: { clientX: number; clientY: number; force?: number },
  node: Node,
): TouchPoint {
  const origin = pageOrigin(node)
  const clientX = at.clientX - origin.left
  const clientY = at.clientY - origin.top
  const canvas = (node as Element).closest?.('wx-canvas')?.getBoundingClientRect()
  return {
    ...(canvas && { x: at.clientX - canvas.left, y: at.clientY - canvas.top }),
    identifier,
    clientX,
    clientY,
    pageX: clientX + origin.scrollLeft,
    pageY: clientY + origin.scrollTop,
    force: at.force ?? 1,
  }
}
