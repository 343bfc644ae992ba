// Entry of the base library.
import { registerComponents } from './components/index'
import { ui } from './ui/index'
import baseCss from './ui/base.css'

void registerComponents
void ui
void baseCss
