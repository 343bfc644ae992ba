Component({
  behaviors: [require('../owner')],
  relations: {
    '../item/item': {
      type: 'child',
      linked(target) {
        this.log.push(`linked ${target.id}`)
      },
      linkChanged(target) {
        this.log.push(`changed ${target.id}`)
      },
      unlinked(target) {
        this.log.push(`unlinked ${target.id}`)
      },
    },
    group: { type: 'descendant', target: require('../marked') },
  },
  lifetimes: {
    created() {
      this.log = []
    },
  },
})
