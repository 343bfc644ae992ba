// The built-in components.
import type { ComponentSpace } from 'glass-easel'
import type { RuntimeEnv } from '../framework/env'

/** Registers WeChat's built-in components on `space`. */
export function registerComponents(_space: ComponentSpace, _env: RuntimeEnv): void {}
