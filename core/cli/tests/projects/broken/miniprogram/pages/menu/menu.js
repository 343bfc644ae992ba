Page({ data: { drinks: [{ id: 1, name: 'Latte' }] } })
