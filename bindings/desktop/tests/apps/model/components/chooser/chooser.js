Component({ properties: { two: Boolean } })
