Component({ data: { kind: 'late' } })
