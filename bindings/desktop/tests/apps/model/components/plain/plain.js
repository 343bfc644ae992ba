Component({ data: { kind: 'plain' } })
