Component({ data: { kind: 'fancy' } })
